"""Parameters and branch values: what is compared by type and content, and what does not count."""

from __future__ import annotations

from edits import all_of, nothing, replace
from rows import Edit, Row
from small_chain import SmallChain

OTHER_SHAPE = "stay make run"
"""Shape has other parameters, hence another folder; Summary has the same ones and other inputs."""
OTHER_CHAIN = "stay make make"
NOTHING = "stay stay stay"


def given(name: str, fates: str, *arguments: str) -> Row:
    return Row("parameter", name, nothing, fates, arguments=arguments)


def renamed(chain: SmallChain) -> None:
    chain.write("work.py", chain.read("work.py").replace("offset", "shift"))


def values(name: str, old: str, new: str, fates: str) -> Row:
    """Another list of branch values of a workflow without upstream."""
    return Row("branch value", name, replace("work.py", old, new), fates, families=("Counting",))


def regions(name: str, new: str, fates: str, *more: Edit) -> Row:
    return Row("branch value", name, all_of(replace("work.py", '("central", "forward")', new), *more), fates)


PARAMETERS = [
    given("value", OTHER_CHAIN, "--scale", "3"),
    given("value of one upstream task", OTHER_SHAPE, "--Shape-count", "3"),
    given("two values swapped", OTHER_CHAIN, "--scale", "1.0", "--offset", "2.0"),
    Row("parameter", "renamed", renamed, OTHER_CHAIN),
    Row(
        "parameter",
        "added",
        replace("work.py", "    power = 2\n", "    power = 2\n    depth = luigi.IntParameter(default=1)\n"),
        "stay make adopt",
    ),
    Row("parameter", "default", replace("work.py", "IntParameter(default=1)", "IntParameter(default=2)"), OTHER_SHAPE),
    Row(
        "parameter",
        "int to float",
        replace("work.py", "count = luigi.IntParameter(default=1)", "count = luigi.FloatParameter(default=1.0)"),
        "stay make adopt",
    ),
    given("float given as 1", NOTHING, "--Shape-gain", "1"),
    given("float given as 1e0", NOTHING, "--Shape-gain", "1e0"),
    given("order of a list", OTHER_SHAPE, "--Shape-bins", "[2, 1]"),
    given("spaces in a list", NOTHING, "--Shape-bins", "[1,2]"),
    given("path", OTHER_SHAPE, "--Shape-lookup", "tables/other.txt"),
    given("path written with a dot", NOTHING, "--Shape-lookup", "./tables/a.txt"),
    given("enum", OTHER_SHAPE, "--Shape-mode", "WIDE"),
    given("enum given as its default", NOTHING, "--Shape-mode", "NARROW"),
    given("member of a set", OTHER_SHAPE, "--Shape-names", "b,e,tau"),
    given("order of a set", NOTHING, "--Shape-names", "e,b"),
    given("element of a mapping", OTHER_SHAPE, "--Shape-options", '{"high": 2, "low": 5}'),
    given("order of a mapping", NOTHING, "--Shape-options", '{"low": 1, "high": 2}'),
    given("insignificant", NOTHING, "--Shape-label", "fancy"),
    given("defaults given", NOTHING, "--scale", "2", "--offset", "1.0", "--Shape-campaign", "small"),
    Row("parameter", "number of workers", nothing, NOTHING, run_with=("--workers", "2")),
    given("workflow type", NOTHING, "--workflow", "local"),
    given("acceptance and tolerance", NOTHING, "--acceptance", "0.9", "--tolerance", "0.1"),
    Row(
        "parameter",
        "value and back",
        nothing,
        NOTHING,
        before=lambda chain: chain.run("Summary", "--scale", "3"),
    ),
]

BRANCHES = [
    regions("value added", '("central", "forward", "far")', "stay stay stay,stay,make"),
    regions("value added in front", '("far", "central", "forward")', "stay stay make,stay,stay"),
    regions("value removed", '("central",)', "stay stay stay"),
    regions("values in another order", '("forward", "central")', NOTHING),
    regions("list instead of a tuple", '["central", "forward"]', NOTHING),
    regions("value replaced", '("central", "backward")', "stay stay stay,make"),
    Row(
        "branch value",
        "value added, when run() uses the list",
        replace("work.py", '("central", "forward")', '("central", "forward", "far")'),
        "stay stay run,run,make",
        before=replace("work.py", "[WEIGHT, ", "[len(REGIONS), "),
    ),
    values("order of a set", '{"el", "mu"}', '{"mu", "el"}', "stay"),
    values("member of a set", '{"el", "mu"}', '{"tau", "mu"}', "make,stay"),
    values("order of a list", "[2, 3]", "[3, 2]", "stay,make"),
    values("int to float", "[2, 3]", "[2.0, 3]", "stay,make"),
]

ROWS = [*PARAMETERS, *BRANCHES]
