"""Edits of code that a step reaches: exactly this step runs, and what is downstream of another output."""

from __future__ import annotations

from edits import all_of, append, keeping_times, replace, write
from rows import Edit, Row
from small_chain import SmallChain

SHAPING = "physics/shaping.py"
SHAPE_RUNS = "stay run run"
ALL_RUN = "run run run"


def shape(name: str, edit: Edit, fates: str = SHAPE_RUNS) -> Row:
    return Row("code", name, edit, fates)


def shaping(name: str, old: str, new: str) -> Row:
    return shape(name, replace(SHAPING, old, new))


FUNCTIONS = [
    shaping("function body", "sum(numbers) * 2", "sum(numbers) * 3"),
    shaping("helper in the same module", "len(numbers) + 20", "len(numbers) + 21"),
    shape("helper two imports away", replace("physics/offsets.py", "PEDESTAL + 1", "PEDESTAL + 2")),
    shape("constant two imports away", replace("physics/offsets.py", "PEDESTAL = 40", "PEDESTAL = 41")),
    shape("function of a module imported as a name", replace("physics/corrections.py", "number + 50", "number + 51")),
    shaping("nested function", "value + 30", "value + 31"),
    shaping("lambda", "value * 4", "value * 5"),
    shaping("argument of a decorator", "@times(factor=5)", "@times(factor=6)"),
    shape(
        "decorator's own body",
        replace("physics/decorators.py", "factor * function", "factor + function"),
    ),
    shaping("default argument", "by=6", "by=7"),
    shaping("default of a keyword-only argument", "more=60", "more=61"),
    shaping("condition of a comprehension", "if number > THRESHOLD", "if number >= THRESHOLD + 6"),
    shaping("pattern of a match statement", "case 4:", "case 7:"),
    shaping("argument of functools.partial", "factor=12", "factor=13"),
    shaping("function inside functools.partial", "value * factor", "value + factor"),
    shaping("function in a dispatch table", "number**3", "number**5"),
    shaping("entry of a dispatch table", '"cube": cubed', '"cube": powered'),
    shape("docstring that the code reads", replace("physics/dynamic.py", "Nine letters", "Some more letters")),
    shape("function of a module named by a string", replace("physics/plugins.py", "number + 95", "number + 96")),
    Row(
        "code",
        "size and time of the file put back",
        keeping_times(replace(SHAPING, "sum(numbers) * 2", "sum(numbers) * 3"), SHAPING),
        SHAPE_RUNS,
    ),
]

NAMES = [
    shape("re-exported name", replace("physics/scaling.py", "number / 2", "number / 4")),
    shape(
        "re-export leads to another module",
        all_of(
            write("physics/rescaling.py", "def rescaled(number):\n    return number / 8\n"),
            replace("physics/__init__.py", "physics.scaling", "physics.rescaling"),
        ),
    ),
    shape("function of a star import", replace("physics/names.py", "number + 80", "number + 82")),
    shape("conditional import", replace("physics/fast.py", "number + 90", "number + 91")),
    shape(
        "conditional import, module removed",
        all_of(
            replace("physics/slow.py", "number + 90", "number + 92"),
            lambda chain: (chain.root / "physics/fast.py").unlink(),
        ),
    ),
    shape(
        "name imported from another module",
        all_of(
            write("physics/recalibration.py", "def calibrated(number):\n    return number + 400\n"),
            replace(SHAPING, "from physics.calibration", "from physics.recalibration"),
        ),
    ),
    shape("function shadows a star import", append(SHAPING, "\n\ndef starred(number):\n    return number + 83\n")),
    shape("function defined once more", append(SHAPING, "\n\ndef helper(numbers):\n    return len(numbers) + 22\n")),
]

CONSTANTS = [
    shaping("constant used", "THRESHOLD = 1", "THRESHOLD = 6"),
    shaping("global in an f-string", 'UNIT = "GeV"', 'UNIT = "TeV"'),
    shaping("constant made from another constant", "WIDTH = 2", "WIDTH = 4"),
    shaping("conditional constant", "LIMIT = 5\n", "LIMIT = 6\n"),
    shaping("order of a tuple", "(1, 2, 3)", "(3, 2, 1)"),
    shaping("int constant to float", "LIMIT = 5\n", "LIMIT = 5.0\n"),
    shaping("module-level change of a list", "REGISTRY.append(11)", "REGISTRY.append(12)"),
    shape("constant changed at the end of the module", append(SHAPING, "\n\nSTAGES += (4,)\n")),
]

CLASSES = [
    shape("method of a base class", replace("physics/base.py", "number * 6", "number * 7")),
    shape("method of a class", replace("physics/models.py", "(number) + self.tilt", "(number) - self.tilt")),
    shape("class attribute", replace("physics/models.py", "tilt = 3", "tilt = 4")),
    shape("dataclass field default", replace("physics/models.py", "200.0", "300.0")),
    shape("enum member", replace("physics/models.py", "LOWEST = 1", "LOWEST = 2")),
    shape("property", replace("physics/models.py", "self.high - self.low", "self.high + self.low")),
    shape(
        "method defined once more",
        append("physics/models.py", "\n    def response(self, number):\n        return number\n"),
    ),
    shape(
        "base class replaced",
        replace("physics/models.py", "from physics.base import Base", "class Base:\n    response = lambda *_: 3"),
    ),
]

TASKS = [
    Row("task", "method of one task", replace("work.py", "first + 10 * second", "first + 11 * second"), SHAPE_RUNS),
    Row("task", "class attribute of one task", replace("work.py", "power = 2", "power = 3"), SHAPE_RUNS),
    Row("task", "step of the first task", replace("physics/reading.py", "int(word)", "int(word) + 1"), ALL_RUN),
    Row(
        "task",
        "run() of the last task",
        replace("work.py", "self.branch_value, *summary", "self.branch_value, self.scale, *summary"),
        "stay stay run",
    ),
    Row("task", "constant of the last task", replace("work.py", "WEIGHT = 1", "WEIGHT = 2"), "stay stay run"),
    Row(
        "task",
        "step of the last task",
        replace("physics/summarising.py", "len(shapes)", "-len(shapes)"),
        "stay stay run",
    ),
    Row(
        "task",
        "method of the base class of all tasks",
        replace("framework.py", "json.dumps(numbers)", "json.dumps(numbers, indent=1)"),
        ALL_RUN,
    ),
    Row(
        "task",
        "two steps at once",
        all_of(
            replace("physics/reading.py", "int(word)", "2 * int(word)"),
            replace("physics/summarising.py", "len(shapes)", "-len(shapes)"),
        ),
        ALL_RUN,
    ),
]


def failed_and_undone(chain: SmallChain) -> None:
    replace(SHAPING, "sum(numbers) * 2", "sum(numbers) / 0")(chain)
    done = chain.call("law", "run", "work.Summary")
    assert done.returncode == 30, f"exit {done.returncode}\n{done.stdout}"
    replace(SHAPING, "sum(numbers) / 0", "sum(numbers) * 2")(chain)


HISTORY = [
    Row(
        "code",
        "edit undone",
        replace(SHAPING, "sum(numbers) * 3", "sum(numbers) * 2"),
        "stay stay stay",
        before=replace(SHAPING, "sum(numbers) * 2", "sum(numbers) * 3"),
    ),
    Row("code", "edit that failed, undone", failed_and_undone, "stay stay stay"),
    Row(
        "code",
        "second edit",
        replace(SHAPING, "sum(numbers) * 3", "sum(numbers) * 4"),
        SHAPE_RUNS,
        before=replace(SHAPING, "sum(numbers) * 2", "sum(numbers) * 3"),
    ),
    Row(
        "code",
        "edit of what caselaw.resolve() names",
        replace("physics/chosen.py", "number + 5", "number + 6"),
        SHAPE_RUNS,
        before=all_of(
            write("physics/chosen.py", "def choice(number):\n    return number + 5\n"),
            replace(
                SHAPING,
                "    first = numbers[0]\n",
                '    first = caselaw.resolve("physics.chosen:choice")(numbers[0])\n',
            ),
            replace(SHAPING, "import idletools\n", "import caselaw\nimport idletools\n"),
        ),
    ),
]

ROWS = [*FUNCTIONS, *NAMES, *CONSTANTS, *CLASSES, *TASKS, *HISTORY]
