"""Outputs that no record explains: they are told, made again, and what was there is never lost."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from record_documents import rewrite

from caselaw.storage.location import OUTPUT

WORK = """
    import os
    from pathlib import Path
    import caselaw, luigi

    class Make(caselaw.Workflow):
        products = {"number": "txt", "folder": "/"}
        def upstream(self):
            return caselaw.over(range(3))
        def run(self):
            open("ran", "a").write(f"Make {self.branch_value}\\n")
            with self.publish() as out:
                text = str(self.branch_value) + os.environ.get("SALT", "")
                out["number"].write_text(text)
                (out["folder"] / "one.txt").write_text(text)

    class Total(caselaw.Task):
        products = {"total": "txt"}
        def upstream(self):
            return {"made": caselaw.whole(Make())}
        def run(self):
            open("ran", "a").write("Total\\n")
            with self.publish() as out:
                out["total"].write_text(" ".join(Path(each["number"]).read_text() for each in self.input()["made"]))
"""


@pytest.fixture
def made(project):
    """The project after its first run."""
    project.write("work.py", WORK)
    project.run("work.Total")
    project.ran()
    return project


def forget(project, family: str = "*") -> None:
    for folder in list((project.root / "data").glob(f"{family}/**/.records")):
        shutil.rmtree(folder)


def states(project, *arguments: str, code: int = 1) -> dict[str, str]:
    return {row["family"]: row["state"] for row in project.ask("status", "work.Total", *arguments, code=code)["tasks"]}


def contents(project) -> dict[str, str]:
    return {path: (project.root / "data" / path).read_text() for path in project.made("*")}


def test_lost_records_are_told_and_equal_outputs_stay_where_they_are(made):
    before = {path: (made.root / "data" / path).stat().st_ino for path in made.made("*")}
    forget(made)
    assert states(made) == {"Make": "unrecorded", "Total": "unrecorded"}
    told = " ".join(made.caselaw("status", "work.Total", code=1).split())
    assert "no record says what made it" in told and "--trust-unrecorded" in told
    made.run("work.Total")
    assert made.ran() == ["Make 0", "Make 1", "Make 2", "Total"]
    assert {path: (made.root / "data" / path).stat().st_ino for path in made.made("*")} == before
    assert states(made, code=0) == {"Make": "complete", "Total": "complete"}
    made.caselaw("verify", "work.Total")


def test_trusted_outputs_are_complete_also_upstream(made):
    forget(made)
    assert states(made, "--trust-unrecorded", code=0) == {"Make": "complete", "Total": "complete"}
    made.run("work.Total", "--trust-unrecorded")
    for path in made.made("Total"):
        (made.root / "data" / path).unlink()
    made.run("work.Total", "--trust-unrecorded")
    assert made.ran() == ["Total"]
    assert states(made, "--trust-unrecorded", code=0) == {"Make": "complete", "Total": "complete"}
    assert states(made) == {"Make": "unrecorded", "Total": "complete"}


@pytest.mark.parametrize("way", ["pool", "local"])
def test_another_file_under_the_name_is_kept_aside(made, way):
    before = contents(made)
    forget(made, "Make")
    printed = made.run("work.Make", "--workflow", way, SALT="!")
    assert made.ran() == ["Make 0", "Make 1", "Make 2"]
    after = contents(made)
    assert {path: after[path] for path in before if "Make" in path} == {
        path: f"{text}!" for path, text in before.items() if "Make" in path
    }
    aside = {path: text for path, text in after.items() if path not in before}
    assert sorted(aside.values()) == sorted(text for path, text in before.items() if "Make" in path)
    assert all(".unrecorded-" in path and not any(map(OUTPUT.search, path.split("/"))) for path in aside)
    assert printed.count("an output without a record was in the way of a new one; it is kept as ") == 6
    made.caselaw("verify", "work.Make")
    made.caselaw("gc", "--days", "0", "--delete", "--yes", "--campaign", "none", code=None)
    assert aside.keys() <= contents(made).keys()


def replaced_by(kind: str, path: Path) -> None:
    """Another thing under the name of a file."""
    path.unlink()
    if kind == "folder":
        (path / "inside").mkdir(parents=True)
        (path / "inside" / "file").write_text("mine")
    elif kind == "link":
        path.symlink_to(path.with_name("elsewhere"))
        path.with_name("elsewhere").write_text("mine")
    elif kind == "dangling link":
        path.symlink_to("nowhere")
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.write_text("")


@pytest.mark.parametrize("kind", ["folder", "link", "dangling link", "pipe", "empty file"])
def test_whatever_lies_under_the_name_is_kept_aside(made, kind):
    (path,) = [made.root / "data" / path for path in made.made("Total")]
    forget(made, "Total")
    replaced_by(kind, path)
    assert states(made) == {"Make": "complete", "Total": "unrecorded"}
    made.run("work.Total")
    assert path.read_text() == "0 1 2" and path.is_file() and not path.is_symlink()
    (aside,) = path.parent.glob("total.unrecorded-*")
    assert {"folder": aside.is_dir(), "pipe": aside.is_fifo(), "empty file": aside.is_file()}.get(
        kind, aside.is_symlink()
    )


def test_an_adopted_output_puts_nothing_away(made):
    """An equal output of an earlier fingerprint gets a name under which something else lies."""
    source = made.root / "work.py"
    source.write_text(source.read_text().replace("str(self.branch_value) +", "f'{self.branch_value}' +"))
    row = made.ask("status", "work.Total", code=1)["tasks"][1]
    assert row["family"] == "Total" and row["state"] == "stale"
    Path(row["outputs"][0]).write_text("mine")
    made.run("work.Total")
    assert made.ran() == ["Make 0", "Make 1", "Make 2"]
    assert Path(row["outputs"][0]).read_text() == "0 1 2"
    (aside,) = Path(row["outputs"][0]).parent.glob("total.unrecorded-*")
    assert aside.read_text() == "mine"


def test_ls_and_export_tell_it(made):
    forget(made, "Make")
    rows = made.ask("ls", "work.Make")["outputs"]
    assert {(row["exists"], row["recorded"]) for row in rows} == {(True, False)}
    assert "unrecorded" in made.caselaw("ls", "work.Make")
    made.caselaw("export", "work.Make", "out", code=2)
    assert not (made.root / "out").exists()
    made.caselaw("export", "work.Make", "--trust-unrecorded", "out")
    assert len(list((made.root / "out").iterdir())) == 6


def test_records_of_another_schema_are_records(made):
    """A later or earlier caselaw has made these: this one cannot read how, and makes nothing again."""
    for path in list((made.root / "data").rglob(".records/[!b]*.json")):
        rewrite(path, {**json.loads(path.read_text()), "schema": 99})
    assert states(made, code=0) == {"Make": "complete", "Total": "complete"}
    made.run("work.Total")
    assert made.ran() == []


def test_a_colleague_needs_only_the_store(made, tmp_path_factory):
    folder = tmp_path_factory.mktemp("colleague")
    other = type(made)(folder)
    for name in ("work.py", "law.cfg"):
        other.write(name, (made.root / name).read_text())
    (folder / "data").symlink_to(made.root / "data")
    other.run("work.Total")
    assert other.ran() == []
    assert states(other, code=0) == {"Make": "complete", "Total": "complete"}


def test_one_branch_without_record_runs_alone(made):
    (document,) = [
        path for path in (made.root / "data" / "Make").rglob(".records/*.json") if not path.name.startswith("basis.")
    ]
    content = json.loads(document.read_text())
    rewrite(document, {**content, "records": content["records"][1:]})
    rows = made.ask("status", "work.Make", "--branches", code=1)["tasks"]
    assert sorted(row["state"] for row in rows) == ["complete", "complete", "unrecorded"]
    (number,) = [row["branch"] for row in rows if row["state"] == "unrecorded"]
    made.run("work.Make", "--branch", str(number))
    assert made.ran() == [f"Make {number}"]
    made.run("work.Make")
    assert made.ran() == []
