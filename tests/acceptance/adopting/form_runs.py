"""Runs forms: many of them share a project, so that a run of law costs once; others have one of their own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forms import Form
from projects import LAW_CFG

HERE = Path(__file__).parent
CFG = LAW_CFG.replace("retry_count: 1", "retry_count: 1\nretry_delay: 0").format(
    modules="work", settings="workers: 1\n[results_fs]\nbase: $RESULTS\n"
)
FORMS_PER_PROJECT = 50
WORK = "work.py"

Files = Mapping[str, str]


@dataclass(frozen=True)
class Entry:
    """A form, in one of its states: the files that are written before each of its runs; `work.py` is its module."""

    form: Form
    files: Sequence[Files]


@dataclass(frozen=True)
class Run:
    """What one run of a form came to. `code` is that of all forms of the project."""

    code: int
    executions: list[str]
    found: Any
    printed: str


Results = dict[str, list[Run]]


def run_forms(root: Path, entries: Mapping[str, Entry], *modules: str) -> Results:
    """The runs of all entries by their names; `modules` are imported before anything runs."""
    groups = list(grouped(entries))
    jobs = [job(root / str(number), [entries[name] for name in names]) for number, names in enumerate(groups)]
    (root / "jobs.json").write_text(json.dumps(jobs))
    (root / "home").mkdir()
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))  # with law, as its sandboxes need it
    done = subprocess.run(
        [sys.executable, str(HERE / "run_forms.py"), "jobs.json", "results.json", *modules],
        cwd=root, env={"PATH": path, "HOME": str(root / "home"), "OMP_NUM_THREADS": "1"},
        capture_output=True, text=True, check=False, timeout=1800,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    found: Results = {}
    for names, runs in zip(groups, json.loads((root / "results.json").read_text()), strict=True):
        for number, name in enumerate(names):
            module = module_of(number, len(names))
            found[name] = [run_of(module, run) for run in runs]
    return found


def grouped(entries: Mapping[str, Entry]) -> Iterator[tuple[str, ...]]:
    """Names of entries that share a project."""
    alone = [name for name, entry in entries.items() if entry.form.alone]
    yield from ((name,) for name in alone)
    others = [name for name, entry in entries.items() if not entry.form.alone]
    yield from (tuple(others[start : start + FORMS_PER_PROJECT]) for start in range(0, len(others), FORMS_PER_PROJECT))


def module_of(number: int, total: int) -> str:
    return "work" if total == 1 else f"form_{number}"


def job(folder: Path, entries: Sequence[Entry]) -> dict[str, Any]:
    """A project of some forms, each of which has a module, a namespace and a folder for results of its own."""
    folder.mkdir(parents=True)
    (folder / "law.cfg").write_text(CFG + entries[0].form.cfg)
    shutil.copy(HERE / "notes.py", folder)
    modules = [module_of(number, len(entries)) for number in range(len(entries))]
    runs: list[dict[str, str]] = [{} for _ in entries[0].files]
    for module, entry in zip(modules, entries, strict=True):
        for files, of_run in zip(entry.files, runs, strict=True):
            of_run.update(files if len(entries) == 1 else own_files(module, files))
    roots = [(module, entry.form.root) for module, entry in zip(modules, entries, strict=True)]
    return {"folder": str(folder), "files": runs, "roots": roots, "arguments": entries[0].form.arguments}


def own_files(module: str, files: Files) -> Iterator[tuple[str, str]]:
    for name, text in files.items():
        if name == WORK:
            own = f'import luigi\n\nluigi.namespace("{module}", scope=__name__)\n{text}'
            for quote in "\"'":
                results = f"os.environ[{quote}RESULTS{quote}]"
                own = own.replace(results, f"{results} + {quote}/{module}{quote}")
            yield f"{module}.py", own
        else:
            yield name.replace("results/", f"results/{module}/"), text


def run_of(module: str, run: Mapping[str, Any]) -> Run:
    """What of a run is that of one form."""
    lines = [line.split(" ", 1) for line in run["executions"]]
    return Run(
        run["code"], [line for owner, line in lines if owner == module], run["found"].get(module), run["printed"]
    )
