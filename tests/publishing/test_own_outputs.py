"""A project's own `output()`: names get fingerprints, run() writes as with plain law, records tell what is today's."""

from __future__ import annotations

import json
import time
from pathlib import Path

import law
import luigi
import pytest
from projects import LAW_CFG, SmallProject
from record_documents import set_clocks

from caselaw.storage.own_targets import at, by_name, name_with, replaced, staged_paths

WORK = '''
import os, subprocess
import caselaw, law, luigi

HERE = os.path.dirname(os.path.abspath(__file__))


class Task(caselaw.Task):
    def local_target(self, *path):
        return law.LocalFileTarget(os.path.join(HERE, "out", *path))

    def ran(self, what=""):
        print("ran", type(self).__name__, what)


class One(Task):
    def output(self):
        return self.local_target("one.json")

    def run(self):
        self.ran()
        value = 1
        self.output().dump({"value": value})


class Many(Task):
    def requires(self):
        return One.req(self)

    def output(self):
        folder = law.LocalDirectoryTarget(os.path.join(HERE, "out", "folder"))
        return {
            "text": self.local_target("many.txt"),
            "list": [self.local_target("deep", "a.npy"), luigi.LocalTarget(os.path.join(HERE, "out", "luigi.txt"))],
            "folder": folder,
            "siblings": law.SiblingFileCollection([self.local_target("siblings", f"{n}.txt") for n in range(3)]),
            "perhaps": law.LocalFileTarget(os.path.join(HERE, "out", "perhaps.txt"), optional=True),
            "archive": self.local_target("many.tar.gz"),
        }

    def run(self):
        self.ran()
        import numpy as np
        out = self.output()
        with out["text"].localize("w") as local:
            local.dump(str(self.input().load()))
        np.save(out["list"][0].path, np.arange(3))
        with out["list"][1].open("w") as file:
            file.write("by luigi")
        out["folder"].touch()
        subprocess.run(["cp", out["text"].path, out["folder"].child("copy.txt", "f").path], check=True)
        for n, target in enumerate(out["siblings"].targets):
            target.dump(str(n))
        out["archive"].touch()
        out["text"].sibling("beside.txt", "f").dump("a log")
        out["text"].parent.child("deep/beside.txt", "f").dump("another")


class Past(Task):
    def output(self):
        return self.local_target("past.txt")

    def run(self):
        self.ran()
        with open(os.path.join(HERE, "out", "past.txt"), "w") as file:
            file.write("written past output()")


class Fixed(Task):
    fixed_names = True

    def output(self):
        return [self.local_target("fixed", "a.txt"), self.local_target("fixed", "b.txt")]

    def run(self):
        self.ran()
        for target in self.output():
            target.dump("fixed 1")


class AfterFixed(Task):
    def requires(self):
        return Fixed.req(self)

    def output(self):
        return self.local_target("after.txt")

    def run(self):
        self.ran()
        self.output().dump(self.input()[0].load())


class Flag(luigi.Target):
    """A target that is no file."""

    path = None

    def exists(self):
        return os.path.exists(os.path.join(HERE, "flag"))


class Flagged(Task):
    def output(self):
        return Flag()

    def run(self):
        self.ran()
        with open(os.path.join(HERE, "flag"), "w") as file:
            file.write("1")


class Lazy(Task):
    def output(self):
        return [self.local_target("lazy.txt"), self.local_target("other.txt")]

    def run(self):
        self.output()[0].dump("half")


class Loop(Task, law.LocalWorkflow):
    def create_branch_map(self):
        return {0: "a", 1: "b"}

    def output(self):
        return self.local_target(f"loop_{self.branch}.txt")

    def run(self):
        self.ran(self.branch)
        self.output().dump(self.branch_data)


class Data(Task, law.ExternalTask):
    def output(self):
        return self.local_target("data.txt")


class FromData(Task):
    def requires(self):
        return Data.req(self)

    def output(self):
        return self.local_target("from_data.txt")

    def run(self):
        self.ran()
        self.output().dump(self.input().load().upper())
'''


@pytest.fixture(scope="module")
def work(tmp_path_factory) -> SmallProject:
    project = SmallProject(tmp_path_factory.mktemp("own"))
    project.write("law.cfg", LAW_CFG.format(modules="work:", settings="workers: 1"))
    project.write("work.py", WORK)
    return project


def made(project: SmallProject, pattern: str) -> list[Path]:
    return sorted((project.root / "out").glob(pattern))


def edit(project: SmallProject, old: str, new: str) -> None:
    text = (project.root / "work.py").read_text()
    assert text.count(old) == 1
    project.write("work.py", text.replace(old, new))


def states(project: SmallProject, task: str) -> dict[str, str]:
    return {row["family"]: row["state"] for row in project.ask("status", task, code=None)["tasks"]}


def ran(printed: str) -> list[str]:
    return [line.removeprefix("ran ").strip() for line in printed.splitlines() if line.startswith("ran ")]


def test_all_ways_of_writing_and_all_shapes(work):
    assert ran(work.run("work.Many")) == ["One", "Many"]
    assert ran(work.run("work.Many")) == []
    (text,) = made(work, "many.*.txt")
    assert text.read_text() == "{'value': 1}"
    fingerprint = text.name.split(".")[1]
    for name in ("deep/a.{}.npy", "luigi.{}.txt", "folder.{}/copy.txt", "siblings/2.{}.txt", "many.{}.tar.gz"):
        assert (work.root / "out" / name.format(fingerprint)).exists()
    assert (work.root / "out" / "beside.txt").read_text() == "a log"
    assert (work.root / "out" / "deep" / "beside.txt").read_text() == "another"
    assert made(work, "perhaps*") == []
    assert {row["state"] for row in work.ask("verify", "work.Many")["outputs"]} == {"ok"}


def test_an_edit_runs_what_it_changes_and_earlier_outputs_stay(work):
    work.run("work.Many")
    edit(work, "value = 1", "value = 2")
    assert states(work, "work.Many") == {"One": "stale", "Many": "stale"}
    assert ran(work.run("work.Many")) == ["One", "Many"]
    assert sorted(path.read_text() for path in made(work, "many.*.txt")) == ["{'value': 1}", "{'value': 2}"]
    edit(work, "value = 2", "value = 1")
    assert ran(work.run("work.Many")) == []
    edit(work, "value = 1", "number = value = 1")
    assert ran(work.run("work.Many")) == ["One"], "what One makes is the same, so Many is adopted"
    assert states(work, "work.Many")["Many"] == "complete"


def test_what_is_written_past_output_is_taken(work):
    assert ran(work.run("work.Past")) == ["Past"]
    assert [path.read_text() for path in made(work, "past.*.txt")] == ["written past output()"]
    assert ran(work.run("work.Past")) == []


def test_fixed_names_are_todays_by_their_record(work):
    assert ran(work.run("work.AfterFixed")) == ["Fixed", "AfterFixed"]
    assert [path.name for path in made(work, "fixed/*")] == ["a.txt", "b.txt"]
    edit(work, '"fixed 1"', '"fixed 2"')
    assert states(work, "work.AfterFixed") == {"Fixed": "stale", "AfterFixed": "stale"}
    assert ran(work.run("work.AfterFixed")) == ["Fixed", "AfterFixed"]
    edit(work, '"fixed 2"', '"fixed 1"')
    assert states(work, "work.Fixed") == {"Fixed": "stale"}, "its file is that of another edit"
    assert ran(work.run("work.Fixed")) == ["Fixed"]
    (work.root / "out" / "fixed" / "a.txt").write_text("by hand")
    assert ran(work.run("work.Fixed")) == ["Fixed"]


def test_targets_that_are_no_files_are_todays_by_a_note(work):
    assert ran(work.run("work.Flagged")) == ["Flagged"]
    assert ran(work.run("work.Flagged")) == []
    edit(work, 'file.write("1")', 'file.write("2")')
    assert ran(work.run("work.Flagged")) == ["Flagged"]
    assert ran(work.run("work.Flagged")) == []


def test_what_was_not_written_is_an_error_and_nothing_is_published(work):
    printed = work.run("work.Lazy", code=None)
    assert "the task finished without writing its product '1'" in printed
    assert made(work, "lazy*") == []


@pytest.mark.parametrize("arguments", [["--workflow", "pool"], ["--workflow", "local"], ["--branch", "1"]])
def test_branches_name_their_outputs(work, arguments):
    for path in made(work, "loop_*"):
        path.unlink()
    assert ran(work.run("work.Loop", *arguments)) == (["Loop 1"] if "--branch" in arguments else ["Loop 0", "Loop 1"])
    assert [path.read_text() for path in made(work, "loop_1.*.txt")] == ["b"]
    assert ran(work.run("work.Loop", *arguments)) == []


def test_external_files_keep_their_names_and_count_by_content(work):
    data = work.write("out/data.txt", "some")
    assert ran(work.run("work.FromData")) == ["FromData"]
    data.write_text("other")
    assert ran(work.run("work.FromData")) == ["FromData"]
    assert sorted(path.read_text() for path in made(work, "from_data.*")) == ["OTHER", "SOME"]


def test_an_output_without_record_that_is_in_the_way_is_kept(work):
    work.run("work.Past")
    (path,) = made(work, "past.*.txt")
    for record in (work.root / "data" / "Past" / ".records").iterdir():
        record.unlink()
    path.write_text("of somebody else")
    assert ran(work.run("work.Past")) == ["Past"]
    assert path.read_text() == "written past output()"
    assert [other.read_text() for other in made(work, "past.unrecorded*")] == ["of somebody else"]


def test_an_output_that_was_edited_by_hand_is_made_again_and_the_edit_is_kept(work):
    """The new text is as long as the old one, and the clock of the computer that made that was an hour ahead."""
    work.run("work.Past")
    set_clocks(work.root / "data" / "Past", time.time() + 3600)
    (path,) = [path for path in made(work, "past.*.txt") if "unrecorded" not in path.name]
    path.write_text("edited by hand".ljust(len("written past output()")))
    assert states(work, "work.Past") != {"Past": "complete"}
    assert ran(work.run("work.Past")) == ["Past"]
    assert path.read_text() == "written past output()"
    assert "edited by hand" in [other.read_text().rstrip() for other in made(work, "past.unrecorded*")]


def test_a_record_says_where_outputs_lie(work):
    work.run("work.Past")
    (path,) = [path for path in made(work, "past.*.txt") if "unrecorded" not in path.name]
    records = [json.loads(p.read_text()) for p in (work.root / "data/Past/.records").glob("[0-9a-f]*.json")]
    assert str(path) in json.dumps(records)


@pytest.mark.parametrize(
    ("name", "folder", "expected"),
    [
        ("events.root", False, "events.F.root"), ("events", False, "events.F"), ("a.tar.gz", False, "a.F.tar.gz"),
        ("pt_1.5.json", False, "pt_1.5.F.json"), (".hidden", False, ".hidden.F"), ("plots", True, "plots.F"),
        ("v1.0", True, "v1.0.F"), ("x.json.gz", False, "x.F.json.gz"),
    ],
)  # fmt: skip
def test_names_with_a_fingerprint(name, folder, expected):
    assert name_with(name, "F", folder) == expected


def test_siblings_lie_beside_each_other_while_run_goes_on():
    paths = ["/o/a/1.txt", "/o/a/b/2.txt", "/o/c/1.txt", "/o/a/3.txt"]
    targets = {path: law.LocalFileTarget(path) for path in paths}
    assert list(staged_paths(targets, "/s").values()) == ["/s/1.txt", "/s/b/2.txt", "/s/.elsewhere-2/1.txt", "/s/3.txt"]


def test_shapes_are_kept():
    one, other = law.LocalFileTarget("/a/1.txt"), luigi.LocalTarget("/a/2.txt")
    shape = {"x": [one, (other,)], "y": law.SiblingFileCollection({"k": law.LocalFileTarget("/a/3.txt")}), "z": None}
    assert list(by_name(shape)) == ["x.0", "x.1.0", "y.k"]
    found = replaced(shape, lambda target: at(target, f"{target.path}.bak") if target is not other else target)
    assert found["x"][0].path == "/a/1.txt.bak" and found["x"][1] == (other,) and found["z"] is None
    assert isinstance(found["y"], law.SiblingFileCollection) and found["y"].targets["k"].path == "/a/3.txt.bak"
    assert one.path == "/a/1.txt"
    assert by_name(one) == {"output": one} and by_name(None) == {}
    assert replaced(iter([other]), lambda target: target) == [other]
