"""A store that is not there is no empty one: nothing is made again into the wrong place."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from projects import SmallProject
from webdav_server import Fault, Server, running

from caselaw.config import StoreSettings
from caselaw.errors import StoreMissing
from caselaw.storage.marker import MARKER, Presence
from caselaw.storage.store import Store

WORK = """
    import caselaw

    class Number(caselaw.Workflow):
        products = {"number": "txt"}
        def upstream(self):
            return {"value": caselaw.over(range(3))}
        def run(self):
            open("ran", "a").write(f"{self.branch_value}\\n")
            with self.publish() as out:
                out["number"].write_text(str(self.branch_value))

    class Total(caselaw.Task):
        products = {"total": "txt"}
        def upstream(self):
            return {"numbers": caselaw.whole(Number.req(self))}
        def run(self):
            with self.publish() as out:
                out["total"].write_text(str(len(self.input()["numbers"])))
"""
COMMANDS = (
    ("status", "work.Total"),
    ("why", "work.Total"),
    ("ls", "work.Total"),
    ("verify", "work.Total"),
    ("gc", "--days", "1"),
    ("tag",),
    ("store", "clean"),
)


class Project(SmallProject):
    @property
    def data(self) -> Path:
        return self.root / "data"


@pytest.fixture
def small(project: SmallProject) -> Project:
    project.write("work.py", WORK)
    return Project(project.root)


@pytest.fixture
def made(small: Project) -> Project:
    """With outputs in its store."""
    small.run("work.Total")
    assert len(small.ran()) == 3
    return small


def forget_markers(project: Project) -> None:
    """As a version of caselaw leaves it that knows no markers."""
    for file in (project.root / ".caselaw").glob("store-*.json"):
        file.unlink()


def emptied(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


def with_other_files(folder: Path) -> None:
    """As a mount point may hold what was written while nothing was mounted there."""
    emptied(folder)
    (folder / "lost+found").mkdir()


def without_marker(folder: Path) -> None:
    (folder / MARKER).unlink()


GONE = {"removed": shutil.rmtree, "emptied": emptied, "of others": with_other_files, "unmarked": without_marker}


@pytest.mark.parametrize("how", GONE)
def test_a_run_stops_where_the_store_was_and_makes_nothing(made: Project, how: str) -> None:
    before = made.data.rename(made.root / "away")
    shutil.copytree(before, made.data)
    GONE[how](made.data)
    there = sorted(made.data.rglob("*")) if made.data.exists() else None
    made.write("work.py", WORK.replace("str(self.branch_value)", "str(1 + self.branch_value)"))
    printed = made.run("work.Total", code=None)
    assert "the store is not there" in printed
    assert "caselaw store init --new" in printed
    assert len(made.ran()) == 0
    assert (sorted(made.data.rglob("*")) if made.data.exists() else None) == there
    made.write("work.py", WORK)
    shutil.rmtree(made.data, ignore_errors=True)
    before.rename(made.data)  # mounted again
    made.run("work.Total")
    assert len(made.ran()) == 0


def test_commands_say_that_the_store_is_not_there(made: Project) -> None:
    shutil.rmtree(made.data)
    for command in COMMANDS:
        said = made.said(*command)
        assert "the store is not there" in said, command
        assert f"{made.data}" in said, command
        assert "there is no such folder" in said, command
        assert not made.data.exists(), command
    rows = made.ask("status", "work.Total", code=3)["tasks"]
    assert {row["state"] for row in rows} == {"unknown"}
    forget_markers(made)  # the index of records tells as well
    made.data.mkdir()
    assert "now the folder is empty" in made.said("status", "work.Total", code=3)


def test_status_says_once_what_concerns_all_tasks(made: Project) -> None:
    shutil.rmtree(made.data)
    assert made.said("status", "work.Total").count("the store is not there") == 1


def test_a_new_store_works_at_once_and_gets_a_marker(small: Project) -> None:
    small.ask("status", "work.Total", code=1)
    assert not small.data.exists(), "asking leaves nothing"
    small.data.mkdir()  # empty, as somebody may have made it
    small.run("work.Total")
    assert json.loads((small.data / MARKER).read_text())["id"]


def test_a_store_of_before_markers_gets_one_when_it_is_written_to(made: Project) -> None:
    (made.data / MARKER).unlink()
    forget_markers(made)
    made.run("work.Total")
    assert len(made.ran()) == 0
    made.write("work.py", WORK.replace("range(3)", "range(4)"))
    made.run("work.Total")
    assert len(made.ran()) == 1
    assert (made.data / MARKER).exists()


def test_a_store_of_before_markers_that_is_not_there_is_missed(made: Project) -> None:
    (made.data / MARKER).unlink()
    forget_markers(made)
    emptied(made.data)
    assert "Number, Total was seen here" in made.said("status", "work.Total", code=3)
    assert "the store is not there" in made.run("work.Total", code=None)
    assert len(made.ran()) == 0


def test_a_store_that_was_removed_on_purpose_is_new_by_word(made: Project) -> None:
    shutil.rmtree(made.data)
    assert "the store is not there" in made.said("store", "init", code=2)
    made.caselaw("store", "init", "--new")
    made.run("work.Total")
    assert len(made.ran()) == 3


def test_another_store_in_its_place_is_noticed(made: Project, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = Project(tmp_path_factory.mktemp("other"))
    for name in ("law.cfg", "work.py"):
        other.write(name, (made.root / name).read_text())
    other.run("work.Number")
    shutil.rmtree(made.data)
    shutil.copytree(other.data, made.data)
    assert "another store lies here" in made.said("status", "work.Total", code=3)
    made.caselaw("store", "init", "--new")
    made.run("work.Total")
    assert len(made.ran()) == 0, "the numbers of the other store are ours now"


def test_a_store_that_was_moved_is_the_same_elsewhere(made: Project) -> None:
    made.data.rename(made.root / "elsewhere")
    made.run("work.Total", LAW__caselaw__store="./elsewhere")
    assert len(made.ran()) == 0
    marker = json.loads((made.root / "elsewhere" / MARKER).read_text())
    assert json.loads(made.caselaw("store", "init", "./elsewhere", "--json"))["id"] == marker["id"]


def test_a_damaged_marker_is_no_new_store(made: Project) -> None:
    (made.data / MARKER).write_text("<html>a page for people</html>")
    shutil.rmtree(made.data / "Total")
    assert "marker cannot be read" in made.said("status", "work.Total", code=3)


def test_no_copy_is_emptied_because_the_source_is_not_there(made: Project) -> None:
    made.caselaw("store", "sync", "data", "backup")
    assert not (made.root / "backup" / MARKER).exists(), "a copy is another store"
    emptied(made.data)
    made.said("store", "sync", "data", "backup", "--delete", "--yes", code=2)
    assert len(list((made.root / "backup" / "Number").glob("*.txt"))) == 3


def test_the_marker_of_a_copy_stays(made: Project) -> None:
    made.caselaw("store", "init", "./backup")
    before = (made.root / "backup" / MARKER).read_bytes()
    made.caselaw("store", "sync", "data", "backup", "--delete", "--yes")
    assert (made.root / "backup" / MARKER).read_bytes() == before


def test_a_read_only_store_without_a_marker_can_be_asked(made: Project) -> None:
    (made.data / MARKER).unlink()
    shutil.rmtree(made.root / ".caselaw")
    made.data.chmod(0o500)
    try:
        assert {row["state"] for row in made.ask("status", "work.Total", code=0)["tasks"]} == {"complete"}
        made.ask("ls", "work.Number")
    finally:
        made.data.chmod(0o700)
    assert not (made.data / MARKER).exists()


# on a server


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as made:
        yield made


@pytest.fixture
def on_server(small: Project, server: Server) -> Project:
    small.write("law.cfg", (small.root / "law.cfg").read_text() + "store: grid\n")
    entry = {"url": f"{server.url()}/store/mine", "patience": "2 s"}
    small.write("configs/stores.yaml", json.dumps({"grid": entry}))
    return small


def emptied_there(server: Server) -> None:
    for name in [name for name in server.nodes if name.startswith("/store/mine")]:
        del server.nodes[name]


@pytest.mark.parametrize("how", ["emptied", "404"])
def test_a_run_stops_where_a_server_shows_nothing(on_server: Project, server: Server, how: str) -> None:
    on_server.run("work.Total")
    assert len(on_server.ran()) == 3
    before = dict(server.nodes)
    emptied_there(server)
    if how == "emptied":
        server.nodes["/store/mine"] = None
    if how == "404":  # whatever it is asked
        server.nodes.clear()
    here = dict(server.nodes)
    assert "the store is not there" in on_server.run("work.Total", code=None)
    assert "the store is not there" in on_server.said("status", "work.Total", code=3)
    assert "the store is not there" in on_server.said("gc", "--days", "1", code=2)
    assert len(on_server.ran()) == 0
    assert server.nodes == here, "nothing was written"
    server.nodes.update(before)
    on_server.run("work.Total")
    assert len(on_server.ran()) == 0


def test_a_new_store_on_a_server_works_at_once(on_server: Project, server: Server) -> None:
    on_server.run("work.Total")
    assert json.loads(server.nodes[f"/store/mine/{MARKER}"] or b"")["id"]
    emptied_there(server)
    on_server.caselaw("store", "init", "--new")
    on_server.run("work.Total")
    assert len(on_server.ran()) == 6


@pytest.mark.parametrize(("later", "is_the_same"), [(3.0, True), (3600.0, False)])
def test_a_marker_of_a_first_run_at_the_same_time_is_one_of_this_store(
    server: Server, tmp_path: Path, later: float, is_the_same: bool
) -> None:
    settings = StoreSettings("grid", f"{server.url()}/store", mirror=tmp_path / ".law" / "mirror")
    mine = Presence(settings, frozenset).introduce()
    other = {"id": "of-the-other", "created": mine.created + later, "caselaw": mine.caselaw}
    server.nodes[f"/store/{MARKER}"] = json.dumps(other).encode()
    for _ in range(2):
        looks = Presence(settings, frozenset)
        if is_the_same:
            found = looks.require()
            assert found is not None
            assert found.id == "of-the-other"
        else:
            with pytest.raises(StoreMissing, match="another store lies here"):
                looks.require()


def test_a_run_asks_for_the_marker_once(on_server: Project, server: Server) -> None:
    on_server.run("work.Total")
    server.seen.clear()
    on_server.run("work.Total")
    assert not [each for each in server.seen if each.path.endswith(MARKER)], "everything is there"
    on_server.write("work.py", WORK.replace("range(3)", "range(4)"))
    server.seen.clear()
    on_server.run("work.Total")
    assert [each.method for each in server.seen if each.path.endswith(MARKER)] == ["GET"]


def test_a_server_that_gives_no_answer_is_not_a_store_that_is_missing(on_server: Project, server: Server) -> None:
    on_server.run("work.Total")
    emptied_there(server)
    server.faults += [Fault(method, status=503, times=1000) for method in ("GET", "PROPFIND")]
    said = on_server.said("status", "work.Total", code=3)
    assert "the store is not there" not in said


def test_who_looks_while_another_process_makes_the_store_does_not_miss_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = StoreSettings("data", str(tmp_path / "data"), mirror=tmp_path / ".law" / "mirror")
    looks, other = Presence(settings, frozenset), Presence(settings, frozenset)
    (tmp_path / "data").mkdir()
    left = threading.Event()

    def read_too_early(path: str) -> str | None:
        if left.is_set():
            return other.store.read_text(path)
        left.set()
        other.introduce()
        return None

    monkeypatch.setattr(looks, "store", ReadBy(looks.store, read_too_early))
    assert looks.require() is None
    assert looks.require() == other.require()
    assert looks.introduce() == other.require()


@dataclass(frozen=True)
class ReadBy:
    """A store whose files are read in another way."""

    store: Store
    read_text: Callable[[str], str | None]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)
