"""The outbox: what was made for a server waits on this machine until the server has it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from double import Double
from double_state import Fault
from projects_on_servers import OnServer

from caselaw.config import load_project, resolve_store
from caselaw.errors import StoreRefused, StoreUnavailable
from caselaw.publishing.outbox import UPLOAD, add_to_outbox, locked, read_upload
from caselaw.publishing.upload import upload, upload_waiting
from caselaw.records import Record, write_records
from caselaw.storage.location import Location
from caselaw.storage.publish import Staging
from caselaw.storage.remote_store import RemoteStore

PRODUCTS = {"number": "txt", "plots": "/"}


@pytest.fixture
def store(project, double: Double, monkeypatch: pytest.MonkeyPatch) -> RemoteStore:
    """The store of a project on the double, which is asked for at most a second."""
    made = OnServer.of(project, double, "outbox")
    made.use(patience="1 s")
    monkeypatch.chdir(project.root)
    return RemoteStore(resolve_store(load_project()))


@pytest.fixture
def posted(store: RemoteStore) -> Callable[[str], Path]:
    """Makes the outputs of a branch, and puts them into the outbox."""

    def made(fingerprint: str) -> Path:
        staging = Staging.open(store.scratch, PRODUCTS)
        staging.make_folders()
        staging.paths["number"].write_text(fingerprint)
        (staging.paths["plots"] / "plot.svg").write_text(fingerprint)
        verified = staging.verify(Location.of(f"{store.root}/Number", PRODUCTS).paths(fingerprint))
        outputs = {
            product: {"name": Path(p.path).name, "bytes": p.size, "sha256": p.sha256, "digest": p.digest}
            for product, p in verified.items()
        }
        record = Record(
            family="Number", parameters={}, branch_value="1", identity="i", fingerprint=fingerprint, own="o", inputs={},
            content=None, outputs=outputs, host="h", started=1.0, ended=2.0, cpu_seconds=1.0, peak_memory=1,
        )  # fmt: skip
        folder = add_to_outbox(store, staging, verified, record, f"{store.root}/Number")
        staging.close()
        return folder

    return made


def published(double: Double) -> set[str]:
    return {path.removeprefix("/store/outbox/") for path in double.data if ".records" not in path}


A, B = "a" * 20, "b" * 20
ALL = {f"Number/number.{A}.txt", f"Number/plots.{A}/plot.svg", f"Number/number.{B}.txt", f"Number/plots.{B}/plot.svg"}


def test_what_is_sent_leaves_the_outbox(store: RemoteStore, posted: Callable[[str], Path], double: Double) -> None:
    folders = [posted(A), posted(B)]
    assert upload(store, folders) == dict.fromkeys(folders)
    assert published(double) == ALL
    assert not any(folder.exists() for folder in folders)
    assert store.local(f"{store.root}/Number/number.{A}.txt").read_text() == A


def test_what_cannot_be_sent_stays_and_the_next_run_sends_it(
    store: RemoteStore, posted: Callable[[str], Path], double: Double
) -> None:
    folders = [posted(A), posted(B)]
    double.stop()
    errors = upload(store, folders)
    assert all(isinstance(error, StoreUnavailable) for error in errors.values())
    assert "kept on this machine" in str(errors[folders[0]])
    double.start()
    assert upload_waiting(store, f"{store.root}/Number") == 2
    assert published(double) == ALL
    assert upload_waiting(store, f"{store.root}/Number") == 0


def test_records_come_before_outputs(store: RemoteStore, posted: Callable[[str], Path], double: Double) -> None:
    double.faults(Fault("PUT", path=rf"number\.{A}|Number/\.upload", status=403, times=1000))
    (error,) = upload(store, [posted(A)]).values()
    assert isinstance(error, StoreRefused)
    assert published(double) == set()
    records = [json.loads(data) for path, data in double.data.items() if "/.records/branches." in path]
    assert [record["shared"]["fingerprint"] for record in records] == [A]


def test_outputs_of_other_folders_wait_for_their_own_run(store: RemoteStore, posted: Callable[[str], Path]) -> None:
    folder = posted(A)
    assert upload_waiting(store, f"{store.root}/Other") == 0
    assert folder.exists()


def test_what_somebody_else_sends_at_this_moment_is_left_to_them(
    store: RemoteStore, posted: Callable[[str], Path]
) -> None:
    folder = posted(A)
    with locked(folder, wait=False) as mine:
        assert mine
        assert upload_waiting(store, f"{store.root}/Number") == 0
    assert upload_waiting(store, f"{store.root}/Number") == 1


def test_a_damaged_output_is_not_sent(
    store: RemoteStore, posted: Callable[[str], Path], double: Double, caplog: pytest.LogCaptureFixture
) -> None:
    folder = posted(A)
    (folder / "number.txt").write_text("cut")
    assert upload_waiting(store, f"{store.root}/Number") == 0
    assert published(double) == set()
    assert "damaged; it is made again" in caplog.text
    assert not folder.exists()


def test_an_unfinished_folder_goes_when_it_is_old(store: RemoteStore, posted: Callable[[str], Path]) -> None:
    folder = posted(A)
    (folder / UPLOAD).unlink()
    upload_waiting(store, f"{store.root}/Number")
    assert folder.exists(), "its maker may still be at it"
    os.utime(folder, (time.time() - 3600, time.time() - 3600))
    upload_waiting(store, f"{store.root}/Number")
    assert not folder.exists()


def test_an_output_that_is_there_with_its_record_is_published_already(
    store: RemoteStore, posted: Callable[[str], Path], double: Double
) -> None:
    folder, theirs = posted(A), b"of somebody else"
    waiting = read_upload(folder)
    assert waiting is not None
    outputs = dict(waiting.record.outputs)
    outputs["number"] = {**outputs["number"], "sha256": hashlib.sha256(theirs).hexdigest()}
    write_records(waiting.directory, [dataclasses.replace(waiting.record, outputs=outputs)])
    double.write(f"/store/outbox/Number/number.{A}.txt", theirs)
    assert list(upload(store, [folder]).values()) == [None]
    assert double.data[f"/store/outbox/Number/number.{A}.txt"] == theirs
    assert not folder.exists()


def test_what_has_the_name_and_no_record_is_kept_under_another_one(
    store: RemoteStore, posted: Callable[[str], Path], double: Double
) -> None:
    double.write(f"/store/outbox/Number/number.{A}.txt", b"half")
    assert list(upload(store, [posted(A)]).values()) == [None]
    assert double.data[f"/store/outbox/Number/number.{A}.txt"] == A.encode()
    (aside,) = published(double) - ALL
    assert aside.startswith(f"Number/number.unrecorded-{A}-")
    assert double.data[f"/store/outbox/{aside}"] == b"half"
