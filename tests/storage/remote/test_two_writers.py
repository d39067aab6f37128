"""Two runs at once that make different bytes, clocks that differ, stores that were synchronised: files and records."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from double import Double
from projects import SmallProject
from projects_on_servers import OnServer

from caselaw.config import load_project, resolve_store
from caselaw.errors import ContentChanged
from caselaw.fingerprint import file_digest
from caselaw.storage.reading import Content, local_copy
from caselaw.storage.remote_store import RemoteStore

WORK = """
    import time, uuid
    from pathlib import Path
    import caselaw

    class Number(caselaw.Workflow):
        products = {"number": "txt", "plot": "txt"}
        def upstream(self):
            return {"value": caselaw.over(range(3))}
        def run(self):
            if Path("MEET").is_dir():
                Path("MEET", f"{self.branch_value}-{uuid.uuid4().hex}").touch()
                while len(list(Path("MEET").glob(f"{self.branch_value}-*"))) < 2:
                    time.sleep(0.01)
            with self.publish() as out:
                token = uuid.uuid4().hex
                out["number"].write_text(token)
                out["plot"].write_text(token)

    class Read(caselaw.Workflow):
        products = {"read": "txt"}
        def upstream(self):
            return {"number": caselaw.each(Number.req(self))}
        def run(self):
            given = self.input()["number"]
            with open(given["number"]) as number, open(given["plot"]) as plot, self.publish() as out:
                out["read"].write_text(f"{number.read()} {plot.read()}")
"""
AHEAD = "import time\nreal = time.time\ntime.time = lambda: real() + 3600\n"


def started(project: SmallProject, task: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        project.command(task), cwd=project.root, env=project.environment(), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def run_at_once(projects: list[SmallProject]) -> None:
    """Both make the same branches, and publish them together; the clock of the last one is an hour fast."""
    (projects[-1].root / "sitecustomize.py").write_text(AHEAD)
    for process in [started(project, "work.Number") for project in projects]:
        shown, _ = process.communicate(timeout=120)
        assert process.returncode == 0, shown


def assert_what_is_read_is_what_is_there(
    projects: list[SmallProject], contents: Callable[[str], dict[str, bytes]]
) -> None:
    """Each reads what the store holds, and verifies it."""
    assert len(contents("Number/number.")) == 3, sorted(contents("Number/"))
    for project in projects:
        project.run("work.Read")
        numbers = set(contents("Number/number.").values())
        read = [data.split() for data in contents("Read/read.").values()]
        assert {number for number, _ in read} == numbers
        assert {plot for _, plot in read} == set(contents("Number/plot.").values())
        found = project.ask("verify", "work.Read")["outputs"]
        assert {one["state"] for one in found} == {"ok"}


def prepared(root: Path, meet: Path) -> str:
    meet.mkdir(exist_ok=True)
    return WORK.replace("MEET", str(meet))


def test_on_a_server(on_server: OnServer, tmp_path_factory: pytest.TempPathFactory) -> None:
    on_server.write("work.py", prepared(on_server.root, tmp_path_factory.mktemp("meet")))
    other = on_server.colleague(tmp_path_factory.mktemp("other"))
    run_at_once([on_server, other])
    third = on_server.colleague(tmp_path_factory.mktemp("third"))
    assert_what_is_read_is_what_is_there([on_server, other, third], on_server.on_disk)


def on_disk_of(store: Path) -> Callable[[str], dict[str, bytes]]:
    def found(start: str) -> dict[str, bytes]:
        files = {str(path.relative_to(store)): path for path in store.rglob("*.txt") if path.is_file()}
        return {name: path.read_bytes() for name, path in files.items() if name.startswith(start)}

    return found


def test_on_disk(project: SmallProject, tmp_path_factory: pytest.TempPathFactory) -> None:
    store = tmp_path_factory.mktemp("store")
    project.write("law.cfg", (project.root / "law.cfg").read_text() + f"store: {store}\n")
    project.write("work.py", prepared(project.root, tmp_path_factory.mktemp("meet")))
    other = SmallProject(tmp_path_factory.mktemp("other"))
    for name in ("law.cfg", "work.py"):
        other.write(name, (project.root / name).read_text())
    run_at_once([project, other])
    assert_what_is_read_is_what_is_there([project, other], on_disk_of(store))


@pytest.mark.parametrize("ahead", ["source", "target"])
def test_stores_that_were_synchronised(
    on_server: OnServer, tmp_path_factory: pytest.TempPathFactory, ahead: str
) -> None:
    """The outputs have equal sizes, so that those of the target stay, and the records of both come together."""
    on_server.write("work.py", WORK)
    if ahead == "target":
        (on_server.root / "sitecustomize.py").write_text(AHEAD)
    on_server.run("work.Number")
    if ahead == "source":
        (on_server.root / "sitecustomize.py").write_text(AHEAD)
    else:
        (on_server.root / "sitecustomize.py").unlink()
    on_server.run("work.Number", LAW__caselaw__store="./data")
    on_server.caselaw("store", "sync", "data", "grid:")
    third = on_server.colleague(tmp_path_factory.mktemp("third"))
    assert_what_is_read_is_what_is_there([on_server, third], on_server.on_disk)


@pytest.fixture
def store(project, double: Double, monkeypatch: pytest.MonkeyPatch) -> RemoteStore:
    made = OnServer.of(project, double, "writers")
    made.use(patience="1 s")
    monkeypatch.chdir(project.root)
    return RemoteStore(resolve_store(load_project()))


def test_what_the_cache_has_is_not_used_where_the_store_may_hold_something_else(
    store: RemoteStore, double: Double, tmp_path: Path
) -> None:
    ours = tmp_path / "ours"
    ours.write_bytes(b"ours")
    theirs = tmp_path / "theirs"
    theirs.write_bytes(b"theirs")
    url, stated = f"{store.root}/file", (Content(file_digest(ours), 4), Content(file_digest(theirs), 6))
    store.place(ours, url, stated[0].sha256)
    assert local_copy(store, url, stated[:1]).read_bytes() == b"ours"
    double.remove("/store/writers/file")
    double.write("/store/writers/file", b"theirs")
    assert local_copy(store, url, stated).read_bytes() == b"theirs"
    double.remove("/store/writers/file")
    double.write("/store/writers/file", b"nobody's")
    with pytest.raises(ContentChanged, match="none of the 2 contents"):
        local_copy(store, url, stated)
