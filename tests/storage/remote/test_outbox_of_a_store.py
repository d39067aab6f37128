"""What waits for its upload belongs to its store, however the URL of that is written when the server is back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from double import Double
from double_state import Fault
from hypothesis import given
from hypothesis import strategies as st
from made_store import record
from projects_on_servers import OnServer

from caselaw.config import StoreSettings
from caselaw.publishing.outbox import UPLOAD, Upload
from caselaw.storage.marker import memory_of

HOSTS, PATHS = ("door1.example.org", "door2.example.org", "[::1]"), ("/vo/me", "/vo/me%20too", "/vo/[me]")


def waiting(tmp_path: Path, directory: str, store: dict[str, Any]) -> Upload:
    return Upload(tmp_path, directory, record("a" * 20), {}, store)


@given(st.data())
def test_a_store_is_known_by_whichever_door_and_spelling(tmp_path_factory, data: st.DataObject) -> None:
    host, path = data.draw(st.sampled_from(HOSTS)), data.draw(st.sampled_from(PATHS))
    port = data.draw(st.sampled_from([None, 2880]))

    def url(of_host: str) -> str:
        scheme, usual = data.draw(st.sampled_from([("davs", 443), ("dav", 80), ("https", 443), ("dcache", 443)]))
        shown = port or data.draw(st.sampled_from([usual, usual if scheme == "dcache" else None]))
        name = data.draw(st.sampled_from([of_host, of_host.upper()]))
        slash = data.draw(st.sampled_from(["", "/"]))
        return f"{scheme}://{name}{'' if shown is None else f':{shown}'}{slash}{path}"

    made_by = url(host)
    others = data.draw(st.permutations([url(each) for each in HOSTS]))
    user = data.draw(st.sampled_from(["", "me@"]))
    scheme, _, rest = made_by.partition("://")
    found = waiting(Path(), f"{scheme}://{user}{rest}/Number/n_3", {})
    store = StoreSettings("grid", others[0].rstrip("/"), tuple(others[1:]), mirror=Path())
    assert found.path_in(store) == "Number/n_3"
    elsewhere = StoreSettings("grid", f"{others[0]}2", (), mirror=Path())
    assert found.path_in(elsewhere) is None


def settings(tmp_path: Path, name: str, root: str, id: str = "") -> StoreSettings:
    """A store of which this machine has seen the marker `id`."""
    made = StoreSettings(name, root, mirror=tmp_path / "stores")
    if id:
        content = {"root": root, "id": id, "created": 1.0, "caselaw": "1"}
        memory_of(made, root).write_text(json.dumps(content))
    return made


@pytest.mark.parametrize(("name", "root", "id", "is_same"), [
    ("grid", "davs://new.example.org/data", "", True),
    ("grid", "davs://new.example.org/data", "one", True),
    ("grid", "davs://new.example.org/data", "two", False),
    ("tape", "davs://new.example.org/data", "one", True),
    ("tape", "davs://new.example.org/data", "", False),
    ("davs://new.example.org/data", "davs://new.example.org/data", "", False),
    ("davs://new.example.org/data", "davs://new.example.org/data", "one", True),
])  # fmt: skip
def test_a_store_that_has_moved_is_known_by_its_id_else_by_its_name(
    tmp_path: Path, name: str, root: str, id: str, is_same: bool
) -> None:
    store = {"name": "grid", "doors": ["davs://old.example.org/data"], "id": "one"}
    found = waiting(tmp_path, "davs://old.example.org:443/data/Number/n_3", store)
    assert found.path_in(settings(tmp_path, name, root, id)) == ("Number/n_3" if is_same else None)


WORK = """
    import caselaw, luigi

    class Number(caselaw.Workflow):
        products = {"number": "txt", "plots": "/"}
        def upstream(self):
            return {"value": caselaw.over(range(4))}
        def run(self):
            open("ran", "a").write(f"Number {self.branch_value}\\n")
            with self.publish() as out:
                out["number"].write_text(str(self.branch_value))
                (out["plots"] / "plot.svg").write_text(f"<svg>{self.branch_value}</svg>")
"""


@pytest.fixture
def interrupted(project, double: Double) -> OnServer:
    """A project whose outputs all wait for their upload, as nothing could be written to the server."""
    made = OnServer.of(project, double, "outbox")
    made.write("work.py", WORK)
    made.use(patience="1 s")
    double.faults(Fault("PUT", path=r"/Number/(?!\.records)", status=503, times=10**6))
    made.run("work.Number", code=None)
    assert len(made.ran()) == 4
    double.state.faults.clear()
    return made


def other_door(made: OnServer) -> str:
    return made.store.replace("localhost", "127.0.0.1") if "localhost" in made.store else made.store.replace(
        "127.0.0.1", "localhost"
    )  # fmt: skip


def in_old_form(made: OnServer) -> int:
    """Write what waits as earlier versions did, which noted no store down."""
    files = list((made.root / ".caselaw" / "stores").glob(f"*/outbox/*/{UPLOAD}"))
    for file in files:
        content = json.loads(file.read_text())
        del content["store"]
        file.write_text(json.dumps(content))
    return len(files)


@pytest.mark.parametrize(
    ("form", "doors"),
    [("new", "other first"), ("old", "other first"), ("new", "other alone"), ("new", "upper case")],
)
def test_nothing_runs_again_whatever_door_is_named_first(interrupted: OnServer, form: str, doors: str) -> None:
    if form == "old":
        assert in_old_form(interrupted) == 4
    store, other = interrupted.store, other_door(interrupted)
    scheme, _, rest = store.partition("://")
    host, _, path = rest.partition("/")
    urls = {"other first": [other, store], "other alone": other, "upper case": f"{scheme}://{host.upper()}/{path}/"}
    interrupted.use(urls[doors], patience="1 s")
    answer = interrupted.ask("status", "work.Number", code=1)
    assert [(each["number"], each["is_next"]) for each in answer["outbox"]] == [(4, True)]
    assert "outbox: 4 branches" in interrupted.caselaw("status", "work.Number", code=1)
    printed = interrupted.run("work.Number")
    assert interrupted.ran() == []
    assert "outputs of 4 branches were uploaded that an earlier run had made" in printed
    assert interrupted.ask("status", "work.Number", code=0).keys() == {"tasks"}
    assert interrupted.caselaw("verify", "work.Number", code=0)


def test_what_waits_for_another_store_is_said_and_stays(interrupted: OnServer) -> None:
    interrupted.write("configs/stores.yaml", json.dumps({"tape": {"url": f"{interrupted.server.url}/store/new"}}))
    interrupted.write("law.cfg", (interrupted.root / "law.cfg").read_text().replace("store: grid", "store: tape"))
    line = "outbox: 4 branches made for"
    assert line in interrupted.caselaw("status", "work.Number", code=1)
    printed = interrupted.run("work.Number")
    assert line in printed
    assert "name it among the URLs of its store" in printed
    assert len(interrupted.ran()) == 4
    interrupted.use()
    interrupted.write("law.cfg", (interrupted.root / "law.cfg").read_text().replace("store: tape", "store: grid"))
    interrupted.run("work.Number")
    assert interrupted.ran() == []
