"""`caselaw store sync`: what is missing or differs is copied, in an order that is safe for readers."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from made_store import FINGERPRINTS, files, record

from caselaw.errors import TransferError
from caselaw.plan import replication as plan
from caselaw.records import read_records
from caselaw.records.journal import append_record
from caselaw.storage.copying.copying import Copy


def test_what_is_missing_is_copied_once(desk, server) -> None:
    name, folder = server
    answer = desk.ask("sync", "data", f"{name}:")
    assert len(answer["copied"]) == 9
    assert files(folder) == files(desk.root / "data")
    assert desk.ask("sync", "data", f"{name}:") == {
        "copied": [], "removed": [], "equal": 9, "bytes": 0, "dry_run": False,
    }  # fmt: skip


def test_a_copy_of_a_store_holds_its_records(desk, server, tmp_path: Path) -> None:
    name, _ = server
    desk.run("sync", "data", f"{name}:")
    desk.run("sync", f"{name}:", str(tmp_path / "copy"))
    assert {one.fingerprint for one in read_records(tmp_path / "copy" / "Number" / "n_3")} == set(FINGERPRINTS)
    assert desk.ask("check", f"{name}:")["counts"] == {"ok": 6}
    assert desk.ask("check", str(tmp_path / "copy"))["counts"] == {"ok": 6}


def test_records_that_came_since_are_copied_under_another_name(desk, server) -> None:
    name, folder = server
    desk.run("sync", "data", f"{name}:")
    made = desk.root / "data" / "Number" / "n_3"
    new = made / f"number.{'f' * 20}.txt"
    new.write_text("new")
    append_record(str(made), record("f" * 20, number=new))
    assert len(desk.ask("sync", "data", f"{name}:")["copied"]) == 2
    assert desk.ask("check", f"{name}:")["counts"] == {"ok": 7}
    assert len(list((folder / "Number" / "n_3" / ".records").glob("*.jsonl"))) == 2


def test_half_a_record_at_the_end_of_a_journal_is_not_copied(desk, tmp_path: Path) -> None:
    (journal,) = (desk.root / "data").rglob("*.jsonl")
    journal.write_bytes(journal.read_bytes() + b'{"family": "Num')
    desk.run("sync", "data", str(tmp_path / "copy"))
    (copied,) = (tmp_path / "copy").rglob("*.jsonl")
    assert copied.read_bytes().count(b"\n") == 3
    assert copied.read_bytes().endswith(b"\n")


def test_a_store_that_was_copied_by_hand_is_copied_on(desk, on_apache: Path, tmp_path: Path) -> None:
    """With `cp`, a journal of records comes to a server under the name that it had."""
    desk.run("cp", "-r", "data", "grid:copy")
    desk.run("sync", "grid:copy", str(tmp_path / "copy"))
    assert desk.ask("check", str(tmp_path / "copy"))["counts"] == {"ok": 6}


def test_a_dry_run_changes_nothing(desk, on_apache: Path) -> None:
    printed = desk.run("sync", "data", "grid:", "--dry-run").output
    assert "copy .tags/paper.json\n" in printed
    assert "9 to copy" in printed
    assert not on_apache.exists()


def test_a_reader_never_sees_an_output_without_its_record(desk, server, monkeypatch) -> None:
    """The copies are made group by group: tags, components, records, outputs."""
    name, folder = server
    seen: list[tuple[int, int]] = []
    make = plan.copies

    def watched(*arguments):
        def look(copy: Copy) -> Copy:
            return Copy(copy.path, Watched(copy.source, copy.path), copy.target, copy.size, copy.files)

        return list(map(look, make(*arguments)))

    class Watched:
        """The source of a copy that looks at the target when it is read."""

        def __init__(self, place, path: str) -> None:
            self.place, self.path = place, path

        def child(self, below: str):
            return Watched(self.place.child(below), f"{self.path}/{below}")

        def __getattr__(self, name: str):
            if name == "local_path" and plan.phase(self.path) == 3 and threading.current_thread() is not main:
                records = list((folder / "Number" / "n_3" / ".records").glob("*.jsonl"))
                seen.append((len(list((folder / ".tags").iterdir())), len(records)))
            return getattr(self.place, name)

    main = threading.current_thread()
    monkeypatch.setattr(plan, "copies", watched)
    desk.run("sync", "data", f"{name}:")
    assert set(seen) == {(1, 1)}
    assert len(seen) >= 9


def test_a_file_of_another_content_is_copied_again(desk, on_xrootd: Path, tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    for name, text in (("same", "content"), ("size", "longer than before"), ("sum", "changed")):
        (tmp_path / "files" / name).write_text(text)
    desk.run("cp", "-r", str(tmp_path / "files"), "pool:files")
    (on_xrootd / "files" / "size").write_text("longer")
    (on_xrootd / "files" / "sum").write_text("CHANGED")
    os.utime(on_xrootd / "files" / "sum", (2e9, 2e9))
    assert desk.ask("sync", str(tmp_path / "files"), "pool:files", "--compare", "size")["copied"] == ["size"]
    assert desk.ask("sync", str(tmp_path / "files"), "pool:files")["copied"] == ["sum"]
    assert (on_xrootd / "files" / "sum").read_text() == "changed"


def test_without_checksums_a_newer_source_is_copied(desk, on_apache: Path, tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a").write_text("content")
    os.utime(tmp_path / "files" / "a", (1e9, 1e9))
    desk.run("sync", str(tmp_path / "files"), "grid:files")
    assert desk.ask("sync", str(tmp_path / "files"), "grid:files")["equal"] == 1
    (tmp_path / "files" / "a").write_text("changed")
    os.utime(tmp_path / "files" / "a", (2e9, 2e9))
    assert desk.ask("sync", str(tmp_path / "files"), "grid:files")["copied"] == ["a"]


def test_delete_removes_what_the_source_does_not_have(desk, server) -> None:
    name, folder = server
    desk.run("sync", "data", f"{name}:")
    for path in (f"Number/n_3/number.{FINGERPRINTS[0]}.txt", f"Number/n_3/plots.{FINGERPRINTS[1]}/deep/plot.svg"):
        (desk.root / "data" / path).unlink()
    for path in list((desk.root / "data" / "Number" / "n_3" / f"plots.{FINGERPRINTS[2]}").rglob("*.svg")):
        path.unlink()
    assert desk.ask("sync", "data", f"{name}:")["removed"] == []
    answer = desk.ask("sync", "data", f"{name}:", "--delete", "--yes")
    assert answer["removed"] == [f"Number/n_3/number.{FINGERPRINTS[0]}.txt"]
    left = files(folder)
    assert f"Number/n_3/number.{FINGERPRINTS[0]}.txt" not in left
    assert f"Number/n_3/plots.{FINGERPRINTS[1]}/deep/plot.svg" not in left, "a folder is made anew as a whole"
    assert f"Number/n_3/number.{FINGERPRINTS[1]}.txt" in left


def test_a_source_that_lies_in_the_target_is_not_removed(desk, server, tmp_path: Path) -> None:
    name, folder = server
    desk.run("cp", "-r", "data/Number", f"{name}:Number")
    with pytest.raises(TransferError, match="the source lies in the target"):
        desk.run("sync", f"{name}:Number/n_3", f"{name}:Number", "--delete", "--yes")
    assert files(folder / "Number") == files(desk.root / "data" / "Number")


def test_a_name_that_looks_like_a_pattern_removes_itself_alone(desk, server, tmp_path: Path) -> None:
    name, folder = server
    (tmp_path / "files" / "d[ab]").mkdir(parents=True)
    for file in ("a*", "ab", "d[ab]/x"):
        (tmp_path / "files" / file).write_text("content")
    desk.run("sync", str(tmp_path / "files"), f"{name}:files")
    desk.run("cp", f"{name}:files/a*", f"{name}:files/d[ab]/y")
    (tmp_path / "files" / "a*").unlink()
    answer = desk.ask("sync", str(tmp_path / "files"), f"{name}:files", "--delete", "--yes")
    assert answer["removed"] == ["a*", "d[ab]/y"]
    assert files(folder / "files") == {"ab", "d[ab]/x"}


def test_a_folder_that_only_looks_empty_removes_nothing(desk, double, tmp_path: Path) -> None:
    """dCache answers a listing that failed with an empty one."""
    from double import Fault

    double.write("/store/source/a", b"content")
    desk.add("dcache", f"{double.url}/store")
    desk.run("sync", "dcache:source", str(tmp_path / "copy"))
    double.faults(Fault("PROPFIND", path="/store/source$", times=5, empty_listing=True))
    assert desk.ask("sync", "dcache:source", str(tmp_path / "copy"), "--delete", "--yes")["removed"] == []
    assert (tmp_path / "copy" / "a").read_bytes() == b"content"


def test_an_interrupted_copy_goes_on_where_it_was(desk, server, monkeypatch) -> None:
    name, folder = server
    from caselaw.storage.copying import copying

    copy_file, done = copying.copy_file, []

    def interrupted(*arguments, **options):
        if len(done) > 4:
            raise KeyboardInterrupt
        copy_file(*arguments, **options)
        done.append(1)

    monkeypatch.setattr(copying, "copy_file", interrupted)
    desk.run("sync", "data", f"{name}:", code=1)
    assert not list(folder.rglob(".upload-*"))
    monkeypatch.setattr(copying, "copy_file", copy_file)
    answer = desk.ask("sync", "data", f"{name}:")
    assert answer["equal"] + len(answer["copied"]) == 9
    assert answer["equal"] >= 3
    assert files(folder) == files(desk.root / "data")


def test_a_copy_that_is_killed_leaves_nothing_half_done(desk, server) -> None:
    """Whenever it is killed: what has its name is whole, the next copy completes it, and `clean` removes the rest."""
    name, folder = server
    for number in range(200):
        (desk.root / "data" / f"{number:04}").write_bytes(number.to_bytes(2, "big") * 10_000)
    for _ in range(3):
        command = [sys.executable, "-c", f"from caselaw.cli.main import cli; cli(['store', 'sync', 'data', '{name}:'])"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            before = len(list(folder.rglob("0*")))
            until = time.monotonic() + 20
            while len(list(folder.rglob("0*"))) < before + 30 and process.poll() is None and time.monotonic() < until:
                time.sleep(0.002)
            process.kill()
        for path in (path for path in folder.iterdir() if path.name.isdigit()):
            assert path.read_bytes() == (desk.root / "data" / path.name).read_bytes()
    desk.run("sync", "data", f"{name}:")
    time.sleep(1.1)  # servers state times to the second
    desk.run("clean", name, "--older-than", "0 s", "--delete", "--yes")
    assert files(folder) == files(desk.root / "data")
    assert desk.ask("check", f"{name}:")["counts"] == {"ok": 6}


def test_unfinished_files_are_not_copied(desk, on_apache: Path) -> None:
    (desk.root / "data" / "Number" / f".upload-{'0' * 32}").write_text("half")
    (desk.root / "data" / ".staging" / "host.1-0").mkdir(parents=True)
    (desk.root / "data" / ".staging" / "host.1-0" / "number.txt").write_text("half")
    desk.run("sync", "data", "grid:")
    assert not list(on_apache.rglob(".upload-*"))
    assert not (on_apache / ".staging").exists()


def test_a_source_that_is_not_there_is_an_error_and_removes_nothing(desk, on_apache: Path) -> None:
    desk.run("sync", "data", "grid:")
    with pytest.raises(TransferError, match="nothing of this name"):
        desk.run("sync", "dat", "grid:", "--delete", "--yes")
    assert files(on_apache) == files(desk.root / "data")


def test_neither_a_file_nor_a_folder_gives_way_to_the_other(desk, server, tmp_path: Path) -> None:
    name, folder = server
    ours, theirs = {"a": "file", "b/x": "in a folder"}, {"a/kept": "in a folder", "b": "file"}
    for root, made in (("ours", ours), ("theirs", theirs)):
        for path, text in made.items():
            (tmp_path / root / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / root / path).write_text(text)
    desk.run("sync", str(tmp_path / "theirs"), f"{name}:files")
    kinds = "a (file|folder) (has the name|would take the place) of a (file|folder)"
    for command in (
        ("sync", f"{tmp_path}/ours", f"{name}:files"),
        ("sync", f"{tmp_path}/ours/a", f"{name}:files/a"),
        ("cp", "-r", "--force", f"{tmp_path}/ours/b", f"{name}:files/b"),
        ("cp", "-r", "--force", f"{tmp_path}/ours/a", f"{tmp_path}/ours/b", f"{name}:files/"),
    ):
        with pytest.raises(TransferError, match=kinds):
            desk.run(*command)
        assert {each: (folder / "files" / each).read_text() for each in files(folder / "files")} == theirs


def test_xrootd_is_synchronised_and_timed_by_its_own_protocol(desk, xrootd, tmp_path: Path) -> None:
    """Neither copies nor listings are those of WebDAV."""
    folder = xrootd.data / "store" / tmp_path.name
    desk.add("root", f"{xrootd.root_url}//store/{tmp_path.name}")
    assert len(desk.ask("sync", "data", "root:")["copied"]) == 9
    assert files(folder) == files(desk.root / "data")
    assert desk.ask("sync", "root:", str(tmp_path / "copy"))["bytes"]
    assert desk.ask("check", "root:")["counts"] == {"ok": 6} == desk.ask("check", str(tmp_path / "copy"))["counts"]
    (desk.root / "data" / "Number" / "n_3" / f"number.{FINGERPRINTS[0]}.txt").unlink()
    assert len(desk.ask("sync", "data", "root:", "--delete", "--yes")["removed"]) == 1
    before = files(folder)
    assert len(desk.ask("bench", "root", "--files", "2", "--size", "1 kB")["results"]) == 2
    assert files(folder) == before
