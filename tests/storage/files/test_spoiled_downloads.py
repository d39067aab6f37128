"""What arrives cut or damaged from a server of another client than ours never enters the cache."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from gate import Fault, Gate, gate
from s3 import KEYS, S3
from xrootd import XRootD

CONTENT = os.urandom(300_000)
READ = """
import json, os, sys
from pathlib import Path
from caselaw.config import StoreSettings
from caselaw.storage.stores import open_store
url, options, folder = json.load(sys.stdin)
store = open_store(StoreSettings("it", url, options=options, mirror=Path(folder, "mirror")))
try:
    print(store.local(f"{url}/a.bin").read_bytes().hex())
except Exception as error:
    print(type(error).__name__)
print(len(store.cache.entries()), flush=True)
os._exit(0)  # threads of XRootD may wait for a server that is gone
"""
IMPATIENT = {
    "XRD_CONNECTIONRETRY": "1", "XRD_CONNECTIONWINDOW": "1", "XRD_STREAMERRORWINDOW": "1", "XRD_REQUESTTIMEOUT": "3",
    "XRD_TIMEOUTRESOLUTION": "1",
}  # fmt: skip


@dataclass(frozen=True)
class Behind:
    """A store with one file, a.bin, behind a gate that can cut and flip what comes through."""

    url: str
    options: Mapping[str, Any]
    gate: Gate
    fault: Callable[..., Fault]

    def read(self, folder: Path) -> tuple[bytes | str, int]:
        """What a process that reads the file gets, or the name of its error, and how many entries its cache has."""
        asked = json.dumps([self.url, dict(self.options), str(folder)])
        done = subprocess.run(
            [sys.executable, "-c", READ], input=asked, env={**os.environ, **KEYS, **IMPATIENT}, timeout=60,
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        found, entries = done.stdout.splitlines()
        return (bytes.fromhex(found) if len(found) == 2 * len(CONTENT) else found), int(entries)


@pytest.fixture
def root(xrootd: XRootD, tmp_path: Path) -> Iterator[Behind]:
    folder = xrootd.data / "store" / tmp_path.name
    folder.mkdir()
    (folder / "a.bin").write_bytes(CONTENT)
    with gate(int(xrootd.root_url.rpartition(":")[2]), http=False) as made:
        url = f"root://localhost:{made.port}//store/{tmp_path.name}"
        yield Behind(url, {}, made, lambda **how: Fault(span=(20_000, 30_000), **how))


@pytest.fixture
def objects(s3: S3, tmp_path: Path) -> Iterator[Behind]:
    s3.client().put_object(Bucket=s3.bucket, Key=f"{tmp_path.name}/a.bin", Body=CONTENT, ChecksumAlgorithm="CRC32")
    with gate(int(s3.endpoint.rpartition(":")[2])) as made:
        options = {**s3.options, "endpoint_url": f"http://127.0.0.1:{made.port}"}
        url = f"s3://{s3.bucket}/{tmp_path.name}"
        yield Behind(url, options, made, lambda **how: Fault("GET", path="a.bin", **how))


@pytest.mark.parametrize("server", ["root", "objects"])
def test_a_download_that_is_cut_each_time_is_no_answer_and_no_file(
    server: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    behind: Behind = request.getfixturevalue(server)
    behind.gate.play(behind.fault(cut="answer"))
    assert behind.read(tmp_path) == ("StoreUnavailable", 0)
    assert behind.gate.hits


@pytest.mark.parametrize("server", ["root", "objects"])
def test_a_download_that_is_cut_once_arrives(server: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    behind: Behind = request.getfixturevalue(server)
    behind.gate.play(behind.fault(cut="answer", times=1))
    assert behind.read(tmp_path) == (CONTENT, 1)
    assert behind.gate.hits == 1


def test_objects_that_arrive_damaged_each_time_are_damage_and_no_file(objects: Behind, tmp_path: Path) -> None:
    """The library for S3 compares a checksum."""
    objects.gate.play(objects.fault(flip="answer"))
    assert objects.read(tmp_path) == ("ContentChanged", 0)
    assert objects.gate.hits


@pytest.mark.parametrize("server", ["root", "objects"])
def test_bytes_that_arrive_damaged_once_are_asked_for_again(
    server: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """No record says what they should be: the checksums of XRootD and of the library for S3 do."""
    behind: Behind = request.getfixturevalue(server)
    behind.gate.play(behind.fault(flip="answer", times=1))
    assert behind.read(tmp_path) == (CONTENT, 1)
    assert behind.gate.hits == 1
