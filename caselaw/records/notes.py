"""Notes of who made outputs that do not carry a fingerprint in their names: one small file per branch, kept here."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from caselaw.fingerprint import digest, short

FOLDER = "own_outputs"


class Notes:
    """Fingerprint of what made a set of outputs, by their paths. Without a note nobody knows: they are made again."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def made_by(self, paths: Sequence[str]) -> str | None:
        """The fingerprint under which these outputs were made last."""
        try:
            return self._note(paths).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None

    def write(self, paths: Sequence[str], fingerprint: str) -> None:
        note = self._note(paths)
        note.parent.mkdir(parents=True, exist_ok=True)
        temporary = note.with_name(f".{note.name}.{os.getpid()}")
        temporary.write_text(f"{fingerprint}\n", encoding="utf-8")
        temporary.replace(note)

    def forget(self, paths: Sequence[str]) -> None:
        self._note(paths).unlink(missing_ok=True)

    def _note(self, paths: Sequence[str]) -> Path:
        relative = [str(Path(p).relative_to(self.root)) if Path(p).is_relative_to(self.root) else p for p in paths]
        return self.root / ".caselaw" / FOLDER / f"{short(digest('outputs', sorted(relative)))}.txt"
