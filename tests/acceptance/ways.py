"""What law and luigi users write: small chains, an edit of each, and what must run again because of it.

All chains are run together, by one task that requires them: none of them shares a module with another.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Edit = Callable[[Path], None]

HEAD = '''
from pathlib import Path

import caselaw
import law
import luigi
import luigi.util

from executions import note_execution

ROOT = Path(__file__).parent


class Step(caselaw.Task):
    """Writes what its inputs hold."""

    exclude_index = True
    products = {"text": "txt"}

    def run(self):
        note_execution(type(self).__name__, 0)
        with self.publish() as out:
            out["text"].write_text(repr(contents(self.input())))


class Steps(caselaw.Workflow):
    exclude_index = True
    products = {"text": "txt"}

    def run(self):
        note_execution(type(self).__name__, self.branch)
        with self.publish() as out:
            out["text"].write_text(repr([self.branch_value, contents(self.input())]))


class PlainStep(law.Task):
    exclude_index = True

    def output(self):
        return law.LocalFileTarget(str(ROOT / "plain" / f"{type(self).__name__}.txt"))

    def run(self):
        note_execution(type(self).__name__, 0)
        self.output().dump(self.text(), formatter="text")

    def text(self):
        return "text"


def contents(inputs):
    if isinstance(inputs, dict):
        return {name: contents(inner) for name, inner in inputs.items()}
    if isinstance(inputs, (list, tuple)):
        return [contents(inner) for inner in inputs]
    if hasattr(inputs, "targets"):
        return contents(inputs.targets)
    path = Path(inputs.path)
    return sorted(inner.read_text() for inner in path.iterdir()) if path.is_dir() else path.read_text()
'''


@dataclass(frozen=True)
class Way:
    """One chain of tasks, whose last is `root`; `runs` are the executions after the edit, as `Family branch`.

    `before` prepares the project for its first run.
    """

    name: str
    root: str
    code: str
    edit: Edit
    runs: str
    before: Edit | None = None

    @property
    def module(self) -> str:
        return f"way_{self.root.lower()}"

    @property
    def text(self) -> str:
        return HEAD + textwrap.dedent(self.code)


def code(old: str, new: str) -> Edit:
    """Replace a text that stands once in the module of the chain."""

    def edit(module: Path) -> None:
        text = module.read_text()
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {module.name}"
        module.write_text(text.replace(old, new))

    return edit


def file(name: str, text: str | None) -> Edit:
    """Write a file of the project, or remove it."""

    def edit(module: Path) -> None:
        path = module.parent / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink() if text is None else path.write_text(text)

    return edit


def all_of(*edits: Edit) -> Edit:
    def edit(module: Path) -> None:
        for each in edits:
            each(module)

    return edit
