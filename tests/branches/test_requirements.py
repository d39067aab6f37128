"""Whatever `requires()` returns, `self.input()` has law's shapes and contents."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from side_by_side import SideBySide

TASKS = st.integers(0, 4).map(lambda n: f"Source(n={n})")


def of_more(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Collections of requirements, as text."""
    some = st.lists(inner, max_size=3)
    named = st.dictionaries(st.sampled_from(["a", "b", "c d"]), inner, max_size=3)
    pairs = named.map(lambda found: ", ".join(f"({name!r}, {value})" for name, value in found.items()))
    return st.one_of(
        some.map(lambda found: f"[{', '.join(found)}]"),
        some.map(lambda found: f"({''.join(f'{one}, ' for one in found)})"),
        some.map(lambda found: f"(one for one in [{', '.join(found)}])"),
        TASKS.map(lambda one: f"{{{one}}}"),
        pairs.map(lambda found: f"dict([{found}])"),
        pairs.map(lambda found: f"OrderedDict([{found}])"),
        pairs.map(lambda found: f"DotDict([{found}])"),
    )


NESTINGS = st.recursive(TASKS, of_more, max_leaves=6)

OF_A_TASK = """
class Result{place}(Result):
    def requires(self):
        return {nesting}
"""
OF_BRANCHES = """
class Results{place}(Results):
    def create_branch_map(self):
        return {{2: "a", 5: "a"}}

    def requires(self):
        return {{"number": Source(n=self.branch), "rest": {nesting}}}
"""
YIELDING = """
class Yielding{place}(Result):
    def requires(self):
        yield {nesting}
        yield Source(n=9)
"""


@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(NESTINGS, min_size=9, max_size=9, unique=True))
def test_inputs_have_the_shapes_of_law(nestings: list[str]):
    forms = [OF_A_TASK, OF_BRANCHES, YIELDING]
    code = "\n".join(forms[n % 3].format(place=n, nesting=nesting) for n, nesting in enumerate(nestings))
    names = ["Result", "Results", "Yielding"]
    with tempfile.TemporaryDirectory() as folder:
        projects = SideBySide(Path(folder), code, ", ".join(f"{names[n % 3]}{n}()" for n in range(len(nestings))))
        plain, converted = projects.both()
        assert len(plain) == 12
        assert converted == plain, code
        assert projects.run(projects.converted) == [], "a second run makes nothing"
