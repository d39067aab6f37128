"""Layers: a colleague's results are mine, and what I make goes to my own store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from double import Double
from projects import SmallProject
from webdav_server import Fault, Server, running

from caselaw.records import read_records

WORK = """
    import caselaw
    from steps import scaled

    class Number(caselaw.Workflow):
        products = {"number": "txt"}
        def upstream(self):
            return {"value": caselaw.over(range(12))}
        def run(self):
            open("ran", "a").write(f"Number {self.branch_value}\\n")
            with self.publish() as out:
                out["number"].write_text(str(self.branch_value))

    class Scaled(caselaw.Workflow):
        products = {"scaled": "txt", "plots": "/"}
        def upstream(self):
            return {"number": caselaw.each(Number.req(self))}
        def run(self):
            open("ran", "a").write(f"Scaled {self.branch_value}\\n")
            with self.publish() as out:
                out["scaled"].write_text(str(scaled(int(open(self.input()["number"]).read()))))
                (out["plots"] / "plot.svg").write_text("<svg/>")

    class Total(caselaw.Task):
        products = {"total": "txt"}
        def upstream(self):
            return {"scaled": caselaw.whole(Scaled.req(self))}
        def run(self):
            open("ran", "a").write("Total\\n")
            values = [int(open(each["scaled"]).read()) for each in self.input()["scaled"]]
            with self.publish() as out:
                out["total"].write_text(str(sum(values)))
"""
STEPS = "def scaled(value):\n    return 2 * value\n"


class Desk(SmallProject):
    """The project of one person."""

    def use(self, store: str, stores: dict[str, str], **options: str) -> None:
        cfg = (self.root / "law.cfg").read_text().partition("store:")[0]
        lines = "".join(f"{name}: {value}\n" for name, value in options.items())
        self.write("law.cfg", f"{cfg}store: {store}\n{lines}")
        entries = {
            name: {"url": url, "patience": "2 s"} if "://" in url else {"path": url} for name, url in stores.items()
        }
        self.write("configs/stores.yaml", json.dumps(entries))

    def layers(self) -> dict[str, dict[str, int]]:
        rows = self.ask("status", "work.Total", code=None)["tasks"]
        return {row["family"]: row.get("layers") or {row["layer"]: 1} for row in rows}

    def states(self) -> dict[str, str]:
        return {row["family"]: row["state"] for row in self.ask("status", "work.Total", code=None)["tasks"]}


def desk(folder: Path) -> Desk:
    made = Desk(folder)
    from projects import LAW_CFG

    made.write("law.cfg", LAW_CFG.format(modules="work:", settings="workers: 2"))
    made.write("work.py", WORK)
    made.write("steps.py", STEPS)
    return made


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as made:
        yield made


@pytest.fixture(params=["folder", "server"])
def group(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where the group's store is."""
    if request.param == "folder":
        return str(tmp_path / "group")
    return f"{request.getfixturevalue('server').url()}/store/group"


@pytest.fixture
def colleague(tmp_path: Path, group: str) -> Desk:
    """One who has made all of it, in the group's store."""
    made = desk(tmp_path / "colleague")
    made.use("group", {"group": group})
    made.run("work.Total")
    made.ran()
    return made


@pytest.fixture
def mine(tmp_path: Path, group: str) -> Desk:
    made = desk(tmp_path / "mine")
    made.use("[own, group]", {"own": "data", "group": group})
    return made


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def held(group: str, server: Server | None) -> object:
    """All that the group's store holds."""
    return files(Path(group)) if server is None else dict(server.nodes)


def of_group(request: pytest.FixtureRequest, group: str) -> object:
    return held(group, request.getfixturevalue("server") if "://" in group else None)


def test_what_a_colleague_made_is_mine(mine: Desk, colleague: Desk, group: str, request: pytest.FixtureRequest) -> None:
    before = of_group(request, group)
    assert set(mine.states().values()) == {"complete"}
    assert mine.layers() == {"Number": {"group": 12}, "Scaled": {"group": 12}, "Total": {"group": 1}}
    mine.run("work.Total")
    assert mine.ran() == []
    assert not (mine.root / "data" / "Total").exists()
    rows = mine.ask("ls", "work.Scaled")["outputs"]
    assert {row["layer"] for row in rows} == {"group"}
    assert all(row["exists"] and row["recorded"] and row["path"].startswith(group) for row in rows)
    assert of_group(request, group) == before, "nothing was written there, not even a record"


def test_what_a_colleague_made_on_dcache_is_mine_on_a_laptop(tmp_path: Path, double: Double) -> None:
    url = f"{double.url}/store/group"
    colleague, mine = desk(tmp_path / "colleague"), desk(tmp_path / "mine")
    colleague.use("group", {"group": url})
    colleague.run("work.Scaled")
    mine.use("[own, group]", {"own": "data", "group": url})
    before = dict(double.data)
    mine.run("work.Total")
    assert mine.ran() == ["Total"]
    assert mine.layers() == {"Number": {"group": 12}, "Scaled": {"group": 12}, "Total": {"own": 1}}
    assert double.data == before


def test_an_edit_makes_what_changed_in_my_own_store(
    mine: Desk, colleague: Desk, group: str, request: pytest.FixtureRequest
) -> None:  # fmt: skip
    before = of_group(request, group)
    mine.write("steps.py", "def scaled(value):\n    return 3 * value if value > 9 else 2 * value\n")
    assert mine.states() == {"Number": "complete", "Scaled": "stale", "Total": "stale"}
    said = mine.said("why", "work.Total")
    assert "steps.scaled" in said and "never made" not in said
    mine.run("work.Total")
    assert mine.ran() == [*sorted(f"Scaled {n}" for n in range(12)), "Total"]
    assert mine.layers() == {"Number": {"group": 12}, "Scaled": {"own": 12}, "Total": {"own": 1}}
    (total,) = (mine.root / "data" / "Total").glob("total.*")
    assert total.read_text() == str(2 * 45 + 3 * 21)
    assert of_group(request, group) == before


def test_an_equal_output_of_a_colleague_is_adopted(
    mine: Desk, colleague: Desk, group: str, request: pytest.FixtureRequest
) -> None:  # fmt: skip
    """Early cutoff through layers: what is upstream was made again, and holds the same."""
    before = of_group(request, group)
    mine.write("work.py", WORK.replace("write_text(str(self.branch_value))", 'write_text(f"{self.branch_value}")'))
    mine.run("work.Number")
    assert len(mine.ran()) == 12
    assert mine.states() == {"Number": "complete", "Scaled": "adoptable", "Total": "adoptable"}
    mine.run("work.Total")
    assert mine.ran() == []
    assert set(mine.states().values()) == {"complete"}
    assert mine.layers()["Scaled"] == {"own": 12}
    assert len(list((mine.root / "data" / "Scaled").glob("plots.*/plot.svg"))) == 12
    assert of_group(request, group) == before


def test_some_branches_lie_in_one_layer_and_some_in_another(mine: Desk, colleague: Desk) -> None:
    mine.write("work.py", WORK.replace("range(12)", "range(14)"))
    mine.run("work.Total")
    assert mine.ran() == ["Number 12", "Number 13", "Scaled 12", "Scaled 13", "Total"]
    assert mine.layers()["Scaled"] == {"group": 12, "own": 2}
    (total,) = (mine.root / "data" / "Total").glob("total.*")
    assert total.read_text() == str(2 * sum(range(14)))
    rows = mine.ask("status", "work.Scaled", "--branches")["tasks"]
    layers = {row["branch"]: row["layer"] for row in rows if row["family"] == "Scaled"}
    assert layers == {**dict.fromkeys(range(12), "group"), 12: "own", 13: "own"}


def test_verify_reads_the_first_layer_unless_told(mine: Desk, colleague: Desk) -> None:
    mine.write("work.py", WORK.replace("range(12)", "range(13)"))
    mine.run("work.Number")
    assert len(mine.ask("verify", "work.Number")["outputs"]) == 1
    found = mine.ask("verify", "work.Number", "--all-layers")["outputs"]
    assert [one["state"] for one in found] == ["ok"] * 13


def test_gc_removes_nothing_from_other_layers(
    mine: Desk, colleague: Desk, group: str, request: pytest.FixtureRequest
) -> None:  # fmt: skip
    mine.write("work.py", WORK.replace("range(12)", "range(13)"))
    mine.run("work.Number")
    before = of_group(request, group)
    mine.write("work.py", WORK)
    found = mine.ask("gc", "--days", "0.000001", "--delete", "--yes")
    assert {Path(output["path"]).parts[:-2] for output in found["outputs"]} <= {(mine.root / "data").parts}
    assert of_group(request, group) == before


# a layer that is not there


def test_a_layer_that_does_not_answer_is_no_empty_one(mine: Desk, colleague: Desk, group: str) -> None:
    if "://" in group:
        mine.use("[own, group]", {"own": "data", "group": "dav://127.0.0.1:9/store/group"})
    else:
        Path(group).rename(f"{group}.away")
    assert set(mine.states().values()) == {"unknown"}
    mine.run("work.Total", code=None)
    assert mine.ran() == []
    mine.use(
        "[own, group]",
        {"own": "data", "group": "/nowhere" if "://" not in group else "dav://127.0.0.1:9/store/group"},
        optional_layers="group",
    )
    printed = mine.run("work.Number")
    assert "the layer 'group' does not answer, and is left out" in printed
    assert len(mine.ran()) == 12
    records = read_records(mine.root / "data" / "Number")
    assert {tuple(record.without_layers) for record in records} == {("group",)}


def test_a_server_in_trouble_is_no_empty_layer(tmp_path: Path, server: Server) -> None:
    made = desk(tmp_path / "mine")
    made.use("[own, group]", {"own": "data", "group": f"{server.url()}/store"})
    server.faults.append(Fault("PROPFIND", status=503, times=10_000))
    made.run("work.Number", code=None)
    assert made.ran() == []


# read-only layers


def test_a_read_only_layer_is_only_read(tmp_path: Path) -> None:
    other = desk(tmp_path / "colleague")
    other.use("group", {"group": str(tmp_path / "group")})
    other.run("work.Total")
    for path in [tmp_path / "group", *(tmp_path / "group").rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    made = desk(tmp_path / "mine")
    made.use("[./data, group]", {"group": str(tmp_path / "group")})
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "group").rglob("*")}
    made.write("steps.py", "def scaled(value):\n    return 2 * value + 1\n")
    made.run("work.Total")
    assert len(made.ran()) == 13
    assert made.layers() == {"Number": {"group": 12}, "Scaled": {"./data": 12}, "Total": {"./data": 1}}
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "group").rglob("*")} == before
    for path in [tmp_path / "group", *(tmp_path / "group").rglob("*")]:
        path.chmod(0o755)


# promote


def test_what_is_promoted_is_all_that_a_colleague_needs(tmp_path: Path, mine: Desk, group: str) -> None:
    mine.caselaw("store", "init", "--new", "group")
    mine.run("work.Total")
    mine.ran()
    assert "promoted from this store" in mine.said("store", "promote", "work.Number", "own", code=2)
    first = mine.ask("store", "promote", "work.Scaled", "group")
    assert (len(first["copied"]), first["equal"]) == (24, 0)
    told = mine.ask("store", "promote", "work.Total", "group", "--upstream")
    assert (len(told["copied"]), told["equal"]) == (13, 12)
    assert len(mine.ask("store", "promote", "work.Total", "group", "--upstream")["copied"]) == 0
    mine.said("store", "check", "group:", code=0)
    other = desk(tmp_path / "other")
    other.use("group", {"group": group})
    other.run("work.Total")
    assert other.ran() == []
    other.write("steps.py", "def scaled(value):\n    return 3 * value\n")
    assert "steps.scaled" in other.said("why", "work.Total"), "components came along"


def test_only_what_is_made_and_whole_is_promoted(mine: Desk, group: str) -> None:
    mine.caselaw("store", "init", "--new", "group")
    assert "run the task first" in mine.said("store", "promote", "work.Number", "group", code=2)
    mine.run("work.Number")
    damaged = next((mine.root / "data" / "Number").glob("number.*"))
    damaged.write_text("damaged")
    assert "is not what its record says" in mine.said("store", "promote", "work.Number", "group", code=2)
    assert "Number" not in mine.caselaw("store", "ls", "group:")


def test_nothing_is_promoted_to_a_store_that_is_not_there(mine: Desk, group: str) -> None:
    mine.use("own", {"own": "data", "group": group})
    mine.run("work.Number")
    for name in ("group", "./elsewhere"):
        said = mine.said("store", "promote", "work.Number", name, code=2)
        assert "the store is not there" in said
        assert "caselaw store init --new" in said
    assert not (mine.root / "elsewhere").exists()
    mine.caselaw("store", "init", "--new", "group")
    mine.caselaw("store", "promote", "work.Number", "group")


def test_a_promotion_that_was_interrupted_goes_on(mine: Desk, tmp_path: Path) -> None:
    group = tmp_path / "group"
    mine.use("[own, group]", {"own": "data", "group": str(group)})
    mine.caselaw("store", "init", "--new", "group")
    mine.run("work.Number")
    mine.caselaw("store", "promote", "work.Number", "group")
    lost = sorted((group / "Number").glob("number.*"))[:5]
    for path in lost:
        path.unlink()
    assert len(mine.ask("store", "promote", "work.Number", "group")["copied"]) == 5
    lost[0].write_text("of somebody else")
    for path in (group / "Number" / ".records").iterdir():
        path.unlink()
    assert "something else has the name" in mine.said("store", "promote", "work.Number", "group", code=2)
    assert lost[0].read_text() == "of somebody else"
