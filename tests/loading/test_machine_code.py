"""numba's machine code goes by all that a function reaches, also where numba itself sees no difference."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

KERNELS = """
import os
from numba import cfunc, guvectorize, njit, vectorize
from constants import CUT, twice
NUMBER = int(os.environ["NUMBER"])

@njit
def both(x):
    return twice(x) * CUT + NUMBER

@njit(cache=True)
def lazy(x):
    return both(x)

@njit("f8(f8)", cache=True)
def eager(x):
    return x * CUT + NUMBER

class Kernels:
    method = staticmethod(lazy)
"""
UFUNC = """
@vectorize(["f8(f8)"], cache=True)
def ufunc(x):
    return x * CUT + NUMBER
"""
CONSTANTS = "from numba import njit\nCUT = 10\n@njit\ndef twice(x):\n    return 2 * x\n"


def printed(folder: Path, script: str, number: int = 0) -> str:
    """What a script prints in a project with these kernels."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "NUMBER": str(number)}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def write(folder: Path, constants: str = CONSTANTS, kernels: str = KERNELS) -> None:
    (folder / "law.cfg").write_text("[caselaw]\n")
    (folder / "constants.py").write_text(constants)
    (folder / "kernels.py").write_text(kernels)


def test_constants_functions_and_values_from_elsewhere_count(tmp_path: Path):
    write(tmp_path, kernels=KERNELS + UFUNC)
    script = (
        "import caselaw\nfrom kernels import *\nprint(lazy(1), eager(1), ufunc(1), sum(lazy.stats.cache_hits.values()))"
    )
    assert printed(tmp_path, script) == "20 10.0 10.0 0"
    assert printed(tmp_path, script, number=5) == "25 15.0 15.0 0"
    write(tmp_path, CONSTANTS.replace("2 * x", "3 * x"), KERNELS + UFUNC)
    assert printed(tmp_path, script) == "30 10.0 10.0 0"
    assert not list((tmp_path / "__pycache__").glob("*.nbi"))


def test_functions_that_were_compiled_before_caselaw_was_imported_are_compiled_again(tmp_path: Path):
    write(tmp_path)
    script = "from kernels import *\nlazy(1)\nimport caselaw\nprint(lazy(1), eager(1), Kernels.method(1))"
    assert printed(tmp_path, script) == "20 10.0 20"
    write(tmp_path, CONSTANTS.replace("10", "11").replace("2 * x", "3 * x"))
    assert printed(tmp_path, "from kernels import *\nprint(lazy(1), eager(1))") == "20 10.0"  # this is numba's own way
    assert printed(tmp_path, script) == "33 11.0 33"


def test_what_cannot_be_compiled_again_is_refused(tmp_path: Path):
    write(tmp_path, kernels=KERNELS + UFUNC)
    script = """
import kernels, caselaw
from caselaw.fingerprint import first_party, symbol_closure
from caselaw.loading.refusal import require
code = symbol_closure(["kernels:ufunc"], first_party(".")).hashed
try:
    require(code, object)
except Exception as error:
    print(type(error).__name__, error)
"""
    said = printed(tmp_path, script)
    assert said.startswith("SourceChanged")
    assert "import caselaw before 'kernels'" in said
