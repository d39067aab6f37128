"""Servers that vanish, come back, fill up, lock up or hear two writers: nothing is lost, and no part is seen."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from disk import expected, look, watched
from fault_table import Row
from gate import Fault
from machine import Machine, full
from placing import fetch_all, made, opened, place_all, place_one, staged
from subjects import Subject

from caselaw.errors import StoreError
from caselaw.storage.remote_store import RemoteStore

Note = Callable[[Row], None]


def finish(
    note: Note, fault: str, server: Subject, place: Path, files: Mapping[str, bytes], seen: str, told: int,
    ever_wrong: set[str] = frozenset(), also: Mapping[str, bytes] | None = None,
) -> None:  # fmt: skip
    """Look at the disk, make the row, and fail where it is not as it should be."""
    found = look(place, expected(files, *([also] if also else [])))
    wrong = found.wrong | ever_wrong
    note(Row("files", fault, server.name, str(len(files)), seen, len(found.lost), len(wrong), told))
    assert not found.lost and not wrong


def in_the_middle(server: Subject, files: Mapping[str, bytes], do: Callable[[], object]) -> threading.Thread:
    """A thread that does something when a third of the files have been sent."""

    def work() -> None:
        before = server.gate.uploads
        while server.gate.uploads - before < len(files) // 3:
            time.sleep(0.002)
        do()

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_an_outage_shorter_than_patience_fails_nothing(server: Subject, size, tmp_path: Path, note: Note) -> None:
    url, place = server.folder()
    files = made(size.files)
    folder = staged(files, tmp_path / "made")

    def outage() -> None:
        server.gate.shut()
        time.sleep(size.outage)
        server.gate.open()

    thread = in_the_middle(server, files, outage)
    with watched(place, expected(files)) as ever_wrong:
        told = place_all(opened(url, tmp_path, 2 * size.outage + 30), folder, files)
    thread.join()
    finish(note, f"outage of {size.outage:.0f} s", server, place, files, "uploads wait, then go on", told, ever_wrong)
    assert told == 0


def test_a_restart_of_the_server_fails_nothing(server: Subject, size, tmp_path: Path, note: Note) -> None:
    url, place = server.folder()
    files = made(size.files)
    folder = staged(files, tmp_path / "made")

    def restart() -> None:
        server.server.stop()
        time.sleep(0.5)
        server.server.start()

    thread = in_the_middle(server, files, restart)
    with watched(place, expected(files)) as ever_wrong:
        told = place_all(opened(url, tmp_path, 60), folder, files)
    thread.join()
    finish(note, "server restarted", server, place, files, "uploads wait, then go on", told, ever_wrong)
    assert told == 0


def test_a_server_that_takes_requests_and_says_nothing_is_told(server: Subject, tmp_path: Path, note: Note) -> None:
    url, place = server.folder()
    files = made(40)
    store = opened(url, tmp_path, 2)
    store.files.fs.client.sessions.connection.__dict__["read_timeout"] = 1.0  # a minute otherwise
    server.gate.play(Fault(method="PUT", delay=3600.0, chance=0.1, times=4))
    told = place_all(store, staged(files, tmp_path / "made"), files)
    finish(note, "requests that are never answered", server, place, files, "asked again after a minute", told)


def test_of_two_writers_each_name_has_a_whole_file(server: Subject, size, tmp_path: Path, note: Note) -> None:
    url, place = server.folder()
    ours, theirs = made(size.files), {name: data[::-1] + b"!" for name, data in made(size.files).items()}

    def write(who: str, files: Mapping[str, bytes]) -> int:
        return place_all(opened(url, tmp_path / who, 30), staged(files, tmp_path / who / "made"), files)

    with watched(place, expected(ours, theirs)) as ever_wrong, ThreadPoolExecutor(2) as pool:
        told = sum(pool.map(write, ("us", "them"), (ours, theirs)))
    finish(note, "two writers of one name", server, place, ours, "one whole file of either", told, ever_wrong, theirs)


def test_a_full_disk_of_the_server_is_told(
    server: Subject, worse: Machine, size, tmp_path: Path, note: Note
) -> None:  # fmt: skip
    url, place = server.folder()
    files = made(size.files)
    folder, store = staged(files, tmp_path / "made"), opened(url, tmp_path, 1)
    loopback = [Path(each) for each in server.server.environment.get("LD_PRELOAD", "").split(":") if each]
    server.server.stop()
    server.server.start(worse.disk(server.data, *loopback))
    half = sorted(files)[: len(files) // 2]
    with watched(place, expected(files)) as ever_wrong:
        place_all(store, folder, half)
        with full(server.data):
            refused = [name for name in sorted(files)[len(half) :][:8] if not placed(store, folder, name)]
        told = place_all(store, folder, files)
    assert len(refused) >= 7, "an empty file needs no space, every other one does"
    told += len(refused)
    finish(note, "disk full on the server", server, place, files, "each upload is told", told, ever_wrong)
    assert told == len(refused)


def test_a_store_that_becomes_readonly_is_told_and_still_read(
    server: Subject, size, tmp_path: Path, note: Note
) -> None:  # fmt: skip
    url, place = server.folder()
    files = made(size.files)
    folder, store = staged(files, tmp_path / "made"), opened(url, tmp_path, 1)
    half = sorted(files)[: len(files) // 2]
    place_all(store, folder, half)
    with server.readonly(place):
        refused = [name for name in sorted(files)[len(half) :][:8] if not placed(store, folder, name)]
        assert fetch_all(store, tmp_path / "read", half) == 0
    told = place_all(store, folder, files)
    assert len(refused) == 8
    finish(note, "store becomes read-only", server, place, files, "each upload is told", len(refused) + told)
    assert told == 0


def placed(store: RemoteStore, folder: Path, name: str) -> bool:
    try:
        place_one(store, folder, name)
    except StoreError:
        return False
    return True


AWKWARD = ["a b", "ünï文", "100%", "a%20b", "a#b", "p+q", "%", "%zz", " lead", "trail ", "&<>;,", "it's", '"', "[x]"]


def test_awkward_names_are_kept(server: Subject, size, tmp_path: Path, note: Note) -> None:
    url, place = server.folder()
    data = list(made(size.files, largest=2000).values())
    names = [f"{AWKWARD[number % len(AWKWARD)]}{number}{AWKWARD[number % len(AWKWARD)]}" for number in range(len(data))]
    most = 255 if server.name == "apache" else 254  # XRootD lists no longer name
    names = [name if number % 5 else longest(name, most) for number, name in enumerate(names)]
    files = dict(zip(names, data, strict=True))
    store = opened(url, tmp_path, 30)
    told = place_all(store, staged(files, tmp_path / "made"), files)
    assert store.names([url])[url] == frozenset(files)
    assert fetch_all(store, tmp_path / "read", files) == 0
    assert {path.name: path.read_bytes() for path in (tmp_path / "read").iterdir()} == files
    seen = f"up to {most} bytes, taken as they are"
    if most < 255:
        assert not placed(store, staged({"n" * 255: b""}, tmp_path / "made"), "n" * 255)
        seen += "; longer ones, which the server does not list, are refused"
    finish(note, "names with space, ünï, %, #, + and 255 bytes", server, place, files, seen, told)


def longest(name: str, most: int) -> str:
    """The name, with as many letters at its front as make so many bytes."""
    return "n" * (most - len(name.encode())) + name


OVER_TLS = {
    "connection over TLS cut at byte n (sent)": Fault(cut="request"),
    "connection over TLS cut at byte n (received)": Fault(cut="answer"),
    "corrupted bytes over TLS (sent)": Fault(flip="request"),
    "corrupted bytes over TLS (received)": Fault(flip="answer"),
}


@pytest.mark.parametrize("name", OVER_TLS)
def test_spoiled_connections_over_tls_do_no_harm(
    name: str, tls_server: Subject, size, tmp_path: Path, note: Note
) -> None:  # fmt: skip
    url, place = tls_server.folder()
    files = made(size.files)
    folder = staged(files, tmp_path / "made")
    tls_server.gate.play(Fault(**{**vars(OVER_TLS[name]), "chance": 0.5, "times": size.files // 4}))
    tls_server.gate.shut()  # no connection is left of the tests before
    tls_server.gate.open()
    with watched(place, expected(files)) as ever_wrong:
        told = place_all(opened(url, tmp_path, 30, **tls_server.options), folder, files)
    hits = tls_server.gate.hits
    finish(note, name, tls_server, place, files, f"{hits} connections spoiled", told, ever_wrong)
    assert hits
