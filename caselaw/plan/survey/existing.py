"""How many files there are that outputs of a task may be: no folder is listed twice."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field

from caselaw.plan.survey.folders import FolderNames
from caselaw.plan.survey.patterns import Path, expression, is_wild


@dataclass
class Existing:
    """Counts of the paths that were asked for."""

    folders: FolderNames
    counts: dict[Path, int] = field(default_factory=dict)

    def count(self, path: Path) -> int:
        if path not in self.counts:
            first, *segments = [each for each in path.text.split("/") if each not in ("", ".")] or [""]
            self.counts[path] = self._below("/", [first, *segments], path.folder) if first else 0
        return self.counts[path]

    def _below(self, folder: str, segments: list[str], is_folder: bool) -> int:
        segment, *rest = segments
        if not is_wild(segment) and folder not in self.folders.listed:
            here = os.path.join(folder, segment)
            if rest:
                return self._below(here, rest, is_folder)
            return int(os.path.isdir(here) if is_folder else os.path.isfile(here))
        folders, files = self.folders.names(folder)
        found = matching(segment, folders if rest or is_folder else files)
        if not rest:
            return sum(1 for _ in found)
        return sum(self._below(os.path.join(folder, name), rest, is_folder) for name in found)


def matching(segment: str, names: frozenset[str]) -> Iterator[str]:
    if not is_wild(segment):
        return iter([segment] if segment in names else [])
    fits = expression(segment).fullmatch
    return (name for name in names if fits(name) and not (name.startswith(".") and not segment.startswith(".")))
