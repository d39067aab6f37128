"""What caselaw costs before it does anything."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

COMMAND = Path(sys.executable).parent / "caselaw"


# Public names are loaded on first use: what counts is all of them.
MEASURE = """
import time
import law
start = time.process_time()
import caselaw
for name in caselaw.__all__:
    getattr(caselaw, name)
print(time.process_time() - start)
"""


@pytest.fixture(autouse=True)
def compiled(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiled files are kept, as they are for any installed package, also where the machine that tests keeps none."""
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path_factory.getbasetemp() / "compiled"))


def cpu_seconds_of_import() -> float:
    """CPU seconds that caselaw adds in a process that has imported law."""
    done = subprocess.run([sys.executable, "-c", MEASURE], capture_output=True, text=True, check=True)
    return float(done.stdout)


def test_importing_caselaw_adds_at_most_100_ms_to_law() -> None:
    cpu_seconds_of_import()  # compiles it
    # The least of several: caches that other programs share with it cost CPU seconds, too.
    assert min(cpu_seconds_of_import() for _ in range(9)) <= 0.100


def test_importing_caselaw_imports_neither_physics_nor_clients_of_servers(tmp_path: Path) -> None:
    check = "import caselaw, sys; [getattr(caselaw, name) for name in caselaw.__all__]; print(*sys.modules)"
    modules = subprocess.run(
        [sys.executable, "-c", check], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"numpy", "awkward", "uproot", "pyarrow", "matplotlib", "analysis", "tasks"} & set(modules)
    assert not {"fsspec", "lz4", "aiohttp", "griddav"} & set(modules)  # native code, after which workers are no copies


def test_help_answers_within_400_ms() -> None:
    def seconds() -> float:
        start = time.perf_counter()
        subprocess.run([COMMAND, "--help"], capture_output=True, check=True)
        return time.perf_counter() - start

    # The quickest of several: the machine may be busy with something else.
    assert min(seconds() for _ in range(7)) <= 0.4
