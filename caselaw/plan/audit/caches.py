"""Caches on disk that know less than the fingerprint: numba's machine code in its own folders, and libraries' own."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from pathlib import Path
from types import FrameType

from caselaw.plan.audit.origin import CodeOrigin, SourceOrigins
from caselaw.plan.audit.recorder import outwards

# Modules that keep results of functions, or any objects, on disk under keys of their own.
KEEP_RESULTS = ("beaker", "cachier", "diskcache", "dogpile.cache", "joblib._store_backends", "joblib.memory", "klepto",
                "percache", "pyximport", "shelve", "transonic")  # fmt: skip
DIGEST = re.compile(r"[0-9a-f]{20,}")
MACHINE_CODE = (".nbc", ".nbi")


def library_of(frame: FrameType | None) -> str | None:
    """The module that keeps results and opens a file, somewhere below `frame`; None for any other file."""
    for above in outwards(frame):
        name = str(above.f_globals.get("__name__", ""))
        for module in KEEP_RESULTS:
            if name == module or name.startswith(f"{module}."):
                return "joblib.Memory" if module.startswith("joblib.") else module
    return None


def is_machine_code(path: str) -> bool:
    return path.endswith(MACHINE_CODE)


def keys_on_less(path: str, origins: SourceOrigins) -> bool:
    """Whether numba keeps this machine code by the file of one first-party function alone.

    caselaw has folders of its own for it, named by the digest of all that is reached.
    """
    folder = Path(path).parent
    if folder.name == "__pycache__":
        return origins.of(str(folder.parent / f"{Path(path).name.partition('.')[0]}.py")) is CodeOrigin.FIRST_PARTY
    by_digest = DIGEST.fullmatch(folder.parent.name) is not None
    return not by_digest and folder.name in folders_of_numba(origins.files)


def folders_of_numba(files: Iterable[str]) -> frozenset[str]:
    """What numba calls the folder of machine code of functions of these files, below one for many projects."""
    parents = {Path(file).parent for file in files}
    return frozenset(
        f"{parent.name}_{hashlib.sha1(os.fsencode(parent), usedforsecurity=False).hexdigest()}" for parent in parents
    )
