"""`caselaw adopt`: outputs that plain law made count as today's once a user vouches for them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from projects import LAW_CFG, SmallProject

PLAIN, CONVERTED = "law.Task, law.LocalWorkflow", "caselaw.Task, caselaw.Workflow"

WORK = f"""
    import os
    import law, luigi
    import caselaw

    Base, Flow = {PLAIN}

    def note(task):
        with open(os.environ["RUNS"], "a") as file:
            file.write(f"{{type(task).__name__}} {{getattr(task, 'branch', '')}}\\n")

    def local(*names):
        return os.path.join(os.environ["OUT"], *names)

    class Events(Flow):
        scale = luigi.IntParameter(default=1)
        def create_branch_map(self):
            return {{10: "a", 20: "b", 30: "c"}}
        def output(self):
            return law.LocalFileTarget(local("events", f"events_{{self.branch}}.json"))
        def run(self):
            note(self)
            self.output().dump({{"name": self.branch_data, "n": self.branch * self.scale}})

    class Pages(Base):
        task_namespace = "ns"
        def requires(self):
            return Events.req(self)
        def output(self):
            return {{
                "pages": law.SiblingFileCollection([law.LocalFileTarget(local("pages", f"{{n}}.txt")) for n in "xy"]),
                "plots": law.LocalDirectoryTarget(local("plots")),
                "notes": law.LocalFileTarget(local("notes.txt"), optional=True),
            }}
        def run(self):
            note(self)
            for page in self.output()["pages"].targets:
                page.dump("page", formatter="text")
            self.output()["plots"].touch()
            self.output()["plots"].child("deep/a.txt", type="f").dump("plot", formatter="text")

    class Summary(Base):
        fixed_names = True
        def requires(self):
            return [Events.req(self), Pages.req(self)]
        def output(self):
            return law.LocalFileTarget(local("summary.json"))
        def run(self):
            note(self)
            events = self.input()[0]["collection"].targets.values()
            self.output().dump({{"n": sum(target.load()["n"] for target in events)}})
"""


class Story:
    """The project, and what has run since the last question."""

    def __init__(self, root: Path) -> None:
        self.project, self.root = SmallProject(root), root
        self.log, self.out = root / "runs.log", root / "out"
        self.project.write("law.cfg", LAW_CFG.format(modules="work", settings="workers: 1"))
        self.work = self.project.write("work.py", WORK)
        self.around = {"RUNS": str(self.log), "OUT": str(self.out)}

    def convert(self) -> None:
        self.edit(PLAIN, CONVERTED)

    def edit(self, old: str, new: str) -> None:
        text = self.work.read_text()
        assert old in text
        self.work.write_text(text.replace(old, new))

    def run(self, *arguments: str) -> list[str]:
        self.log.unlink(missing_ok=True)
        self.project.run(*arguments, **self.around)
        return sorted(self.log.read_text().splitlines()) if self.log.exists() else []

    def ask(self, *arguments: str, code: int | None = 0) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.tell(*arguments, "--json", code=code))
        return answer

    def tell(self, *arguments: str, code: int | None = 0) -> str:
        return self.project.caselaw(*arguments, code=code, **self.around)

    def files(self) -> dict[str, int]:
        return {str(p.relative_to(self.out)): p.stat().st_ino for p in self.out.rglob("*") if p.is_file()}

    def made(self, family: str, code: int = 0) -> dict[str, Any]:
        """The row of a family in `caselaw status`."""
        rows = self.ask("status", "work.Summary", code=code)["tasks"]
        return next(row for row in rows if row["family"] == family)


WHY = "made by the tag v3, unchanged since"


class Adopted:
    """A chain that plain law has made, before and after somebody vouches for it."""

    def __init__(self, root: Path) -> None:
        self.story = story = Story(root)
        self.plain_runs = story.run("work.Summary")
        self.plain_files = story.files()
        story.convert()
        self.hint = story.tell("status", "work.Summary", code=1)
        self.dry = story.ask("adopt", "work.Summary", "--upstream")
        self.after_dry = story.files()
        self.recorded_after_dry = list((root / "data").rglob("*.json"))
        self.taken = story.ask("adopt", "work.Summary", "--upstream", "--vouch", WHY, "--by", "A. Physicist")
        self.files = story.files()


@pytest.fixture(scope="module")
def adopted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Adopted]:
    yield Adopted(tmp_path_factory.mktemp("adopted"))


def states(answer: dict[str, Any]) -> dict[str, dict[str, int]]:
    return {task["family"]: task["states"] for task in answer["tasks"]}


def test_a_dry_run_says_what_would_be_taken_and_changes_nothing(adopted: Adopted):
    assert adopted.plain_runs == ["Events 10", "Events 20", "Events 30", "Pages ", "Summary "]
    assert "5 outputs of plain law could be adopted: caselaw adopt work.Summary --upstream" in adopted.hint
    assert states(adopted.dry) == {"Events": {"ready": 3}, "ns.Pages": {"ready": 1}, "Summary": {"ready": 1}}
    assert adopted.after_dry == adopted.plain_files
    assert adopted.recorded_after_dry == []


def test_files_get_a_second_name_and_folders_a_tree_of_links(adopted: Adopted):
    assert states(adopted.taken) == {"Events": {"vouched": 3}, "ns.Pages": {"vouched": 1}, "Summary": {"vouched": 1}}
    assert adopted.plain_files.items() <= adopted.files.items(), "the plain names stay"
    new = {name: inode for name, inode in adopted.files.items() if name not in adopted.plain_files}
    assert sorted(new.values()) == sorted(
        inode for name, inode in adopted.plain_files.items() if name != "summary.json"
    ), "no byte is copied, and fixed names stay as they are"


def test_what_was_vouched_for_is_complete_and_every_question_says_so(adopted: Adopted):
    story = adopted.story
    assert story.run("work.Summary") == story.run("work.Events") == []
    assert (story.made("Events")["state"], story.made("Events")["vouched"]) == ("complete", 3)
    assert story.made("Summary")["vouched"] is True
    rows = story.ask("ls", "work.Events")["outputs"]
    assert [(row["branch"], row["vouched"]["by"], row["vouched"]["why"]) for row in rows] == [
        (number, "A. Physicist", WHY) for number in (10, 20, 30)
    ]
    assert f"vouched by A. Physicist, {rows[0]['vouched']['when']}: {WHY}" in story.tell("ls", "work.Events")
    verified = story.ask("verify", "work.Summary")["outputs"]
    assert {(one["state"], one["vouched"]) for one in verified} == {("ok", True)}
    assert story.ask("why", "work.Summary")["vouched"]["by"] == "A. Physicist"
    assert story.ask("adopt", "work.Summary", "--upstream")["tasks"][0]["states"] == {"complete": 3}


def test_records_hold_digests_inputs_and_both_names(adopted: Adopted):
    documents = [
        json.loads(path.read_text())
        for path in (adopted.story.root / "data").rglob(".records/*.json")
        if not path.name.startswith("basis.")
    ]
    records = [{**content["shared"], **record} for content in documents for record in content["records"]]
    assert len(records) == 5
    assert {record["vouched"]["why"] for record in records} == {WHY}
    assert all(output["sha256"] and output["was"] for record in records for output in record["outputs"].values())
    assert all(record["content"] for record in records), "early cutoff behind what was vouched for works"


def test_an_edit_makes_it_stale_and_only_that_runs(adopted: Adopted):
    story = adopted.story
    story.edit("self.branch * self.scale", "2 * self.branch * self.scale")
    assert story.made("Events", code=1)["branches"] == {"stale": 3}
    assert "plain" not in story.made("Events", code=1), "made by other code: nobody is told to adopt it"
    again = story.ask("adopt", "work.Summary", "--upstream", "--vouch", WHY, code=1)
    assert states(again)["Events"] == {"stale": 3}
    assert "vouched" not in states(again)["Summary"]
    why = story.ask("why", "work.Events")
    assert (why["vouched"]["by"], [change["kind"] for change in why["changes"]]) == ("A. Physicist", ["code"])
    assert story.run("work.Summary") == adopted.plain_runs
    assert json.loads((story.out / "summary.json").read_text()) == {"n": 120}
    assert json.loads((story.out / "events" / "events_10.json").read_text())["n"] == 10, "plain law's stays"
    assert "vouched" not in story.made("Events")


FEW = f"""
    import os
    import law, luigi
    import caselaw

    Base, Flow = {CONVERTED}

    class Odd(Flow):
        version = luigi.IntParameter(default=1)
        def create_branch_map(self):
            return dict(enumerate(("good", "empty", "cut", "link", "folder", "taken", "gone", "late", "late")))
        def output(self):
            return law.LocalFileTarget(os.path.join(os.environ["OUT"], f"{{self.branch_data}}.json"))
        def run(self):
            with open(os.environ["RUNS"], "a") as file:
                file.write(f"Odd {{self.branch_data}}\\n")
            self.output().dump([])

    class After(Base):
        def requires(self):
            return Odd.req(self)
        def output(self):
            return law.LocalFileTarget(os.path.join(os.environ["OUT"], "after.json"))
        def run(self):
            self.output().dump([])
"""


def odd(root: Path) -> Story:
    """A project in whose folder of outputs not all is as it should be."""
    story = Story(root)
    story.project.write("work.py", FEW)
    story.out.mkdir()
    for name in ("good", "taken", "late", "after"):
        (story.out / f"{name}.json").write_text("[1, 2]")
    (story.out / "empty.json").touch()
    (story.out / "cut.json").write_text("[1, ")
    (story.out / "link.json").symlink_to(story.out / "good.json")
    (story.out / "folder.json").mkdir()
    paths = story.ask("ls", "work.Odd")["outputs"]
    Path(paths[5]["path"]).write_text("something else")
    return story


def test_what_is_not_whole_is_told_and_not_taken(tmp_path: Path):
    story = odd(tmp_path)
    dry = story.ask("adopt", "work.Odd", code=1)
    assert states(dry) == {"Odd": {"ready": 2, "empty": 1, "refused": 5, "missing": 1}}
    assert states(story.ask("adopt", "work.After", "--upstream", code=1))["After"] == {"without inputs": 1}
    taken = story.ask("adopt", "work.Odd", "--branches", "0:3", "--vouch", WHY, code=1)
    assert states(taken) == {"Odd": {"vouched": 1, "empty": 1, "refused": 1}}
    reasons = {row["branch"]: row["reason"] for row in taken["tasks"][0]["outputs"]}
    assert "cut.json: it is no JSON" in reasons[2]
    assert "empty.json holds nothing" in reasons[1]
    moved = story.ask("adopt", "work.Odd", "--empty", "--vouch", WHY, "--move", code=1)
    reasons = {row["branch"]: row["reason"] for row in moved["tasks"][0]["outputs"]}
    assert reasons[3].endswith("link.json is a symbolic link, and output() says a file")
    assert reasons[4].endswith("folder.json is a folder, and output() says a file")
    assert reasons[5].startswith("there is something else under the name of today")
    assert all(reasons[number].startswith("several branches or tasks have the same output") for number in (7, 8))
    assert not (story.out / "empty.json").exists(), "--move: the plain name goes"
    rows = story.ask("ls", "work.Odd")["outputs"]
    assert {row["branch"] for row in rows if "vouched" in row} == {0, 1}
    assert rows[1]["vouched"]["by"].count("@") == 1
    other = story.ask("adopt", "work.Odd", "--branches", "0:1", "--version", "2", code=1)
    assert states(other) == {"Odd": {"stale": 1}}, "a parameter that is not in the name: the file is another task's"
    assert "of other parameters or other code" in other["tasks"][0]["outputs"][0]["reason"]

    good = story.out / "good.json"
    good.write_text("[3]")  # as plain law does: the file of both names changes
    assert story.ask("status", "work.Odd", "--branch", "0", "--branches", code=1)["tasks"][0]["state"] == "stale"
    assert states(story.ask("adopt", "work.Odd", "--branches", "0:1", code=1)) == {"Odd": {"stale": 1}}
    assert story.run("work.Odd", "--branch", "0") == ["Odd good"]
    assert good.read_text() == "[3]", "what is made anew has bytes of its own"
    assert story.run("work.Odd", "--branch", "1") == []


def test_what_nobody_read_counts_by_size_and_time(tmp_path: Path):
    story = odd(tmp_path)
    taken = story.ask("adopt", "work.Odd", "--branches", "0:1,2:3", "--quick", "--copy", "--vouch", "too large", code=0)
    assert states(taken) == {"Odd": {"vouched": 2}}
    verified = story.ask("verify", "work.Odd", "--branches", "0:1", "--only")["outputs"]
    assert [(one["state"], one["vouched"]) for one in verified] == [("unread", True)]
    copy = Path(story.ask("ls", "work.Odd")["outputs"][0]["path"])
    assert copy.stat().st_ino != (story.out / "good.json").stat().st_ino
    copy.write_text("[9, 9]")
    assert story.ask("status", "work.Odd", "--branch", "0", code=1)["tasks"][0]["state"] == "stale"


def test_a_task_without_outputs_of_its_own_has_nothing_to_vouch_for(chain):
    with pytest.raises(AssertionError, match="there is nothing to vouch for"):
        chain.project.caselaw("adopt", "work.Total")
