"""A problem of a configuration file: where it is and what is wrong."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

KeyPath = tuple[str | int, ...]


class Problem(NamedTuple):
    """One fault at a line and column (both from 1); `key` is its dotted path, empty for the whole file."""

    line: int
    column: int
    key: str
    message: str

    def at(self, path: Path) -> str:
        """`configs/quickstart.yaml:14:10: luminosity.value: must be greater than 0 (got -3)`."""
        place = f"{display(path)}:{self.line}:{self.column}"
        return f"{place}: {self.key}: {self.message}" if self.key else f"{place}: {self.message}"


def display(path: Path) -> str:
    """A path as a person at the prompt would type it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except (ValueError, FileNotFoundError):
        return os.fspath(path)


def dotted(path: Iterable[str | int]) -> str:
    """A key path in one string; keys that hold a dot are quoted, so that it reads unambiguously."""
    return ".".join(f'"{part}"' if "." in str(part) or part == "" else str(part) for part in path)


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """`did you mean 'luminosity'?`, or nothing when no known word is close."""
    from difflib import get_close_matches

    names = {name.casefold(): name for name in words}
    close = get_close_matches(word.casefold(), names, n=1, cutoff=0.6)
    return f"did you mean '{names[close[0]]}'?" if close else ""


def listed(names: Iterable[str], at_most: int = 12) -> str:
    """Names in one line, the first ones where there are many."""
    names = [str(name) for name in names]
    more = f" and {len(names) - at_most} more" if len(names) > at_most else ""
    return (", ".join(names[:at_most]) + more) or "none"
