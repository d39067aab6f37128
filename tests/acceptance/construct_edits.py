"""Edits behind constructs that hide what a function reaches: the step runs all the same."""

from __future__ import annotations

from edits import all_of, append, replace, write
from rows import Edit, Row

FILE = "physics/constructs.py"
SHAPE_RUNS = "stay run run"


def construct(name: str, edit: Edit, fates: str = SHAPE_RUNS) -> Row:
    return Row("construct", name, edit, fates)


def inside(name: str, old: str, new: str) -> Row:
    return construct(name, replace(FILE, old, new))


ROWS = [
    inside("constant as a default argument", "FALLBACK = 2", "FALLBACK = 3"),
    inside("constant in a format specification", "PRECISION = 3", "PRECISION = 4"),
    inside("names of an enum made by a call", '"DOWN", "FLAT"', '"DOWN"'),
    inside("default_factory of a dataclass", "return [5]", "return [6]"),
    inside("ClassVar of a dataclass", "int] = 6", "int] = 7"),
    inside("default of a named tuple", "second: int = 7", "second: int = 8"),
    inside("function registered with singledispatch", "value + 8", "value + 9"),
    inside("function registered by a decorator", "number + 9", "number + 10"),
    inside("global statement", "COUNTER = 10", "COUNTER = 11"),
    inside("attribute of a function", "weighted.weight = 11", "weighted.weight = 12"),
    inside("function under a condition", "number + 12", "number + 13"),
    inside("metaclass", '"thirteen"] = 13', '"thirteen"] = 14'),
    inside("operator method", "other + 14", "other + 15"),
    inside("__call__", "self.value + 15", "self.value + 16"),
    inside("class method", "cls(16)", "cls(17)"),
    inside("method assigned to a class later", "return 18", "return 19"),
    inside("descriptor", "return 19", "return 20"),
    inside("class decorator", "cls.mark = 20", "cls.mark = 21"),
    inside("generator", "yield 21", "yield 22"),
    construct("import inside a function", replace("physics/lazy.py", "27", "28")),
    construct("renamed import through a star import with __all__", replace("physics/deep/further.py", "28", "29")),
    construct("module imported under another name", replace("physics/deep/inside.py", "25", "26")),
    construct("dotted attribute of a package", replace("physics/deep/inside.py", "number + 26", "number + 27")),
    construct("relative import of a module", replace("physics/relative.py", "24", "25")),
    construct("context manager", replace("physics/relative.py", "yield 23", "yield 24")),
    construct("list extended in its module", replace("physics/relative.py", "extend([3])", "extend([3, 4])")),
    construct(
        "class gets a method that hides the inherited one",
        append(FILE, "\n\nclass Described(Described):\n    value = 30\n"),
    ),
    construct("class attribute of a task from a constant", replace(
        "work.py", "    power = 2\n", "    power = WEIGHT + 1\n"), "stay run adopt"),
]  # fmt: skip


def at_the_end(name: str, text: str, file: str = "physics/shaping.py") -> Row:
    """Statements added to a module, which change what is defined elsewhere."""
    return construct(name, append(file, f"\n\n{text}\n"))


ROWS += [
    at_the_end("function of another module replaced", "import physics.calibration as c\n\nc.offset = lambda: 5"),
    at_the_end("attribute set on an imported class", 'setattr(Detector, "tilt", 9)'),
    at_the_end("dictionary updated", "POWERS.update(cube=powered)"),
    at_the_end("function wrapped after its definition", "helper = times(factor=3)(helper)"),
    at_the_end("constant set by exec()", 'exec("LIMIT = 9")'),
    at_the_end("attribute of a task set later", "Shape.power = 9", "work.py"),
    construct("import for its side effect", all_of(
        write("physics/patching.py", "import physics.offsets\n\nphysics.offsets.PEDESTAL = 0\n"),
        append("physics/shaping.py", "\n\nimport physics.patching\n"),
    )),
    construct("mixin put before the base class of a task", replace(
        "work.py", "class Shape(Step):",
        "class Short:\n    def encoded(self, numbers):\n        return json.dumps(numbers[:9])\n\n\n"
        "class Shape(Short, Step):",
    )),
]  # fmt: skip
