"""What the client of servers survives by itself: folders in the way of files, short-lived connections, files that are
being written.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fault_table import Row
from fsspec.asyn import sync
from gate import Fault
from subjects import Subject
from verdict import Note

from griddav import WebDavFileSystem
from griddav.copying.between import copy_between
from griddav.http.retry import Retry

QUICK = Retry(attempts=4, first=0.01, longest=0.05, deadline=20.0)
LARGE = random.Random(1).randbytes(36 << 20)
LIVES = 6 << 20  # bytes of an answer that a connection lives

WRITES: dict[str, Callable[[WebDavFileSystem, str, str, Path], object]] = {
    "pipe_file": lambda fs, source, target, local: fs.pipe_file(target, b"new"),
    "put_file": lambda fs, source, target, local: fs.put_file(str(local), target),
    "cp_file": lambda fs, source, target, local: fs.cp_file(source, target),
    "copy_between": lambda fs, source, target, local: copy_between(fs, source, fs, target, overwrite=True),
    "move": lambda fs, source, target, local: sync(fs.loop, fs._mv_file, source, target),
}


@contextmanager
def opened(subject: Subject, **options: object) -> Iterator[tuple[WebDavFileSystem, str, Path]]:
    """A file system, a new folder of it, and the folder's place on the server's disk."""
    url, place = subject.folder()
    root, folder = url[: -len("/store/" + place.name)], f"/store/{place.name}"
    fs = WebDavFileSystem(root, retry=QUICK, skip_instance_cache=True, **{**subject.options, **options})
    fs.makedirs(folder)
    yield fs, folder, place
    fs.close()


def test_a_folder_is_never_replaced_by_a_file(server: Subject, size, tmp_path: Path, note: Note) -> None:
    local, lost, told = tmp_path / "local", 0, 0
    local.write_bytes(b"new")
    with opened(server) as (fs, folder, place):
        for verb, write in WRITES.items():
            inside = {f"{folder}/{verb}/{number}": b"kept" for number in range(size.files // len(WRITES))}
            fs.pipe({**inside, f"{folder}/source": b"source"})
            try:
                write(fs, f"{folder}/source", f"{folder}/{verb}", local)
            except (IsADirectoryError, FileExistsError):
                told += 1
            kept = {f"{folder}/{verb}/{path.name}" for path in (place / verb).iterdir()}
            lost += len(set(inside) - kept) + (not (place / "source").exists())
    seen = f"{', '.join(WRITES)}: refused, and all in the folder stays"
    number = str(len(WRITES) * (size.files // len(WRITES)))
    note(Row("files", "file written where a folder lies", server.name, number, seen, lost, 0, told))
    assert lost == 0 and told == len(WRITES)


def test_a_large_file_arrives_over_connections_that_live_for_a_part_of_it(
    tls_server: Subject, tmp_path: Path, note: Note
) -> None:  # fmt: skip
    with opened(tls_server) as (fs, folder, _):
        fs.pipe_file(f"{folder}/large", LARGE)
        time.sleep(1.1)  # until then, apache's ETag is a weak one
        fs.close()
        tls_server.gate.play(Fault(cut="answer", span=(LIVES, LIVES + 1000)))
        fs.get_file(f"{folder}/large", str(tmp_path / "large"))
        hits = tls_server.gate.hits
    wrong = (tmp_path / "large").read_bytes() != LARGE
    seen = f"one of {len(LARGE) >> 20} MB goes on where it broke, over {hits} connections of {LIVES >> 20} MB"
    note(Row("files", "every connection cut during a download", tls_server.name, "1", seen, 0, int(wrong), 0))
    assert not wrong and len(LARGE) // LIVES <= hits <= 3 * len(LARGE) // LIVES


@pytest.mark.parametrize("how", ["empty", "missing", "half"])
def test_cas_that_are_written_while_files_are(
    how: str, tls_server: Subject, size, tmp_path: Path, note: Note, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr("griddav.http.session.SECONDS_TRUSTED", 0.0)
    good, file = Path(tls_server.options["ca"]).read_text(), tmp_path / "ca.pem"
    file.write_text(good)
    done, files = threading.Event(), min(size.files, 100)

    def rewritten() -> None:
        while not done.wait(0.05):
            if how == "missing":
                file.unlink()
            else:
                file.write_text("" if how == "empty" else good[: len(good) // 2])
            done.wait(0.05)
            file.write_text(good)

    writer = threading.Thread(target=rewritten)
    with opened(tls_server, ca=str(file)) as (fs, folder, place):
        writer.start()
        try:
            for number in range(files):
                fs.pipe_file(f"{folder}/{number}", b"content")
                if number % 8 == 0:
                    fs.close()  # a new connection
        finally:
            done.set()
            writer.join()
        lost = files - sum(1 for _ in place.iterdir())
    fault = f"CA file {'missing' if how == 'missing' else how if how == 'empty' else 'half-written'} at moments"
    note(Row("files", fault, tls_server.name, str(files), "the last good one goes on", lost, 0, 0))
    assert lost == 0
