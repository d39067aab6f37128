"""Versions of the programs that storage.py measures, as they state them."""

from __future__ import annotations

import functools
import re
import subprocess
from pathlib import Path

DEBIAN = Path("/usr/bin/python3")
WEBDAV4 = Path(__file__).parents[1] / ".venv" / "share" / "webdav4" / "bin" / "python"
GFAL2 = "import gfal2; print(gfal2.get_version())"
WEBDAV = "import importlib.metadata as m; print(m.version('webdav4'))"
PROGRAMS = {
    "XRootD": ["xrootd", "-v"],
    "apache": ["/usr/sbin/apache2", "-v"],
    "curl": ["curl", "--version"],
    "davix": ["davix-get", "--version"],
    "gfal2": [str(DEBIAN), "-c", GFAL2],
    "webdav4": [str(WEBDAV4), "-c", WEBDAV],
}
NUMBER = re.compile(r"\d+\.\d+(\.\d+)*")


@functools.cache
def installed() -> dict[str, str]:
    """Program → version, of those that are there."""
    found = {name: version(command) for name, command in PROGRAMS.items()}
    return {name: number for name, number in found.items() if number}


def version(command: list[str]) -> str | None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    match = NUMBER.search(done.stdout + done.stderr)
    return match[0] if match and done.returncode == 0 else None
