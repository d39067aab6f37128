"""Which distributions an imported name comes from, and their versions.

`importlib.metadata.packages_distributions` reads every distribution on each call; here the answer is kept
per folder of the module search path until that folder changes. Versions are never kept: they are read
from the metadata of the distributions that are asked for.
"""

from __future__ import annotations

import importlib.util
import json
import re
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from caselaw.errors import FingerprintError
from caselaw.fingerprint.hashing import SCHEME, digest_bytes, short
from caselaw.fingerprint.memo import Memo

MISSING = "missing"

_RACY_NS = 2_000_000_000


class Distribution(NamedTuple):
    """An installed distribution: normalised name and version."""

    name: str
    version: str
    caveat: str = ""
    """Why the version does not say everything, or empty."""


class Distributions:
    """The distributions on the module search path, as they were when first asked for."""

    def __init__(self, folder: Path | None = None, search_path: Iterable[str] | None = None) -> None:
        entries = sys.path if search_path is None else search_path
        self._folders = [Path(entry or ".").absolute() for entry in dict.fromkeys(entries)]
        self._memo = Memo(folder / f"distributions-{SCHEME}.json" if folder is not None else None)
        self._metadata: dict[str, list[Path]] | None = None
        self._answers: dict[str, tuple[Distribution, ...]] = {}

    def of(self, import_name: str) -> tuple[Distribution, ...]:
        """All distributions that a top-level import may come from; more than one for a shared namespace."""
        top = import_name.partition(".")[0]
        if top not in self._answers:
            found = [_described(path) for path in self._index().get(top, ())]
            self._answers[top] = tuple(sorted(found)) or (_undistributed(top),)
        return self._answers[top]

    def _index(self) -> dict[str, list[Path]]:
        """Top-level name → metadata folders; of two versions of one distribution the first on the path."""
        if self._metadata is None:
            self._metadata = {}
            seen: set[str] = set()
            for folder in self._folders:
                of_folder = self._names(folder)
                for name, imports in of_folder.items():
                    for top in imports if _project(name) not in seen else ():
                        self._metadata.setdefault(top, []).append(folder / name)
                seen.update(_project(name) for name in of_folder)
            self._memo.save()
        return self._metadata

    def _names(self, folder: Path) -> dict[str, list[str]]:
        """Metadata folder → top-level names, for one entry of the search path."""
        try:
            stamp = folder.stat().st_mtime_ns
        except OSError:
            return {}
        known = self._memo.get(str(folder))
        if known is not None and known[0] == stamp:
            names: dict[str, list[str]] = known[1]
            return names
        names = {entry: sorted(_top_levels(folder / entry)) for entry in _metadata_entries(folder)}
        if time.time_ns() - stamp > _RACY_NS:
            self._memo.put(str(folder), [stamp, names])
        return names


def distribution_version(import_name: str, folder: Path | None = None) -> tuple[str, str]:
    """Name and version of the distribution behind an import; `(import_name, "missing")` without one.

    `folder` is where the index of distributions is remembered.
    """
    first = Distributions(folder).of(import_name)[0]
    return first.name, first.version


def _metadata_entries(folder: Path) -> list[str]:
    try:
        return sorted(e.name for e in folder.iterdir() if e.suffix in (".dist-info", ".egg-info"))
    except OSError:  # sys.path may name archives and folders that nobody can list; Python skips them, too
        return []


def _project(entry: str) -> str:
    """The normalised project name in `Name-1.0.dist-info`."""
    return normalised(entry.rpartition(".")[0].partition("-")[0])


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _top_levels(metadata: Path) -> set[str]:
    """What a distribution lets one import."""
    declared = _text(metadata / "top_level.txt")
    if declared is not None:
        return {line.strip().partition("/")[0] for line in declared.splitlines() if line.strip()}
    names = set(_recorded(_text(metadata / "RECORD") or ""))
    return names or {_project(metadata.name).replace("-", "_")}


def _recorded(record: str) -> Iterator[str]:
    """Top-level names among the installed files: `numpy/__init__.py,…`, `six.py,…`, `_x.cpython-311.so,…`."""
    seen = set()
    for line in record.splitlines():
        first, slash, _ = line.lstrip('"').partition("/")
        if not slash:
            first, _, suffixes = first.partition(",")[0].partition(".")
            if suffixes.rpartition(".")[2] not in ("py", "so", "pyd", "pyc"):
                continue
        if first not in seen and first.isidentifier() and not first.startswith("__"):
            seen.add(first)
            yield first


def _described(metadata: Path) -> Distribution:
    """Name and version from the metadata's head; a distribution that breaks its own is an error."""
    file = metadata if metadata.is_file() else metadata / "METADATA"
    head = _text(file) if file.exists() else _text(metadata / "PKG-INFO")
    fields: dict[str, str] = {}
    for line in (head or "").splitlines():
        name, colon, value = line.partition(":")
        if not colon:
            break
        fields.setdefault(name.lower(), value.strip())
    if not fields.get("version"):
        raise FingerprintError(
            "a distribution does not say its version", str(metadata), "install the distribution again"
        )
    caveat = "installed as editable: its version stays the same when its code changes"
    project = normalised(fields.get("name") or _project(metadata.name))
    return Distribution(project, fields["version"], caveat if _editable(metadata) else "")


def _editable(metadata: Path) -> bool:
    if metadata.suffix == ".egg-info" and metadata.parent.name not in ("site-packages", "dist-packages"):
        return True
    origin = _text(metadata / "direct_url.json")
    try:
        return bool(origin) and bool(json.loads(origin or "{}").get("dir_info", {}).get("editable"))
    except ValueError:
        return False


def _undistributed(top: str) -> Distribution:
    """A module that no distribution brings: on PYTHONPATH, from a set-up script, or not there at all."""
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        spec = None
    if spec is None:
        return Distribution(top, MISSING)
    origin = Path(spec.origin) if spec.has_location and spec.origin else None
    if origin is None or not origin.is_file():
        return Distribution(top, "unversioned", "belongs to no distribution and has no version")
    version = f"file:{short(digest_bytes(origin.read_bytes()))}"
    if not spec.submodule_search_locations:
        return Distribution(top, version)
    return Distribution(top, version, f"belongs to no distribution: only {origin} is looked at")


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="surrogateescape")
    except (FileNotFoundError, NotADirectoryError):
        return None
