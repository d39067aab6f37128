"""Configuration is at the bottom: it imports nothing of law, and heavy packages only when they are needed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

CHECK = """
import dataclasses, pathlib, re, time, typing
start = time.process_time()
import caselaw.config
seconds = time.process_time() - start
import sys
top = {name.partition(".")[0] for name in sys.modules}
print(seconds, *sorted(top & {"yaml", "pydantic", "rich", "click", "law", "luigi", "configparser"}))
"""


def test_importing_the_configuration_is_light(tmp_path: Path) -> None:
    # As an installed package has them: compiled files, wherever this machine would keep none.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(tmp_path / "compiled")

    def run() -> list[str]:
        done = subprocess.run(
            [sys.executable, "-c", CHECK], capture_output=True, text=True, check=True, cwd=tmp_path, env=environment
        )
        return done.stdout.split()

    results = [run() for _ in range(5)]
    assert results[0][1:] == [], "imported although nothing was read"
    assert min(float(result[0]) for result in results) < 0.020
