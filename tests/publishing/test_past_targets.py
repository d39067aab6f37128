"""What `run()` reads past targets, by plain names and by listing folders, is right or an error: never out of date."""

from __future__ import annotations

import shutil

import pytest
from projects import LAW_CFG, SmallProject

WORK = """
import glob, os, subprocess
from pathlib import Path
import caselaw, law, luigi

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "out")


class Base(caselaw.Task):
    def output(self):
        return law.LocalFileTarget(os.path.join(OUT, type(self).__name__ + ".txt"))


class Made(Base, law.LocalWorkflow):
    def create_branch_map(self):
        return {0: "a", 1: "b"}

    def output(self):
        return law.LocalFileTarget(os.path.join(OUT, "made", f"{self.branch_data}.txt"))

    def run(self):
        self.output().dump(self.branch_data + " 1", formatter="text")


class Below(Base):
    def requires(self):
        return Made.req(self)

    def run(self):
        self.output().dump(self.read(), formatter="text")


class ByName(Below):
    def read(self):
        return Path(OUT, "made", "a.txt").read_text()


class ByCommand(Below):
    def read(self):
        return subprocess.check_output(["cat", os.path.join(OUT, "made", "a.txt")], text=True)


class ByGlob(Below):
    def read(self):
        return ", ".join(sorted(Path(path).read_text() for path in glob.glob(os.path.join(OUT, "made", "*.txt"))))


class ByTarget(Below):
    def read(self):
        folder = self.input()["collection"].targets[0].parent
        return ", ".join(sorted(folder.child(name, type="f").load(formatter="text") for name in folder.listdir()))


class ByShell(Below):
    def read(self):
        return subprocess.check_output(f"cat {OUT}/made/*.txt", shell=True, text=True)


class ByInput(Below):
    def read(self):
        Path(OUT, "notes.txt").write_text("a file of no task")
        assert os.listdir(OUT) and Path(OUT, "notes.txt").read_text()
        return ", ".join(target.load(formatter="text") for target in self.input()["collection"].targets.values())


class Fixed(Base):
    fixed_names = True

    def run(self):
        self.output().dump("fixed 1", formatter="text")


class ByFixedName(Below):
    def requires(self):
        return Fixed.req(self)

    def read(self):
        return Path(OUT, "Fixed.txt").read_text()
"""
BY_PLAIN_NAME, BY_LISTING = ("ByName", "ByCommand"), ("ByGlob", "ByTarget", "ByShell")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    project = SmallProject(tmp_path_factory.mktemp("past"))
    project.write("law.cfg", LAW_CFG.format(modules="work", settings="workers: 1"))
    return project


@pytest.fixture(autouse=True)
def beginning(project):
    shutil.rmtree(project.root / "out", ignore_errors=True)
    project.write("work.py", WORK)


def result(project, name):
    newest = max((project.root / "out").glob(f"{name}.*.txt"), key=lambda path: path.stat().st_mtime_ns)
    return newest.read_text()


@pytest.mark.parametrize("name", BY_PLAIN_NAME)
def test_what_plain_law_made_under_the_plain_name_is_not_read(project, name):
    project.write("out/made/a.txt", "what plain law made")
    printed = project.run(f"work.{name}", code=None)
    assert "by its plain name, and its task calls it a." in printed
    assert "fixed_names" in printed
    assert not list((project.root / "out").glob(f"{name}.*"))


@pytest.mark.parametrize("name", BY_LISTING)
def test_a_folder_with_versions_of_one_file_is_not_listed(project, name):
    project.run(f"work.{name}")
    assert result(project, name).replace(", ", "") in ("a 1b 1", "b 1a 1")

    project.write("work.py", WORK.replace('" 1"', '" 2"'))
    assert "lists a folder that holds versions of one file: a." in project.run(f"work.{name}", code=None)
    assert len(list((project.root / "out").glob(f"{name}.*"))) == 1


def test_inputs_and_files_of_no_task_are_read_as_before(project):
    for number in "12":
        project.write("work.py", WORK.replace('" 1"', f'" {number}"'))
        project.run("work.ByInput")
        assert result(project, "ByInput") == f"a {number}, b {number}"


def test_names_that_stay_are_read_as_they_are(project):
    project.write(f"out/Fixed.{'0' * 20}.txt", "from before its name was to stay")
    for number in "12":
        project.write("work.py", WORK.replace('"fixed 1"', f'"fixed {number}"'))
        project.run("work.ByFixedName")
        assert result(project, "ByFixedName") == f"fixed {number}"
