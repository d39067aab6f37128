"""Digests of large files need a bounded memory, whatever the files hold."""

from __future__ import annotations

import gzip
import io
import lzma
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from caselaw.fingerprint.content import content_digest, readers

LARGE = bytes(range(256)) * (48 << 12)
"""48 MiB."""


def in_tar(path: Path) -> None:
    with tarfile.open(path, "w") as archive:
        member = tarfile.TarInfo("events.json")
        member.size = len(LARGE)
        archive.addfile(member, io.BytesIO(LARGE))


def in_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("events.root", LARGE)


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("events.csv.gz", lambda path: path.write_bytes(gzip.compress(LARGE, 1))),
        ("events.root.gz", lambda path: path.write_bytes(gzip.compress(LARGE, 1))),
        ("events.txt.xz", lambda path: path.write_bytes(lzma.compress(LARGE, preset=0))),
        ("events.npy", lambda path: np.save(path, np.frombuffer(LARGE))),
        ("events.npz", lambda path: np.savez(path, x=np.frombuffer(LARGE))),
        ("events.tar", in_tar),
        ("events.zip", in_zip),
        ("events.json", lambda path: path.write_bytes(LARGE)),
    ],
)
def test_a_large_file_is_not_held_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, write: Callable[[Path], object]
) -> None:
    monkeypatch.setattr(readers, "HELD_BYTES", 2 << 20)
    path = tmp_path / name
    write(path)
    content_digest(path)  # imports what it needs
    tracemalloc.start()
    try:
        content_digest(path)
        assert tracemalloc.get_traced_memory()[1] < 12 << 20
    finally:
        tracemalloc.stop()
