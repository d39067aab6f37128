"""Options of law.cfg and of luigi's configuration that a task reads count by their values, however it reads them."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from projects import LAW_CFG, SmallProject

READERS = {
    "function": 'law.config.get("analysis", "cut")',
    "keywords": 'law.config.get_default(section="analysis", option="cut", default="1")',
    "alias": 'read("analysis", "cut")',
    "module": 'c.get_expanded_float("analysis", "cut")',
    "instance": 'law.config.Config.instance().get("analysis", "cut")',
    "kept": "kept()",
    "in_a_name": 'CONFIGURATION.get("analysis", "cut")',
    "in_a_module": "helpers.CUT",
    "computed_option": 'law.config.get("analysis", "c" + "ut")',
    "computed_section": 'law.config.get("ana" + "lysis", "cut")',
    "handed_on": "helpers.take(law.config)",
    "first_of": 'law.config.get("analysis", law.config.find_option("analysis", "cuts", "cut"))',
    "luigi": 'luigi.configuration.get_config().get("analysis", "cut", "none")',
    "luigi_alias": 'get_config().getfloat("analysis", "cut", 1.0)',
    "settings": "Settings().cut",
    "settings_of_base": "helpers.More().cut",
}
NONE = {"another_option": 'law.config.get("analysis", "other")', "nothing": "1"}

WORK = """
import law, luigi, caselaw, helpers
import law.config as c
from law.config import get as read
from luigi.configuration import get_config

CONFIGURATION = law.config.Config.instance()

def kept():
    configuration = law.config
    return configuration.get("analysis", "cut")

class Settings(luigi.Config):
    cut = luigi.FloatParameter(default=2.0)

class Base(caselaw.Task):
    products = {"x": "txt"}
"""
TASK = """
class Task_%s(Base):
    def run(self):
        with self.publish() as out:
            out["x"].write_text(str(%s))
"""
HELPERS = """
import law, luigi

CUT = law.config.get("analysis", "cut")

def take(config):
    return config.get("analysis", "cut")

class Common(luigi.Config):
    cut = luigi.FloatParameter(default=2.0)

class More(Common):
    task_namespace = ""
"""
ASK = """
import json, work
print(json.dumps({name[5:]: vars(work)[name]().fingerprint for name in vars(work) if name.startswith("Task_")}))
"""
SECTIONS = "workers: 2\n[analysis]\ncut: {cut}\nother: 1\n[Settings]\ncut: {cut}\n[More]\ncut: {cut}\n"


@pytest.fixture
def readers(project: SmallProject) -> SmallProject:
    ways = {**READERS, **NONE}
    project.write("work.py", WORK + "".join(TASK % way for way in ways.items()))
    project.write("helpers.py", HELPERS)
    set_cut(project, 1.5)
    return project


def set_cut(project: SmallProject, cut: float) -> None:
    project.write("law.cfg", LAW_CFG.format(modules="work:", settings=SECTIONS.format(cut=cut)))
    project.write("luigi.cfg", f"[analysis]\ncut: {cut}\n[Settings]\ncut: {cut}\n[More]\ncut: {cut}\n")


def fingerprints(project: SmallProject, **extra: str) -> dict[str, str]:
    command = [sys.executable, "-W", "ignore", "-c", ASK]
    done = subprocess.run(
        command, cwd=project.root, env=project.environment(**extra), check=True, stdout=subprocess.PIPE, timeout=60
    )
    found: dict[str, str] = json.loads(done.stdout)
    return found


def test_another_value_is_another_fingerprint_however_it_is_read(readers: SmallProject) -> None:
    before = fingerprints(readers)
    assert fingerprints(readers) == before
    set_cut(readers, 2.5)
    after = fingerprints(readers)
    assert {name for name in before if before[name] != after[name]} == set(READERS)


def test_an_option_set_by_a_variable_counts_by_its_value(readers: SmallProject) -> None:
    before = fingerprints(readers)
    after = fingerprints(readers, LAW__analysis__cut="2.5")
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {name for name in READERS if "luigi" not in name and "settings" not in name}
    set_cut(readers, 2.5)
    same = fingerprints(readers)
    by_name = changed - {"instance", "computed_section", "in_a_name", "kept", "handed_on"}  # these see [Settings], too
    assert {name: same[name] for name in by_name} == {name: after[name] for name in by_name}


def test_variables_in_an_option_count_where_they_are_filled_in(project: SmallProject) -> None:
    ways = {"plain": 'law.config.get("a", "where")', "expanded": 'law.config.get_expanded("a", "where")'}
    project.write("work.py", "import caselaw, law\nclass Base(caselaw.Task):\n    products = {'x': 'txt'}\n"
                  + "".join(TASK % way for way in ways.items()))  # fmt: skip
    project.write("law.cfg", LAW_CFG.format(modules="work:", settings="[a]\nwhere: $PLACE/x"))
    first, second = fingerprints(project, PLACE="/one"), fingerprints(project, PLACE="/two")
    assert first["plain"] == second["plain"] and first["expanded"] != second["expanded"]


def test_why_names_the_option_and_shows_no_value(readers: SmallProject) -> None:
    set_cut(readers, 1.5)
    readers.run("work.Task_function")
    set_cut(readers, 2.5)
    said = readers.caselaw("why", "work.Task_function")
    assert "law.cfg:analysis.cut" in said and "2.5" not in said


def test_settings_that_cannot_be_made_are_refused_by_name(project: SmallProject) -> None:
    project.write("work.py", """
        import caselaw, luigi
        class Needs(luigi.Config):
            cut = luigi.FloatParameter()
        class Base(caselaw.Task):
            products = {"x": "txt"}
            def run(self):
                Needs().cut
    """)  # fmt: skip
    said = project.caselaw("fingerprint", "work.Base", code=None)
    assert said == ""
    done = subprocess.run(
        [sys.executable, "-c", "import work; work.Base().fingerprint"], cwd=project.root, env=project.environment(),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "work:Needs" in done.stderr and "law.cfg" in done.stderr
