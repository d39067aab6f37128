"""Adoption from other folders of a family: of another campaign, or of parameters in another order."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

CAMPAIGN = "selection: {cut: 3}\nother: {title: run}\n"

WORK = """
    import os
    from pathlib import Path
    import caselaw, luigi

    def count(family, branch):
        with open(os.environ["RUNS"], "a") as file:
            file.write(f"{family} {branch}\\n")

    class Make(caselaw.Workflow):
        width = luigi.IntParameter(default=1)
        height = luigi.FloatParameter(default=2.0)
        products = {"number": "txt"}
        config_keys = ("selection",)
        def upstream(self):
            return caselaw.over({"a", "b", "c"})
        def run(self):
            count("Make", self.branch_value)
            with self.publish() as out:
                out["number"].write_text(self.branch_value * self.config["selection.cut"])

    class Sum(caselaw.Task):
        products = {"sum": "txt", "tree": "/"}
        config_keys = ("selection",)
        def upstream(self):
            return {"numbers": caselaw.whole(Make.req(self))}
        def run(self):
            count("Sum", 0)
            with self.publish() as out:
                out["sum"].write_text("+".join(Path(n).read_text() for n in self.input()["numbers"]))
                (out["tree"] / "leaf").write_text("green")

    class Titled(caselaw.Task):
        products = {"title": "txt"}
        config_keys = ("selection",)
        def upstream(self):
            return {"sum": caselaw.whole(Sum.req(self))}
        def run(self):
            count("Titled", 0)
            with self.publish() as out:
                out["title"].write_text(self.campaign)
"""


class Campaigns:
    """A project with a campaign `first`, and how often each family ran."""

    def __init__(self, project) -> None:
        self.project, self.log = project, project.root / "runs.log"
        project.write("work.py", WORK)
        project.write("configs/first.yaml", CAMPAIGN)

    def run(self, task: str, *arguments: str) -> Counter[str]:
        self.log.unlink(missing_ok=True)
        self.printed = self.project.run(f"work.{task}", *arguments, RUNS=str(self.log))
        return (
            Counter(line.split()[0] for line in self.log.read_text().splitlines()) if self.log.exists() else Counter()
        )

    def states(self, task: str, *arguments: str) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        rows = self.project.ask("status", f"work.{task}", *arguments, "--branches", code=None)["tasks"]
        for row in rows:
            found.setdefault(row["family"], set()).add(row["state"])
        return found

    def made(self, family: str) -> dict[str, Path]:
        """Path below the store → file."""
        return {name: self.project.root / "data" / name for name in self.project.made(family)}

    def replace(self, old: str, new: str) -> None:
        path = self.project.root / "work.py"
        text = path.read_text()
        assert text.count(old) == 1
        path.write_text(text.replace(old, new))


@pytest.fixture
def campaigns(project) -> Campaigns:
    return Campaigns(project)


def test_a_campaign_copied_under_another_name_is_adopted(campaigns: Campaigns):
    first = ("--campaign", "first")
    copied = ("--campaign", "copied")
    assert campaigns.run("Titled", *first) == {"Make": 3, "Sum": 1, "Titled": 1}
    inodes = {path.stat().st_ino for family in ("Make", "Sum") for path in campaigns.made(family).values()}
    campaigns.project.write("configs/copied.yaml", "# a copy\n" + CAMPAIGN.replace("title: run", "title: another"))
    assert campaigns.states("Sum", *copied) == {"Make": {"adoptable"}, "Sum": {"adoptable"}}
    assert campaigns.run("Sum", *copied) == {}
    assert campaigns.states("Sum", *copied) == {"Make": {"complete"}, "Sum": {"complete"}}
    made = {**campaigns.made("Make"), **campaigns.made("Sum")}
    assert {path.stat().st_ino for path in made.values()} == inodes, "second names of the same files"
    assert {Path(name).name for name in made if "/copied/" in name} == {
        Path(name).name for name in made if "/first/" in name
    }
    assert campaigns.project.ask("verify", "work.Sum", *copied, code=0)["outputs"]
    # What writes the name of its campaign is another thing for another campaign.
    assert campaigns.states("Titled", *copied)["Titled"] == {"missing"}
    assert campaigns.run("Titled", *copied) == {"Titled": 1}
    assert {path.read_text() for path in campaigns.made("Titled").values()} == {"first", "copied"}
    assert campaigns.run("Titled", *copied) == {}


def test_a_campaign_with_another_value_is_not_adopted(campaigns: Campaigns):
    campaigns.run("Sum", "--campaign", "first")
    campaigns.project.write("configs/other.yaml", CAMPAIGN.replace("3", "4"))
    assert campaigns.states("Sum", "--campaign", "other") == {"Make": {"missing"}, "Sum": {"missing"}}
    assert campaigns.run("Sum", "--campaign", "other") == {"Make": 3, "Sum": 1}


def test_an_output_of_another_campaign_that_was_tampered_with_is_made_again(campaigns: Campaigns):
    campaigns.run("Sum", "--campaign", "first")
    for path in campaigns.made("Sum").values():
        path.write_text("tampered")
    campaigns.project.write("configs/copied.yaml", CAMPAIGN)
    assert campaigns.run("Sum", "--campaign", "copied") == {"Sum": 1}
    assert "its content is not what its record says" in campaigns.printed
    texts = {name: path.read_text() for name, path in campaigns.made("Sum").items() if "/copied/sum." in name}
    assert set(texts.values()) == {"aaa+bbb+ccc"}


def test_outputs_of_several_campaigns_are_taken_branch_by_branch(campaigns: Campaigns):
    campaigns.run("Make", "--campaign", "first", "--branch", "0")
    for name in ("copied", "third"):
        campaigns.project.write(f"configs/{name}.yaml", CAMPAIGN)
    assert campaigns.run("Make", "--campaign", "copied", "--branches", "1:2") == {"Make": 1}
    assert campaigns.run("Make", "--campaign", "third") == {"Make": 1}
    assert campaigns.states("Make", "--campaign", "third") == {"Make": {"complete"}}


def test_two_parameters_declared_in_another_order_move_nothing(campaigns: Campaigns):
    assert campaigns.run("Make", "--campaign", "first") == {"Make": 3}
    width, height = "width = luigi.IntParameter(default=1)", "height = luigi.FloatParameter(default=2.0)"
    made = campaigns.made("Make").keys()
    assert {Path(name).parent.name for name in made} == {"height_2.0__width_1"}
    campaigns.replace(width, "here")
    campaigns.replace(height, width)
    campaigns.replace("here", height)
    assert campaigns.states("Make", "--campaign", "first") == {"Make": {"complete"}}
    assert campaigns.run("Make", "--campaign", "first") == {}
    assert campaigns.made("Make").keys() == made


def test_outputs_in_a_folder_of_the_order_of_declarations_are_adopted(campaigns: Campaigns):
    """Stores of earlier versions have such folders."""
    campaigns.run("Make", "--campaign", "first")
    (folder,) = {path.parent for path in campaigns.made("Make").values()}
    folder.rename(folder.parent / "width_1__height_2.0")
    assert campaigns.states("Make", "--campaign", "first") == {"Make": {"adoptable"}}
    assert campaigns.run("Make", "--campaign", "first") == {}
    assert campaigns.states("Make", "--campaign", "first") == {"Make": {"complete"}}
