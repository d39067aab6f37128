"""When numba is told where to keep machine code."""

from __future__ import annotations

import importlib
import sys


def steer_numba() -> None:
    """As soon as numba can be told where to keep machine code, tell it; it imports more of itself after that."""
    caching = sys.modules.get("numba.core.caching")
    if caching is None or "caselaw.loading.machine_code" in sys.modules:
        return
    if not getattr(caching.__spec__, "_initializing", False):
        try:
            importlib.import_module("caselaw.loading.machine_code")
        except (AttributeError, ImportError):  # a numba that keeps its machine code in other ways: then keep none
            sys.modules["caselaw.loading.machine_code"] = caching
            import tempfile

            vars(importlib.import_module("numba.core.config"))["CACHE_DIR"] = tempfile.mkdtemp(prefix="caselaw-numba-")
