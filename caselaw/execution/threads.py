"""Threads of numeric libraries: as many as the task asks for, also where a library was loaded before."""

from __future__ import annotations

import os
import sys

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


def pin_threads(cpus: int) -> None:
    """Limit numeric libraries of this process to `cpus` threads."""
    for variable in VARIABLES:
        os.environ[variable] = str(cpus)
    if "numpy" in sys.modules:
        import threadpoolctl

        threadpoolctl.threadpool_limits(cpus)
    numba, pyarrow = sys.modules.get("numba"), sys.modules.get("pyarrow")
    if numba is not None:
        numba.set_num_threads(min(cpus, numba.config.NUMBA_NUM_THREADS))
    if pyarrow is not None:
        pyarrow.set_cpu_count(cpus)
