"""Large files pass through in pieces: memory does not grow with them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from apache import Apache

SIZE = 256 << 20  # bytes
MOST = 64 << 20  # bytes above what the program needs anyway

PROGRAM = """
import resource, sys
from griddav import WebDavFileSystem

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

url, ca, what, local, remote = sys.argv[1:]
fs = WebDavFileSystem(url, ca=ca)
fs.pipe_file(remote + ".small", bytes(1 << 20))
fs.cat_file(remote + ".small")
before = peak()
if what == "put":
    fs.put_file(local, remote)
elif what == "get":
    fs.get_file(remote, local)
elif what == "write":
    with open(local, "rb") as source, fs.open(remote, "wb") as target:
        while piece := source.read(1 << 20):
            target.write(piece)
else:
    with fs.open(remote, "rb") as source, open(local, "wb") as target:
        while piece := source.read(1 << 20):
            target.write(piece)
print(peak() - before)
"""


@pytest.mark.parametrize(("there", "back"), [("put", "get"), ("write", "read")])
def test_a_large_file_passes_in_pieces(apache: Apache, tmp_path: Path, there: str, back: str) -> None:
    local, remote = tmp_path / "file", f"/store/memory/{there}"
    with local.open("wb") as file:
        for number in range(SIZE >> 20):
            file.write(bytes([number]) * (1 << 20))
    for what in (there, back):
        command = [sys.executable, "-c", PROGRAM, apache.url, str(apache.ca), what, str(local), remote]
        if what == back:
            local.unlink()
        grown = int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        assert grown < MOST
    with local.open("rb") as file:
        for number in range(SIZE >> 20):
            assert file.read(1 << 20) == bytes([number]) * (1 << 20)
    (apache.data / remote.removeprefix("/")).unlink()
