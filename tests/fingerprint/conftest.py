"""Small projects in a temporary folder, and the closures of what they define."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from caselaw.fingerprint import Closure, first_party, symbol_closure


@pytest.fixture
def write(tmp_path: Path) -> Callable[[Mapping[str, str]], None]:
    """Write modules: `write({"analysis/jets.py": "…"})`."""

    def write_files(files: Mapping[str, str]) -> None:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text))

    return write_files


@pytest.fixture
def closure(tmp_path: Path) -> Callable[..., Closure]:
    """The closure of entries, by default of the function `run` in the module `work`."""

    def of(*entries: str, names: list[str] | None = None) -> Closure:
        return symbol_closure(entries or ["work:run"], first_party(tmp_path, names))

    return of
