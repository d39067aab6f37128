"""law finds the tasks, with nothing set by hand."""

from __future__ import annotations

import ast
import configparser
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LAW = Path(sys.executable).parent / "law"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder with the repository's law.cfg alone: the modules come from the environment."""
    shutil.copy(ROOT / "law.cfg", tmp_path)
    return tmp_path


def index(folder: Path) -> subprocess.CompletedProcess[str]:
    bare = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    return subprocess.run([LAW, "index"], cwd=folder, env=bare, capture_output=True, text=True, timeout=60, check=False)


def test_law_index_imports_every_module_of_the_tasks(elsewhere: Path) -> None:
    done = index(elsewhere)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "error" not in done.stdout


def test_the_index_is_written_inside_the_project(elsewhere: Path) -> None:
    index(elsewhere)
    assert (elsewhere / ".law" / "index").is_file()


def defines_tasks(path: Path) -> bool:
    bases = {
        ast.unparse(base).rpartition(".")[2]
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
        for base in node.bases
    }
    return bool(bases & {"Task", "Workflow"})


def test_every_module_with_tasks_is_listed_in_law_cfg() -> None:
    config = configparser.ConfigParser(allow_no_value=True)
    config.read(ROOT / "law.cfg")
    modules = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in (ROOT / "tasks").rglob("*.py")
        if defines_tasks(path)
    }
    assert modules, "this test looks at the wrong place"
    assert modules <= set(config["modules"]), "law index imports what is listed in law.cfg, and nothing else"


def test_a_failed_task_fails_law_run() -> None:
    config = configparser.ConfigParser(allow_no_value=True)
    config.read(ROOT / "law.cfg")
    codes = {name: int(code) for name, code in config["luigi_retcode"].items()}
    assert {"task_failed", "missing_data", "not_run", "scheduling_error", "unhandled_exception"} <= set(codes)
    assert all(code > 0 for code in codes.values())
