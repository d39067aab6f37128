"""Publishing: all or nothing, and nothing left behind."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import multiprocessing
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from caselaw.errors import PublishError, StoreUnavailable
from caselaw.storage.location import Location
from caselaw.storage.owner import boot, has_ended, owner
from caselaw.storage.publish import Published, Staging, remove_orphans
from caselaw.storage.state import existing_names, exists
from caselaw.storage.stores import THIS_MACHINE

PRODUCTS = {"events": "txt", "plots": "/"}


def staged(store: Path, content: str = "content") -> Staging:
    staging = Staging.open(store, PRODUCTS)
    staging.make_folders()
    staging.paths["events"].write_text(content)
    (staging.paths["plots"] / "one.png").write_text("picture")
    return staging


def publish(staging: Staging, location: Location) -> dict[str, Published]:
    verified = staging.verify(location.paths("f" * 20))
    for product, published in verified.items():
        THIS_MACHINE.place(staging.paths[product], published.path, published.sha256)
    return verified


def test_published_output_has_its_name_size_and_digest(tmp_path):
    location = Location.of(str(tmp_path / "Fit"), PRODUCTS)
    published = publish(staged(tmp_path), location)
    assert Path(published["events"].path).read_text() == "content"
    assert published["events"].size == 7
    assert published["events"].sha256 == hashlib.sha256(b"content").hexdigest()
    assert Path(published["plots"].path, "one.png").read_text() == "picture"


def test_missing_product_publishes_nothing(tmp_path):
    staging = staged(tmp_path)
    staging.paths["events"].unlink()
    with pytest.raises(PublishError, match="without writing its product 'events'"):
        publish(staging, Location.of(str(tmp_path / "Fit"), PRODUCTS))
    assert not (tmp_path / "Fit").exists()


def test_empty_folder_product_is_an_error(tmp_path):
    staging = staged(tmp_path)
    (staging.paths["plots"] / "one.png").unlink()
    with pytest.raises(PublishError, match="is empty"):
        publish(staging, Location.of(str(tmp_path / "Fit"), PRODUCTS))


def test_half_published_output_is_completed(tmp_path):
    location = Location.of(str(tmp_path / "Fit"), PRODUCTS)
    publish(staged(tmp_path, "first"), location)
    Path(location.paths("f" * 20)["events"]).unlink()
    publish(staged(tmp_path, "second"), location)
    assert Path(location.paths("f" * 20)["events"]).read_text() == "second"


WRITES = """
import os, sys
from pathlib import Path
from caselaw.storage.publish import Staging
Staging.open(Path(sys.argv[1]), {"events": "txt"}).paths["events"].write_text("x")
print(flush=True)
sys.stdin.read()
os._exit(0)
"""


@contextlib.contextmanager
def writer(store: Path) -> Iterator[None]:
    """Another process, which has an unfinished product in the store while the block runs, then dies."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITES, str(store)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )  # fmt: skip
    assert process.stdout is not None
    process.stdout.readline()
    yield
    process.kill()
    process.communicate()


def folders(store: Path) -> list[Path]:
    return [path for path in (store / ".staging").iterdir() if path.is_dir()]


def test_orphans_of_dead_processes_are_removed_and_living_ones_stay(tmp_path):
    ours = staged(tmp_path)
    with writer(tmp_path):
        assert remove_orphans(tmp_path) == 0
        assert len(folders(tmp_path)) == 2
    assert remove_orphans(tmp_path) == 1
    assert folders(tmp_path) == [Path(ours.folder)]
    ours.close()
    assert list((tmp_path / ".staging").iterdir()) == []


def test_a_living_process_keeps_its_folder_whatever_its_number_says(tmp_path, monkeypatch):
    with writer(tmp_path):
        monkeypatch.setattr(os, "kill", no_such_process)  # as in another container
        assert remove_orphans(tmp_path) == 0
        (folder,) = folders(tmp_path)
        assert (folder / "events.txt").read_text() == "x"


def no_such_process(*_: object) -> None:
    raise ProcessLookupError


def no_locks(*_: object) -> None:
    raise OSError(errno.ENOLCK, "No locks available")


def test_where_nothing_can_be_locked_only_what_is_old_is_an_orphan(tmp_path, monkeypatch):
    with writer(tmp_path):
        pass
    monkeypatch.setattr(fcntl, "flock", no_locks)
    publish(staged(tmp_path), Location.of(str(tmp_path / "Fit"), PRODUCTS))
    assert remove_orphans(tmp_path) == 0
    make_old(tmp_path)
    assert remove_orphans(tmp_path) == 1


@pytest.mark.parametrize(
    ("name", "goes"),
    [
        ("{host}.{pid}.deadbeef.0123456789ab", True),  # before the machine was started again, or another of its name
        ("{host}.{pid}", True),  # by an earlier version
        ("elsewhere.{pid}.{boot}.0123456789ab", False),
    ],
)
def test_what_is_of_another_kernel_or_host_is_an_orphan_only_when_it_is_old(tmp_path, name, goes):
    name = name.format(host=socket.gethostname(), pid=4711, boot=boot())
    (tmp_path / ".staging" / f"{name}-0").mkdir(parents=True)
    (tmp_path / ".staging" / f"{name}-0" / "events.txt").write_text("x")
    (tmp_path / ".staging" / f"{name}.lock").touch()
    assert remove_orphans(tmp_path) == 0
    make_old(tmp_path)
    assert remove_orphans(tmp_path) == int(goes)


def make_old(store: Path) -> None:
    for path in (store / ".staging").rglob("*"):
        os.utime(path, (time.time() - 8 * 86400,) * 2)


def test_a_fork_has_a_name_and_locks_of_its_own(tmp_path):
    mine, (theirs, child) = owner(), multiprocessing.Pipe(False)
    staging = staged(tmp_path)
    process = multiprocessing.get_context("fork").Process(target=lambda: child.send(owner()))
    process.start()
    assert theirs.recv() not in ("", mine)
    process.join()
    assert owner() == mine
    assert not has_ended(mine, tmp_path / ".staging" / f"{mine}.lock", Path(staging.folder))


def test_missing_is_missing_and_an_error_is_not(tmp_path):
    file = tmp_path / "file"
    file.write_text("x")
    assert exists(file)
    assert not exists(tmp_path / "other")
    assert not exists(file / "below")
    assert existing_names(tmp_path / "other") == frozenset()
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises(StoreUnavailable, match="loop"):
        exists(loop)
    with pytest.raises(StoreUnavailable):
        existing_names(loop)


def test_failed_rename_says_what_to_do(tmp_path):
    location = Location.of(str(tmp_path / "Fit"), {"events": "txt"})
    target = Path(location.paths("f" * 20)["events"])
    target.mkdir(parents=True)
    (target / "in the way").touch()
    staging = Staging.open(tmp_path, {"events": "txt", "other": "txt"})
    for path in staging.paths.values():
        path.write_text("x")
    with pytest.raises(PublishError, match="permissions"):
        publish(staging, Location.of(str(tmp_path / "Fit"), {"events": "txt", "other": "txt"}))
    assert target.is_dir()
