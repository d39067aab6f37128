"""`caselaw diff`: files of a revision come from git alone, data from where it is, and nothing of the user's changes."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner
from git_projects import HELPERS, TASKS, Repository, brief, moved, new_repository, repository_in

from caselaw.cli.diff import diff
from caselaw.errors import CaselawError


@pytest.fixture
def repository(project: Any, monkeypatch: pytest.MonkeyPatch) -> Repository:
    return new_repository(project, monkeypatch)


def test_content_of_a_file_in_git_is_that_of_the_revision(repository):
    repository.write("table.txt", "one")
    repository.commit(work=TASKS.replace("input/*.txt", "*.txt"))
    repository.write("table.txt", "two")
    repository.commit()
    repository.git("rm", "--quiet", "table.txt")
    repository.write("other.txt", "here only")
    (change,) = repository.rows()["Read"]
    assert change["values"] == {"changed": ["table.txt"]}


YIELDING = """
class Table(caselaw.Task):
    products = {"text": "txt"}

    def upstream(self):
        return {"table": caselaw.files(["table.txt"])}

    def run(self):
        with self.publish() as out:
            out["text"].write_text("")

class Fit(caselaw.Workflow):
    products = {"result": "txt"}

    def upstream(self):
        return {"which": caselaw.over([1, 2])}

    def run(self):
        if self.branch_value == 1:
            yield Table()
        with self.publish() as out:
            out["result"].write_text("")
"""


def test_what_run_yielded_is_known_of_a_revision_by_the_records_of_the_store(repository):
    repository.write("table.txt", "one")
    repository.commit(work=TASKS.replace("class Fit", "class Other") + YIELDING)
    repository.project.run("work.Fit")
    repository.commit(helpers=HELPERS)
    assert repository.rows() == {}
    repository.write("table.txt", "two")
    repository.commit()
    found = repository.rows()
    assert list(found) == ["Table", "Fit"]
    assert found["Table"][0]["values"] == {"changed": ["table.txt"]}


def test_without_data_its_content_counts_as_unknown_and_equal(repository):
    repository.commit(work=TASKS.replace('"input/*.txt"', '["nano/*.root", "input/b.txt", "folder"]'))
    repository.commit(helpers=HELPERS.replace("2 *", "3 *"))
    found = json.loads(repository.diff("HEAD~1", "HEAD", "Fit", "--json").stdout)
    assert [task["family"] for task in found["tasks"]] == ["Select", "Fit"]
    assert [note.partition(" ")[0] for note in found["notes"]] == ["nano/*.root", "input/b.txt", "folder"]


def test_pointer_of_git_lfs_counts_as_the_file_that_it_stands_for(repository):
    content = "the content\n"
    digest = hashlib.sha256(content.encode()).hexdigest()
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {len(content)}\n"
    repository.write("large.txt", pointer)
    repository.commit(work=TASKS.replace("input/*.txt", "large.txt"))
    repository.write(".gitattributes", "large.txt filter=lfs\n")
    repository.commit()
    repository.git("config", "filter.lfs.smudge", "false")
    repository.git("config", "filter.lfs.required", "true")
    repository.write("large.txt", content)
    assert repository.rows(base="HEAD", head="WORKTREE") == {}


def test_uncommitted_changes_are_seen_and_left_alone(repository):
    repository.write("helpers.py", HELPERS.replace("2 *", "3 *"))
    repository.git("add", "helpers.py")
    repository.write("work.py", TASKS.replace("FACTOR = 2", "FACTOR = 3"))
    repository.write("new.py", "")
    before = repository.state()
    assert list(repository.rows(base="HEAD", head=".")) == ["Select", "Fit"]
    assert repository.state() == before


def test_hooks_do_not_run_and_git_of_a_caller_does_not_mislead(repository, monkeypatch):
    for name in ("post-checkout", "post-index-change"):
        hook = repository.write(f".git/hooks/{name}", f"#!/bin/sh\ntouch {repository.root}/ran\n")
        hook.chmod(0o755)
    monkeypatch.setenv("GIT_INDEX_FILE", str(repository.root / "of_the_caller"))
    assert repository.diff("HEAD", "HEAD", "Fit").exit_code == 0
    assert not (repository.root / "ran").exists()
    assert not (repository.root / "of_the_caller").exists()


def test_project_in_a_subfolder(project, monkeypatch):
    top = project.root / "top"
    repository = repository_in(moved(project, top / "sub folder"), top, monkeypatch)
    repository.commit(helpers=HELPERS.replace("2 *", "3 *"))
    assert brief(repository.rows()["Select"]) == [("code", "helpers.scaled")]


def test_module_path_to_the_own_checkout_does_not_win(repository, monkeypatch):
    (repository.root / "source").mkdir()
    repository.git("mv", "helpers.py", "source/helpers.py")
    repository.commit()
    repository.write("source/helpers.py", HELPERS.replace("2 *", "3 *"))
    repository.commit()
    monkeypatch.setenv("PYTHONPATH", f"{repository.root}/source")
    assert brief(repository.rows()["Select"]) == [("code", "helpers.scaled")]


def test_code_that_comes_from_the_own_checkout_all_the_same_is_an_error(repository):
    repository.write("elsewhere/more.py", "")
    path = f"import sys\nsys.path.insert(0, '{repository.root}/elsewhere')\nimport more\n"
    repository.commit(work=path + TASKS)
    with pytest.raises(CaselawError, match="'more' was imported from your checkout"):
        repository.diff("HEAD", "HEAD", "Fit")


def test_absolute_paths_below_the_project_are_relative_to_it(repository):
    folder = "__import__('pathlib').Path(__file__).parent / 'input' / 'a.txt'"
    repository.commit(work=TASKS.replace('"input/*.txt"', f"[{folder}]"))
    repository.commit(work=TASKS.replace('"input/*.txt"', f"[{folder}, 'absent.txt']"))
    found = json.loads(repository.diff("HEAD~1", "HEAD", "Read", "--json").stdout)
    change = found["tasks"][0]["changes"][-1]
    assert change["values"] == {"added": ["absent.txt"]}


def test_submodule_is_taken_at_the_commit_of_the_revision(repository, tmp_path):
    library = Repository(replace(repository.project, root=tmp_path / "library"))
    library.write("shared/__init__.py", "LIMIT = 1\n")
    library.git("init", "--quiet")
    library.commit()
    repository.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(library.root), "library")
    repository.write("work.py", "import sys\nfrom pathlib import Path\n"
                     "sys.path.insert(0, str(Path(__file__).parent / 'library'))\nfrom shared import LIMIT\n"
                     + TASKS.replace("over([1, 2])", "over([1, LIMIT + 1])"))  # fmt: skip
    repository.commit()
    inner = Repository(replace(repository.project, root=repository.root / "library"))
    inner.write("shared/__init__.py", "LIMIT = 2\n")
    inner.commit()
    repository.commit()
    changes = repository.rows()["Generate"]
    assert {"added": ["3"], "removed": ["2"]} in [change.get("values") for change in changes]


@pytest.mark.parametrize("revision", ["nothing", "--all", "", "HEAD:work.py"])
def test_unknown_revision_is_an_error(repository, revision):
    with pytest.raises(CaselawError, match=f"git knows no revision '{revision}'"):
        repository.diff("HEAD", "--json", "--", revision, "Fit")


def test_project_without_git_is_an_error(project, monkeypatch):
    monkeypatch.chdir(project.root)
    monkeypatch.delenv("LAW_CONFIG_FILE", raising=False)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(project.root.parent))
    with pytest.raises(CaselawError, match="not in a git repository"):
        CliRunner().invoke(diff, ["HEAD", "HEAD", "Fit"], catch_exceptions=False)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CaselawError, match="git is not installed"):
        CliRunner().invoke(diff, ["HEAD", "HEAD", "Fit"], catch_exceptions=False)


def test_lock_file_of_a_sandbox_counts_also_where_git_does_not_have_it(repository):
    in_sandbox = TASKS.replace("class Fit(caselaw.Task):", "class Fit(caselaw.Task):\n    sandbox = 'venv::fit.lock'")
    repository.write("fit.lock", "numpy==2.0\n")
    repository.commit(work=in_sandbox)
    repository.write("fit.lock", "numpy==2.1\n")
    repository.commit()
    changes = repository.rows()["Fit"]
    assert brief(changes) == [("environment", "1 fit.lock")]
    repository.git("rm", "--quiet", "--cached", "fit.lock")
    repository.write(".gitignore", "*.lock\n.*/\ninput/\n")
    repository.commit()
    assert repository.rows() == {}


def test_files_of_tasks_that_only_requires_names_need_no_data(repository):
    overriding = """
class Odd(caselaw.Task):
    products = {"x": "txt"}
    def requires(self):
        return Read.req(self, branch=0)
    def run(self):
        return
"""
    repository.commit(work=(TASKS + overriding).replace("input/*.txt", "nano/*.root"))
    repository.commit(work=(TASKS + overriding).replace("input/*.txt", "other/*.root"))
    result = repository.diff("HEAD~1", "HEAD", "Odd", "--json")
    found = json.loads(result.stdout)
    assert [task["family"] for task in found["tasks"]] == ["Read", "Odd"]
    assert len(found["notes"]) == 2


@pytest.mark.usefixtures("interruptible")
def test_interrupted_comparison_leaves_nothing_and_says_what_it_does(repository, tmp_path):
    repository.commit(work=f"import time\ntime.sleep(60)\n{TASKS}")
    before = repository.state()
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-c", "from caselaw.cli.diff import diff; diff()", "HEAD", "HEAD", "Fit"],
        cwd=repository.root, env=repository.project.environment(TMPDIR=str(temporary)), stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stderr is not None
    assert b"computing the fingerprints of HEAD and HEAD" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode != 0
    assert list(temporary.iterdir()) == []
    assert repository.state() == before
