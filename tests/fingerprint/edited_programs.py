"""Small programs of several modules: executed, edited in one place, and executed again."""

from __future__ import annotations

import importlib
import itertools
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from caselaw.fingerprint import Closure, first_party, symbol_closure

Files = Mapping[str, str]

_PROGRAM = re.compile(r"== (.*?): (.*)\n((?:.*\n)*?)=> (.*)\n?")


@dataclass(frozen=True)
class Program:
    """Definitions in a module, which of them are used, and an expression of these."""

    title: str
    names: tuple[str, ...]
    definitions: str
    expression: str

    def used(self, way: str) -> Files:
        """The modules of the program; `run` in the module `work` uses the definitions in one of `WAYS`."""
        names, every = ", ".join(self.names), " = ".join(self.names)
        files = {
            "same module": {"work.py": f"{self.definitions}{self._run()}"},
            "from": {"lib.py": self.definitions, "work.py": f"from lib import {names}\n{self._run()}"},
            "as": {"lib.py": self.definitions, "work.py": f"import lib as l\n{self._run('l.')}"},
            "re-export": {
                "pack/__init__.py": f"from .lib import {names}\n",
                "pack/lib.py": self.definitions,
                "work.py": f"import pack\n{self._run('pack.')}",
            },
            "star": {"lib.py": self.definitions, "work.py": f"from middle import *\n{self._run()}",
                     "middle.py": f"from lib import *\n__all__ = {list(self.names)}\n"},
            "renamed": {
                "pack/deep/lib.py": self.definitions,
                "pack/middle.py": "".join(f"from .deep.lib import {name} as q{name}\n" for name in self.names),
                "work.py": f"import pack.middle\n{self._run('pack.middle.q')}",
            },
            "in a function": {
                "lib.py": self.definitions,
                "work.py": f"def run():\n    from lib import {names}\n    return {self.expression}\n",
            },
            "by name": {
                "lib.py": self.definitions,
                "work.py": "import caselaw\n"
                + "".join(f"{name} = caselaw.resolve('lib:{name}')\n" for name in self.names)
                + self._run(),
            },
            "guarded": {
                "lib.py": self.definitions,
                "work.py": f"try:\n    from lib import {names}\nexcept ImportError:\n    {every} = None\n{self._run()}",
            },
            "lazy": {
                "pack/__init__.py": "import importlib\ndef __getattr__(name):\n"
                "    return getattr(importlib.import_module('pack.lib'), name)\n",
                "pack/lib.py": self.definitions,
                "work.py": f"import pack\n{self._run('pack.')}",
            },
        }[way]  # fmt: skip
        numbers = itertools.count(101)
        return {name: re.sub("§", lambda _: str(next(numbers)), text) for name, text in files.items()}

    def _run(self, prefix: str = "") -> str:
        expression = self.expression
        for name in self.names if prefix else ():
            expression = re.sub(rf"(?<![\w.']){name}\b", prefix + name, expression)
        return f"def run():\n    return {expression}\n"


WAYS = ("same module", "from", "as", "re-export", "star", "renamed", "in a function", "by name", "guarded", "lazy")


def programs() -> Iterator[Program]:
    """All programs in `edited_programs.txt`."""
    text = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8")
    for title, names, definitions, expression in _PROGRAM.findall(text):
        yield Program(title, tuple(names.split(", ")), definitions, expression)


class Folder:
    """A folder that holds one program at a time."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, files: Files) -> None:
        shutil.rmtree(self.root, ignore_errors=True)
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def closure(self) -> Closure:
        return symbol_closure(["work:run"], first_party(self.root), folder=self.root / ".memo")

    def result(self) -> str | None:
        """What `work.run()` returns, in modules made anew; None when it fails."""
        before = set(sys.modules)
        sys.path.insert(0, str(self.root))
        importlib.invalidate_caches()
        without_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
        try:
            return re.sub(r"0x[0-9a-f]+", "0x", repr(importlib.import_module("work").run()))
        except Exception:
            return None
        finally:
            sys.dont_write_bytecode = without_bytecode
            sys.path.remove(str(self.root))
            for name in set(sys.modules) - before:
                if name.partition(".")[0] in ("lib", "middle", "pack", "work"):
                    del sys.modules[name]
