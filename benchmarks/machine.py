"""The line above every benchmark table: machine, versions, date."""

from __future__ import annotations

import datetime
import importlib.metadata
import os
import platform
from pathlib import Path


def processor() -> str:
    """Model name of the first processor."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def table_header(distributions: list[str]) -> str:
    """Machine, Python, versions of distributions, and the date, in one line of Markdown."""
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in distributions)
    cores = len(os.sched_getaffinity(0))
    today = datetime.date.today().isoformat()
    return f"{processor()}, {cores} cores, Python {platform.python_version()}, {versions}, {today}\n"
