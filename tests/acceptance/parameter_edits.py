"""Parameters of the user's own, values as the command line gives them, and what has no order of its own."""

from __future__ import annotations

from edits import nothing, replace, write
from rows import Edit, Row
from small_chain import SmallChain

FILE = "work.py"
NOTHING = "stay stay stay"

READ = '    products = {"numbers": "json"}\n'
SHAPES = "caselaw.whole(Shape.req(self))"
COUNTED = "[2, 3]"
REGIONS = '("central", "forward")'


def own(name: str, fate: str, value: str, parameter: str = "luigi.Parameter", default: str = "'a'") -> Row:
    """Read has a parameter of its own, whose value then is given."""
    declared = replace(FILE, READ, f"    {name} = {parameter}(default={default})\n{READ}")
    arguments = (f"--{name}", value)
    return Row("own parameter", " ".join(arguments), nothing, fate, arguments, before=declared, families=("Read",))


def required(name: str, values: str) -> Row:
    """Shape is required with values that are written in another way than on the command line."""
    return Row("value", name, replace(FILE, SHAPES, f"caselaw.whole(Shape.req(self, {values}))"), NOTHING)


def branch_values(name: str, before: str, after: str, fates: str) -> Row:
    first = replace(FILE, COUNTED, before) if before != COUNTED else None
    return Row("value of a branch", name, replace(FILE, before, after), fates, before=first, families=("Counting",))


def first_of(family: str, lines: tuple[str, str]) -> Edit:
    """The two lines of a family in the other order."""

    def edit(chain: SmallChain) -> None:
        text = chain.read(FILE)
        start = text.index(f"class {family}(")
        both, swapped = "".join(lines), "".join(reversed(lines))
        assert both in text[start:]
        chain.write(FILE, text[:start] + text[start:].replace(both, swapped, 1))

    return edit


SUMMARY = ("    scale = luigi.FloatParameter(default=2.0)\n", "    offset = luigi.FloatParameter(default=1.0)\n")
COPY = """\
# the same under another name
title: a copy
plots: {colour: red, size: 4}
selection:
  jets: {threshold: 3, windows: [1, 2], name: central}
  muons: {threshold: 5}
"""
WRITES_ITS_CAMPAIGN = replace(FILE, "[*shape(numbers), ", "[len(self.campaign) // 9, *shape(numbers), ")

ROWS = [
    own("campaign", "make", "b"),
    own("campaign", "stay", "a"),
    own("sandbox", "make", "b"),
    own("tolerance", "stay", "0.5", "luigi.FloatParameter", "0.1, significant=False"),
    own("workflow", "stay", "local", default="'pool'"),
    required("int for a float", "gain=1"),
    required("int in a text", "count='1'"),
    required("mapping in another order", "options={'low': 1, 'high': 2}"),
    required("set", "names={'e', 'b'}"),
    required("list for a tuple", "bins=[1, 2]"),
    required("text for a path", "lookup='./tables/a.txt'"),
    required("name of an enum", "mode='NARROW'"),
    Row("value", "two parameters declared in another order", first_of("Summary", SUMMARY), NOTHING),
    Row(
        "value", "campaign copied under another name", write("configs/copy.yaml", COPY), "stay adoptable stay",
        arguments=("--Shape-campaign", "copy"), first_run=("Shape",),
    ),
    Row(
        "value", "campaign copied, when run() reads its name", write("configs/copy.yaml", COPY), "stay make adopt",
        arguments=("--Shape-campaign", "copy"), before=WRITES_ITS_CAMPAIGN,
    ),
    Row("value", "over a set, in another order every time", replace(FILE, REGIONS, '{"forward", "central"}'), NOTHING),
    Row("value", "over a mapping", replace(FILE, REGIONS, '{"forward": 1, "central": 2}'), NOTHING),
    branch_values("order of a mapping", '{"a": 1, "b": 2}', '{"b": 2, "a": 1}', "stay"),
    branch_values("1, 1.0 and True", COUNTED, "[2, 3], [1], [1.0], [True]", "stay,stay,make,make,make"),
    branch_values("0.0 and -0.0", "[0.0]", "[0.0], [-0.0]", "stay,stay,make"),
]  # fmt: skip
