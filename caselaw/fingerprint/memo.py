"""Small JSON files that remember what was computed; any of them can be deleted at any time."""

from __future__ import annotations

import json
import logging
import secrets
from pathlib import Path
from typing import Any

logger = logging.getLogger(__name__)

LIMIT = 500
"""Entries kept before a memo starts again with those in use: reading it must stay fast."""


class Memo:
    """A dictionary on disk: read once, written as a whole and atomically.

    When two processes save at the same time, entries of one may be lost, and are computed again.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._entries = self._read()
        self._used: dict[str, Any] = {}
        self._new = False

    def get(self, key: str) -> Any:
        """The remembered entry, or None."""
        entry = self._entries.get(key)
        if entry is not None:
            self._used[key] = entry
        return entry

    def put(self, key: str, entry: Any) -> None:
        """Remember an entry of plain JSON data."""
        self._entries[key] = self._used[key] = entry
        self._new = True

    def save(self) -> None:
        """Write new entries, together with those that other processes wrote meanwhile."""
        if self.path is None or not self._new:
            return
        entries = self._read() | self._entries
        text = json.dumps(entries if len(entries) <= LIMIT else self._used, separators=(",", ":"))
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            _write(self.path, text)
        except OSError as error:  # a full or read-only disk: everything works, only slower
            logger.warning("cannot remember in %s: %s", self.path, error)
        self._new = False

    def _read(self) -> dict[str, Any]:
        if self.path is None:
            return {}
        try:
            entries = json.loads(self.path.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            logger.warning("%s cannot be read and is made again: %s", self.path, error)
            return {}
        return entries if isinstance(entries, dict) else {}


def _write(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
