"""Many files and one fault: nothing lost, nothing corrupt, no part of a file under its name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from disk import compare, expected, look, watched
from double import Double
from double import Fault as DoubleFault
from fault_table import Row
from gate import Fault
from placing import fetch_all, made, opened, place_all, staged
from subjects import Subject

Note = Callable[[Row], None]

ANSWERS = {
    "500": Fault(status=500),
    "502": Fault(status=502),
    "503 with Retry-After": Fault(status=503, headers={"Retry-After": "1"}),
    "429": Fault(status=429, method="PUT", headers={"Retry-After": "1"}, times=1),
    "507": Fault(status=507, method="PUT"),
    "423": Fault(status=423, method="PUT|MOVE|DELETE"),
    "200 with an empty body": Fault(status=200),
    "200 with an empty body, to PUT": Fault(status=200, method="PUT"),
    "200 with an empty body, to MOVE": Fault(status=200, method="MOVE"),
    "200 with an empty body, to PROPFIND": Fault(status=200, method="PROPFIND"),
    "redirect loop": Fault(circles=True),
    "upload cut at byte n": Fault(method="PUT", cut="request"),
    "connection cut at byte n of a request": Fault(cut="request"),
    "connection cut at byte n of an answer": Fault(cut="answer"),
    "answer lost, the request obeyed": Fault(late=True),
    "wrong checksum reported": Fault(method="HEAD", digest="adler32=0badc0de"),
}
DOWNLOADS = {
    "download cut at byte n": Fault(method="GET", cut="answer"),
    "download answered by an empty 200": Fault(method="GET", status=200),
    "download answered by 503 with Retry-After": Fault(status=503, headers={"Retry-After": "1"}),
    "download with a wrong checksum": Fault(method="GET", digest="adler32=0badc0de"),
}
SHARE, LEAST = 0.05, 8
MANY = 1 << 30
UPLOADS = (("", 1), (r"\.upload-0", MANY))


CORRUPTED = {
    "corrupted bytes in an upload": Fault(method="PUT", flip="request"),
    "corrupted bytes in a download": Fault(method="GET", flip="answer"),
}


def played(server: Subject, fault: Fault, files: int) -> None:
    """Play a fault, on the first request that fits and on a share of the others; of few files, on a larger one."""
    first, others = {"times": 1}, {"times": fault.times - 1, "chance": max(SHARE, LEAST / files)}
    server.gate.play(Fault(**{**vars(fault), **first}), Fault(**{**vars(fault), **others}))


@pytest.mark.parametrize("name", ANSWERS)
def test_uploads_survive(name: str, server: Subject, size, tmp_path: Path, note: Note) -> None:
    url, place = server.folder()
    files = made(size.files)
    folder, wanted = staged(files, tmp_path / "made"), expected(files)
    played(server, ANSWERS[name], size.files)
    store = opened(url, tmp_path, 30)
    with watched(place, wanted) as ever_wrong:
        told = place_all(store, folder, files)
    assert store.names([url])[url] >= set(files)
    found = look(place, wanted)
    seen = f"{server.gate.hits} of {server.gate.requests} requests spoiled"
    note(Row("files", name, server.name, str(len(files)), seen, len(found.lost), len(found.wrong | ever_wrong), told))
    assert not found.lost and not found.wrong and not ever_wrong
    assert server.gate.hits


@pytest.mark.parametrize("name", DOWNLOADS)
def test_downloads_survive(name: str, server: Subject, size, tmp_path: Path, note: Note) -> None:
    url, _ = server.folder()
    files = made(size.files)
    store = opened(url, tmp_path, 30)
    assert place_all(store, staged(files, tmp_path / "made"), files) == 0
    played(server, DOWNLOADS[name], size.files)
    told = fetch_all(store, tmp_path / "read", files)
    here = {path.name: path.read_bytes() for path in (tmp_path / "read").iterdir()}
    lost, wrong = set(files) - set(here), {name for name in here if here[name] != files.get(name)}
    seen = f"{server.gate.hits} requests spoiled"
    note(Row("files", name, server.name, str(len(files)), seen, len(lost), len(wrong), told))
    assert not lost and not wrong
    assert server.gate.hits


@pytest.mark.parametrize("server", ["xrootd"], indirect=True)
@pytest.mark.parametrize("name", CORRUPTED)
def test_corrupted_bytes_are_noticed_by_their_checksum(
    name: str, server: Subject, size, tmp_path: Path, note: Note
) -> None:  # fmt: skip
    """apache states no checksum: there it is TLS that notices (test_broken_servers.py)."""
    url, place = server.folder()
    files = made(size.files)
    store, folder, wanted = opened(url, tmp_path, 30), staged(files, tmp_path / "made"), expected(files)
    played(server, CORRUPTED[name], size.files)
    with watched(place, wanted) as ever_wrong:
        told = place_all(store, folder, files)
        told += fetch_all(store, tmp_path / "read", files)
    here = {path.name: path.read_bytes() for path in (tmp_path / "read").iterdir()}
    found, wrong_here = look(place, wanted), {name for name in here if here[name] != files[name]}
    wrong = found.wrong | ever_wrong | wrong_here
    seen = f"{server.gate.hits} requests spoiled"
    note(Row("files", name, server.name, str(len(files)), seen, len(found.lost), len(wrong), told))
    assert not found.lost and not wrong
    assert server.gate.hits


@pytest.mark.parametrize("name", CORRUPTED)
def test_corrupted_bytes_are_noticed_on_dcache(name: str, double: Double, size, tmp_path: Path, note: Note) -> None:
    files = made(size.files)
    store, folder = opened(f"{double.url}/store/files", tmp_path, 30), staged(files, tmp_path / "made")
    if CORRUPTED[name].method == "PUT":  # the first upload, and every 16th, by its temporary name
        faults = [DoubleFault("PUT", where="pool", corrupt=True, path=path, times=times) for path, times in UPLOADS]
    else:
        faults = [
            DoubleFault("GET", where="pool", corrupt=True, path=f"{number:06}.bin")
            for number in range(2, size.files, 10)
        ]
    double.faults(*faults)
    told = place_all(store, folder, files) + fetch_all(store, tmp_path / "read", files)
    here = {path.name: path.read_bytes() for path in (tmp_path / "read").iterdir()}
    there = {path.removeprefix("/store/files/"): data for path, data in double.data.items()}
    found, wrong_here = compare(there, expected(files)), {name for name in here if here[name] != files[name]}
    wrong = found.wrong | wrong_here
    hits = sum(MANY - fault.times if fault.times else 1 for fault in faults)
    note(Row("files", name, "dCache (double)", str(len(files)), f"{hits} requests spoiled",
             len(found.lost), len(wrong), told))  # fmt: skip
    assert not found.lost and not wrong
    assert hits
