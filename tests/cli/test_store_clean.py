"""`caselaw store clean`: leftovers of killed processes go, and nothing else does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from made_store import files, record

from caselaw.config import load_project, resolve_store
from caselaw.publishing.outbox import OUTBOX, UPLOAD
from caselaw.records.record import as_json
from caselaw.storage.locks import locked
from caselaw.storage.stores import open_store

OLD, YOUNG = f".upload-{'0' * 31}a", f".upload-{'0' * 31}b"
DAYS = 86400.0


def leave(folder: Path, name: str, age: float) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("half")
    for each in (path, *path.parents[: len(Path(name).parts) - 1]):
        os.utime(each, (time.time() - age, time.time() - age))
    return path


@pytest.fixture
def filled(desk, server) -> tuple[str, Path]:
    """A store on a server that holds outputs and leftovers."""
    name, folder = server
    desk.run("sync", "data", f"{name}:")
    leave(folder, f"Number/n_3/{OLD}", 2 * DAYS)
    leave(folder, f"Number/n_3/{YOUNG}", 100)
    leave(folder, f"Number/.upload-{'0' * 31}c/deep/plot.svg", 2 * DAYS)
    leave(folder, f"Number/.upload-{'0' * 31}d/deep/plot.svg", 100)
    leave(folder, "Number/.upload-notes", 2 * DAYS)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o777)
    return name, folder


def names(answer) -> list[str]:
    return [orphan["path"].rpartition("/")[2][-1] for orphan in answer["orphans"]]


def test_old_uploads_are_listed_and_nothing_is_removed(desk, filled) -> None:
    name, folder = filled
    before = files(folder)
    answer = desk.ask("clean", name)
    assert sorted(names(answer)) == ["a", "c"]
    assert (answer["younger"], answer["removed"]) == (2, 0)
    assert files(folder) == before
    assert "2 leftovers" in desk.run("clean", name).output


def test_delete_removes_them_and_nothing_else(desk, filled) -> None:
    name, folder = filled
    before = files(folder)
    assert desk.ask("clean", name, "--delete", "--yes")["removed"] == 2
    gone = {f"Number/n_3/{OLD}", f"Number/.upload-{'0' * 31}c/deep/plot.svg"}
    assert files(folder) == before - gone
    assert desk.ask("check", f"{name}:")["counts"] == {"ok": 6}
    assert desk.ask("clean", name, "--older-than", "1 min", "--delete", "--yes")["removed"] == 2


WRITERS = {
    "open": "file = FileTarget('%s').open('wb'); file.write(b'half'); file.flush(); die()",
    "folder": "folder = DirectoryTarget('%s').localize('w'); folder.__enter__().child('x', type='f').touch(); die()",
}
WRITER = """\
import os, signal
from caselaw.storage.target import DirectoryTarget, FileTarget

def die():
    os.kill(os.getpid(), signal.SIGKILL)

"""


@pytest.mark.parametrize("writer", WRITERS)
def test_what_a_killed_writer_leaves_is_found_and_never_copied(desk, tmp_path: Path, writer: str) -> None:
    folder = desk.root / "data" / "plain"
    folder.mkdir()
    subprocess.run([sys.executable, "-c", WRITER + WRITERS[writer] % (folder / "a.tar.gz")], check=False)
    (left,) = folder.iterdir()
    assert left.name != "a.tar.gz"
    desk.run("sync", "data", str(tmp_path / "copy"))
    assert not list((tmp_path / "copy").rglob(left.name))
    (found,) = desk.ask("clean", "here", "--older-than", "0 s", "--delete", "--yes")["orphans"]
    assert found["path"] == str(left)
    assert not left.exists()


def test_ages_are_by_the_clock_of_the_server(desk, double) -> None:
    """Ours is an hour behind, and two hours ahead: an upload under way is never taken for an old one."""
    double.write(f"/store/{OLD}", b"half")
    desk.add("dcache", f"{double.url}/store")
    for skew in (3600.0, -2 * 3600.0):
        double.settings.clock_skew = skew
        answer = desk.ask("clean", "dcache", "--older-than", "30 min", "--delete", "--yes")
        assert (answer["orphans"], answer["younger"]) == ([], 1)
    assert f"/store/{OLD}" in double.data


def test_unfinished_uploads_go_and_finished_ones_stay(desk, on_apache: Path) -> None:
    settings = resolve_store(load_project(), "grid")
    outbox = open_store(settings).scratch / OUTBOX
    leave(outbox, "unfinished/number.txt", 2 * DAYS)
    made = as_json(record("a" * 20, number=desk.root / "law.cfg"))
    waiting = {"directory": f"{settings.root}/Number", "record": made, "outputs": {}}
    leave(outbox, f"waiting/{UPLOAD}", 2 * DAYS).write_text(json.dumps(waiting))
    answer = desk.ask("clean", "grid", "--delete", "--yes")
    assert [orphan["kind"] for orphan in answer["orphans"]] == ["outbox"]
    assert (answer["removed"], answer["waiting"]) == (1, 1)
    assert sorted(path.name for path in outbox.iterdir()) == ["waiting"]
    assert "1 branch in the outbox" in desk.run("clean", "grid").output


def test_entries_of_the_cache_whose_file_is_gone_are_removed(desk, on_apache: Path, apache, tmp_path: Path) -> None:
    read = """
        import sys
        from caselaw.storage.stores import store_of
        for url in sys.argv[1:]:
            print(store_of(url).local(url))
    """
    for name in ("kept", "gone"):
        (tmp_path / name).write_text(name)
        desk.run("cp", str(tmp_path / name), f"grid:{name}")
    urls = [f"{apache.url}/store/{tmp_path.name}/{name}" for name in ("kept", "gone")]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(line[8:] for line in read.splitlines()), *urls],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    kept, gone = map(Path, done.stdout.split())
    (on_apache / "gone").unlink()
    answer = desk.ask("clean", "grid", "--older-than", "0 s", "--delete", "--yes")
    assert [(orphan["kind"], Path(orphan["path"]).name) for orphan in answer["orphans"]] == [("cache", "gone")]
    assert kept.read_text() == "kept"
    assert not gone.exists()


STAGES = """
import os, sys
from pathlib import Path
from caselaw.storage.publish import Staging
Staging.open(Path(sys.argv[1]), {"number": "txt"}).paths["number"].write_text("x")
print(flush=True)
sys.stdin.read()
os._exit(0)
"""


def test_staging_folders_of_dead_processes_go(desk) -> None:
    store = desk.root / "data"
    dead, living = (
        subprocess.Popen([sys.executable, "-c", STAGES, str(store)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(2)
    )
    for process in (dead, living):
        process.stdout.readline()
    dead.communicate()
    leave(store / ".staging", "another-host.1-0/number.txt", 200 * DAYS)
    for path in (store / ".staging").glob("*/number.txt"):
        os.utime(path, (time.time() - 2 * DAYS,) * 2)
    for path in (store / ".staging").iterdir():
        os.utime(path, (time.time() - 2 * DAYS,) * 2)
    assert [orphan["kind"] for orphan in desk.ask("clean")["orphans"]] == ["staging"]
    assert desk.ask("clean", "--delete", "--yes")["removed"] == 1
    assert len([path for path in (store / ".staging").iterdir() if path.is_dir()]) == 2
    assert "nothing was left behind" in desk.run("clean").output
    living.communicate()


def test_downloads_that_were_killed_go_and_those_under_way_stay(desk, on_apache: Path) -> None:
    cache = open_store(resolve_store(load_project(), "grid")).cache
    for mark in ("a", "b"):
        leave(cache.folder, f"incoming/{mark * 64}/number.txt", 2 * DAYS)
        leave(cache.folder, f"notes/{mark * 2}/{mark * 64}", 2 * DAYS).write_text("")
    desk.run("cp", "law.cfg", "grid:file")
    with locked(cache.folder / "notes" / "bb" / ("b" * 64), exclusive=True):
        answer = desk.ask("clean", "grid", "--delete", "--yes")
    assert [orphan["kind"] for orphan in answer["orphans"]] == ["cache", "cache"]
    assert answer["removed"] == 1
    assert [path.name[0] for path in (cache.folder / "incoming").iterdir()] == ["b"]
