"""Edits of the campaign: declared keys count by type and content."""

from __future__ import annotations

from edits import replace, write
from rows import Edit, Row

FILE = "configs/small.yaml"
SHAPE_RUNS = "stay run run"
NOTHING = "stay stay stay"


def config(name: str, edit: Edit, fates: str) -> Row:
    return Row("config", name, edit, fates)


REFORMATTED = """\
# another layout, with the same values
title: "small"
plots:
  colour: red
  size: 4
selection: {jets: {threshold: 3, windows: [1,
  2], name: 'central'}, muons: {threshold: 5}}
"""

ANCHORS = """\
title: small
plots: {colour: red, size: 4}
common: &common {threshold: 3, name: central}
selection:
  jets: {<<: *common, windows: [1, 2]}
  muons: {threshold: 5}
"""

REORDERED = """\
selection:
  muons: {threshold: 5}
  jets:
    name: central
    windows: [1, 2]
    threshold: 3
plots: {size: 4, colour: red}
title: small
"""

ROWS = [
    config("key used", replace(FILE, "threshold: 3\n", "threshold: 4\n"), SHAPE_RUNS),
    config("list in a key used", replace(FILE, "[1, 2]", "[1, 3]"), SHAPE_RUNS),
    config("order of a list in a key used", replace(FILE, "[1, 2]", "[2, 1]"), SHAPE_RUNS),
    config("int to float", replace(FILE, "threshold: 3\n", "threshold: 3.0\n"), SHAPE_RUNS),
    config("text instead of a number, equal output", replace(FILE, "central", "1"), "stay run adopt"),
    config("key added to a used section, equal output", replace(FILE, "    n", "    more: 1\n    n"), "stay run adopt"),
    config("key unused", replace(FILE, "red", "blue"), NOTHING),
    config("key unused beside the used section", replace(FILE, "threshold: 5", "threshold: 6"), NOTHING),
    config("YAML reformatted and comments", write(FILE, REFORMATTED), NOTHING),
    config("YAML with anchors", write(FILE, ANCHORS), NOTHING),
    config("order of keys", write(FILE, REORDERED), NOTHING),
    config("another campaign beside it", write("configs/other.yaml", "selection: {jets: {threshold: 9}}\n"), NOTHING),
    config("another key declared, equal output", replace(
        "work.py", '("selection.jets",)', '("selection.jets", "selection.muons")'), "stay run adopt"),
]  # fmt: skip
