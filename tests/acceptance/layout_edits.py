"""Edits of code that change no output: nothing runs."""

from __future__ import annotations

from code_edits import SHAPING
from edits import all_of, append, replace, write
from rows import Edit, Row
from small_chain import SmallChain

NOTHING = "stay stay stay"


def quiet(name: str, edit: Edit, kind: str = "layout") -> Row:
    return Row(kind, name, edit, NOTHING)


def code_formatter(chain: SmallChain) -> None:
    """Short lines and single quotes, in all files but the one that a step reads as text."""
    names = [str(path.relative_to(chain.root)) for path in sorted(chain.root.rglob("*.py"))]
    names.remove("physics/described.py")
    before = [chain.read(name) for name in names]
    style = ("--isolated", "--no-cache", "--config", "line-length=50", "--config", "format.quote-style='single'")
    done = chain.call("ruff", "format", *style, *names)
    assert done.returncode == 0, done.stderr
    assert chain.read("work.py") not in before, "the formatter changed nothing"


def move(name: str, first: str, text: str, anchor: str) -> Edit:
    """Move the text from `first` on, which ends in `text`, to before `anchor`."""

    def edit(chain: SmallChain) -> None:
        whole = chain.read(name)
        start = whole.index(first)
        end = whole.index(text, start) + len(text)
        moved, rest = whole[start:end], whole[:start] + whole[end:]
        place = rest.index(anchor)
        assert place != start, "moving changes something"
        chain.write(name, rest[:place] + moved + rest[place:])

    return edit


def other_line_ends(chain: SmallChain) -> None:
    path = chain.root / SHAPING
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))


def touch_all(chain: SmallChain) -> None:
    for path in sorted(chain.root.rglob("*.py")):
        path.touch()


ROWS = [
    quiet("comment", all_of(append(SHAPING, "# the end\n"), append("physics/reading.py", "# the end\n"))),
    quiet("comment inside a function", replace(SHAPING, "    first = numbers[0]\n", "    first = numbers[0]  # 1st\n")),
    quiet("comment in the task module", replace("work.py", "\nWEIGHT = 1\n", "\nWEIGHT = 1  # of a summary\n")),
    quiet("docstring of a function", replace(SHAPING, "All features of one", "Every feature of a")),
    quiet("docstring added", replace(SHAPING, "def helper(numbers):\n", 'def helper(numbers):\n    """Help."""\n')),
    quiet("docstring of a module", replace(SHAPING, '"""The shape of one sample."""\n', "")),
    quiet("docstring of a task", replace("framework.py", "What the steps of the chain share.", "Shared.")),
    quiet("blank lines", replace(SHAPING, "    region = Region", "\n    region = Region")),
    quiet("layout of a code formatter", code_formatter),
    quiet("parentheses, quotes and underscores", all_of(
        replace(SHAPING, "return sum(numbers) * 2", "return (sum(numbers) * 2)"),
        replace(SHAPING, '"GeV"', "'GeV'"),
        replace(SHAPING, "SPARE = 17", "SPARE = 1_7"),
        replace(SHAPING, "LIMIT = 5\n", "LIMIT = 0x5\n"),
    )),
    quiet("byte order mark and line ends", other_line_ends),
    quiet("another form of an import", replace(
        SHAPING, "import physics.corrections as corrections", "from physics import corrections")),
    quiet("functions in another order", move(SHAPING, "def body", "* 2\n\n\n", "def above")),
    quiet("tasks and constants in another order", move("work.py", "SAMPLES", ".txt\"\n", "WEIGHT")),
    quiet("imports in another order", move(SHAPING, "from physics import rescaled", "\n", "from physics.models")),
    quiet("order of a set", replace(SHAPING, '{"e", "mu"}', '{"mu", "e"}')),
    quiet("methods in another order", move(
        "physics/models.py", "    def label", '"region"\n\n', "    @property")),
    Row("layout", "renamed local variable", all_of(
        replace(SHAPING, "total = number + 7", "result_of_it = number + 7"),
        replace(SHAPING, "return total", "return result_of_it"),
    ), "stay may may"),
    quiet("the same syntax written otherwise", all_of(
        replace(SHAPING, "WIDTH = 2\nAREA = WIDTH * 3\n", "WIDTH = 2; AREA = (WIDTH\n    * 3)\n"),
        replace(SHAPING, 'f"{number} {UNIT}"', "f'{number} ' f'{UNIT}'"),
        replace(SHAPING, "total = number + 7\n    return total", "total = (number) + 7\n    return (total)"),
        replace("physics/models.py", "200.0", "2e2"),
    )),
    quiet("annotation with its import", all_of(
        replace("physics/offsets.py", "def offset():", "def offset() -> Any:"),
        replace("physics/offsets.py", "PEDESTAL = 40", "from typing import Any\n\nPEDESTAL = 40"),
    )),
    quiet("annotation changed", replace(SHAPING, "(number: int) -> int:", "(number: 'float'):")),
    quiet("annotation of a local variable", replace(SHAPING, "result: int = number", "result: float = number")),
    quiet("annotation added", replace("physics/offsets.py", "def offset():", "def offset() -> int:")),
    quiet("type comment", replace(SHAPING, "WIDTH = 2\n", "WIDTH = 2  # type: int\n")),
    quiet("import under TYPE_CHECKING", replace(SHAPING, "from physics.unrelated", "from physics.slow")),
    quiet("all files touched", touch_all),
    quiet("constant not used", replace(SHAPING, "SPARE = 17", "SPARE = 18"), "unused"),
    quiet("function not used in a used module", replace(SHAPING, "+ 70", "+ 71"), "unused"),
    quiet("function not used of a module imported as a name", replace(
        "physics/corrections.py", "return number\n", "return -number\n"), "unused"),
    quiet("function not used of a star import", replace("physics/names.py", "number + 81", "number + 84"), "unused"),
    quiet("function added to a used module", append(SHAPING, "\n\ndef later(number):\n    return number\n"), "unused"),
    quiet("block for running the module as a script", append(
        SHAPING, '\n\nif __name__ == "__main__":\n    print(shape([1]))\n'), "unused"),
    quiet("logger and __all__ added", append(
        SHAPING, '\n\nimport logging\n\nlogger = logging.getLogger(__name__)\n__all__ = ["shape"]\n'), "unused"),
    quiet("function added beside many constructs", append(
        "physics/constructs.py", "\n\ndef later(number):\n    return number\n"), "unused"),
    quiet("function added to the task module", append("work.py", "\n\ndef later(n):\n    return n\n"), "unused"),
    quiet("function removed with its import from a used module", all_of(
        replace(SHAPING, "def spare(numbers):\n    return idletools.idle(numbers) + 70\n\n\n", ""),
        replace(SHAPING, "import idletools\n", ""),
    ), "unused"),
    quiet("unrelated module", replace("physics/unrelated.py", "None", "1"), "unused"),
    quiet("unrelated module removed", lambda chain: (chain.root / "physics/unrelated.py").unlink(), "unused"),
    quiet("module added to the package", write("physics/another.py", "VALUE = 1\n"), "unused"),
    quiet("name re-exported in addition", append(
        "physics/__init__.py", "from physics.slow import smoothed\n"), "unused"),
    quiet("another task in the same module", replace("work.py", '"count": "json"', '"count": "txt"'), "unused"),
    quiet("body of another task", replace("work.py", "len(self.branch_value)", "1 + len(self.branch_value)"), "unused"),
    quiet("task added to the module", append(
        "work.py", '\n\nclass More(Step):\n    products = {"more": "txt"}\n'), "unused"),
    quiet("documents beside the code", write("README.md", "# The small chain\n"), "unused"),
    quiet("tests beside the code", write("tests/test_shaping.py", "from physics.shaping import shape\n"), "unused"),
    quiet("description of a parameter", replace("work.py", '"a factor"', '"how much"'), "task"),
    quiet("default of a parameter that is given", replace(
        "work.py", "class Shape(Step):\n    scale = luigi.FloatParameter(default=2.0",
        "class Shape(Step):\n    scale = luigi.FloatParameter(default=7.0"), "task"),
    quiet("resources", replace("work.py", "(cpus=1)", "(cpus=1, memory='3 GB', runtime='2 h')"), "task"),
    quiet("retries and priority", replace(
        "work.py", "    power = 2\n", "    power = 2\n    retry_count = 3\n    priority = 10\n"), "task"),
    quiet("upstream() written in another way", replace(
        "work.py", 'return {"numbers": caselaw.each(Read.req(self))}',
        'read = Read.req(self)\n        return dict(numbers=caselaw.each(read))'), "task"),
    quiet("upstream() gets its files from a helper", all_of(
        replace("work.py", "caselaw.files(SAMPLES)", "caselaw.files(samples())"),
        replace("work.py", "class Read(Step):", "def samples():\n    return SAMPLES\n\n\nclass Read(Step):"),
    ), "task"),
    quiet("law.cfg: number of workers", replace("law.cfg", "workers: 1", "workers: 2"), "unused"),
]  # fmt: skip
