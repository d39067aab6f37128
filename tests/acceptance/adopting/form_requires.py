"""law's ways of requiring, below tasks and below branches."""

from __future__ import annotations

from forms import EACH, ONE, RESULT, RESULTS, SOURCES, THREE, TWO, Form


def of_task(name: str, requires: str, runs: str) -> Form:
    return Form(f"requires {name}", RESULT.format(requires=requires), runs, steps=SOURCES)


def of_branches(name: str, requires: str, runs: str) -> Form:
    return Form(f"branches require {name}", RESULTS.format(requires=requires), runs, steps=SOURCES)


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

BRANCHES = [
    of_branches("one task each", "Source(n=self.branch)", f"Source 0, Source 1, Source 2, {EACH}"),
    of_branches("one task all of them", "Source.req(self)", f"Source 0, {EACH}"),
    of_branches("a list", "[Source(n=self.branch), Source(n=7)]", f"Source 0, Source 1, Source 2, Source 7, {EACH}"),
    of_branches("a tuple", "(Source(n=self.branch),)", f"Source 0, Source 1, Source 2, {EACH}"),
    of_branches("a set", "{Source(n=self.branch)}", f"Source 0, Source 1, Source 2, {EACH}"),
    of_branches("a generator", "(Source(n=n) for n in range(self.branch))", "Source 0, Source 1, Result 1, Result 2"),
    of_branches("a dict", '{"one": Source(n=self.branch)}', f"Source 0, Source 1, Source 2, {EACH}"),
    of_branches(
        "a dict of generators",
        '{"some": (Source(n=n) for n in range(self.branch))}',
        "Source 0, Source 1, Result 1, Result 2",
    ),
    of_branches("a DotDict", "law.util.DotDict(one=Source(n=self.branch))", f"Source 0, Source 1, Source 2, {EACH}"),
    of_branches("by their values", "Source(n=ord(self.branch_data))", f"Source 97, Source 98, Source 99, {EACH}"),
    of_branches(
        "by all values",
        "[Source(n=n) for n in self.branch_map if n <= self.branch]",
        f"Source 0, Source 1, Source 2, {EACH}",
    ),
    of_branches("the same branch", "Sources.req(self)", f"{THREE}, {EACH}"),
    of_branches("a branch by number", "Sources.req(self, branch=2 - self.branch)", f"{THREE}, {EACH}"),
    of_branches("the whole workflow", "Sources.req_different_branching(self, branch=-1)", f"{THREE}, {EACH}"),
    of_branches("a workflow without branch", "Sources.req(self, branch=-1)", f"{THREE}, {EACH}"),
    of_branches("some branches", "Sources.req(self, branch=-1, branches=((0, 2),))", f"Sources 0, Sources 1, {EACH}"),
    of_branches(
        "branches by the map",
        "{n: Sources.req(self, branch=n) for n in self.branch_map if n <= self.branch}",
        f"{THREE}, {EACH}",
    ),
    of_branches("nothing in some", "[Source()] if self.branch == 1 else []", "Source 0, Result 1"),
]
