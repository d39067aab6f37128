"""Threads of numeric libraries: as many as the task asks for, also where a library was loaded before."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "RAYON_NUM_THREADS",
    "POLARS_MAX_THREADS",
    "BLOSC_NTHREADS",
)


LAZY = frozenset({"NUMBA_NUM_THREADS", "RAYON_NUM_THREADS", "POLARS_MAX_THREADS"})
"""Variables of libraries that start their threads at the first use."""


def thread_variables(cpus: int) -> dict[str, str]:
    """Environment variables that limit numeric libraries which are loaded later."""
    return dict.fromkeys(VARIABLES, str(cpus))


def without_threads(cpus: int) -> dict[str, str]:
    """Environment variables with which libraries can be loaded and start no thread, until `pin_threads(cpus)`."""
    return thread_variables(1) | dict.fromkeys(LAZY, str(cpus))


def pin_threads(cpus: int) -> None:
    """Limit numeric libraries of this process to `cpus` threads, those to come and those that are loaded."""
    os.environ.update(thread_variables(cpus))
    for name, limit in LOADED.items():
        library = sys.modules.get(name)
        if library is not None:
            limit(library, cpus)


def limit_numpy(_: Any, cpus: int) -> None:
    import threadpoolctl

    threadpoolctl.threadpool_limits(cpus)


def limit_numba(numba: Any, cpus: int) -> None:
    """numba reads its variable again at every compilation, and fails where it is not that with which it was loaded."""
    loaded = int(numba.config.NUMBA_NUM_THREADS)
    os.environ["NUMBA_NUM_THREADS"] = str(loaded)
    if loaded > cpus:
        numba.set_num_threads(cpus)


LOADED: Mapping[str, Callable[[Any, int], Any]] = {
    "numpy": limit_numpy,
    "numba": limit_numba,
    "numexpr": lambda numexpr, cpus: numexpr.set_num_threads(cpus),
    "pyarrow": lambda pyarrow, cpus: pyarrow.set_cpu_count(cpus),
    "torch": lambda torch, cpus: torch.set_num_threads(cpus),
}
