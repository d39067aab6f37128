"""The servers that faults are tried on, each behind a gate and on a disk that can be looked at, filled and locked."""

from __future__ import annotations

import os
import re
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apache
import xrootd
from gate import Gate, gate
from restart import Restartable, restartable
from service import needed, open_folder

SERVERS = {"apache": apache, "xrootd": xrootd}


@dataclass(frozen=True)
class Subject:
    """A server that runs. `http`: the gate reads what goes through it; else it goes over TLS."""

    name: str
    http: bool
    gate: Gate
    data: Path
    server: Restartable
    options: dict[str, Any] = field(default_factory=dict)

    def folder(self) -> tuple[str, Path]:
        """A new folder of the store: its URL through the gate, and its place on the server's disk, not yet there."""
        name = uuid.uuid4().hex[:12]
        return f"{self.gate.url('dav' if self.http else 'davs')}/store/{name}", self.data / "store" / name

    @contextmanager
    def readonly(self, folder: Path) -> Iterator[None]:
        """While the block runs, the server may not write below `folder`."""
        folders = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
        for each in folders:
            each.chmod(0o555)
        try:
            yield
        finally:
            for each in folders:
                each.chmod(0o755)


@contextmanager
def subject(name: str, *, http: bool) -> Iterator[Subject]:
    """A server of this name, behind a gate."""
    module = SERVERS[name]
    needed(module.PROGRAM)
    options = {"tls": http is False} if name == "apache" else {}
    with open_folder() as folder, module.running(folder, **options) as server:
        port = int(server.url.rpartition(":")[2])
        with restartable(folder, port) as process, gate(port, http=http) as before:
            yield Subject(name, http, before, server.data, process, {} if http else {"ca": str(server.ca)})


def version(name: str) -> str:
    """Name and version of a server, by its program."""
    command = {"apache": [apache.PROGRAM, "-v"], "xrootd": [xrootd.PROGRAM, "-v"]}[name]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "LC_ALL": "C"})
    found = re.search(r"v?(\d+\.\d+(\.\d+)?)", done.stdout + done.stderr)
    return f"{'Apache httpd' if name == 'apache' else 'XRootD'} {found[1] if found else 'of unknown version'}"
