"""law's ways of requiring, below tasks and below branches."""

from __future__ import annotations

from forms import RESULT, RESULTS, SOURCES, Form


def of_task(name: str, requires: str, runs: str) -> Form:
    return Form(f"requires {name}", RESULT.format(requires=requires), runs, steps=SOURCES)


def of_branches(name: str, requires: str, runs: str) -> Form:
    return Form(f"branches require {name}", RESULTS.format(requires=requires), runs, steps=SOURCES)


ONE = "Source 0, Result"
TWO = "Source 1, Source 2, Result"
THREE = "Sources 0, Sources 1, Sources 2"
EACH = "Result 0, Result 1, Result 2"

TASKS = [
    of_task("one task", "Source()", ONE),
    of_task("one task by req", "Source.req(self)", ONE),
    of_task("a list", "[Source(n=1), Source(n=2)]", TWO),
    of_task("a tuple", "(Source(n=1), Source(n=2))", TWO),
    of_task("a set", "{Source(n=1)}", "Source 1, Result"),
    of_task("a generator", "(Source(n=n) for n in (1, 2))", TWO),
    of_task("a dict", '{"one": Source(n=1), "two": Source(n=2)}', TWO),
    of_task("a dict of lists", '{"some": [Source(n=1), Source(n=2)]}', TWO),
    of_task("a dict of generators", '{"some": (Source(n=n) for n in (1, 2))}', TWO),
    of_task("a DotDict", "law.util.DotDict(one=Source(n=1), two=Source(n=2))", TWO),
    of_task("an OrderedDict", 'OrderedDict([("one", Source(n=1)), ("two", Source(n=2))])', TWO),
    of_task("nested", '{"deep": [[], (Source(n=1), {"x": Source(n=2)})]}', TWO),
    of_task("a workflow", "Sources.req(self)", f"{THREE}, Result"),
    of_task("one branch", "Sources.req(self, branch=1)", "Sources 1, Result"),
    of_task("some branches", "Sources.req(self, branches=((0, 2),))", "Sources 0, Sources 1, Result"),
]
