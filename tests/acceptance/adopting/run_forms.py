"""Runs many small law projects one after the other, each `law run` in a process of its own.

    python run_forms.py jobs.json results.json [module …]

The processes are forks of one that has imported law (and caselaw), so that a run costs what it does and not an import.
A job is a folder with a law.cfg, the texts of its module `work.py` for each of its runs (null: as it is), what is run
and its arguments. The result of a run: its exit status, what it printed, what it executed, what the outputs hold.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

SECONDS = 60
MODULE = "work"


def forked(action: Callable[[], Any]) -> int:
    """Do something in a child; returns its exit status (-9: it took too long)."""
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        os._exit(guarded(action))
    signal.signal(signal.SIGALRM, lambda *_: os.killpg(child, signal.SIGKILL))
    signal.alarm(SECONDS)
    try:
        _, status = os.waitpid(child, 0)
    finally:
        signal.alarm(0)
    return os.waitstatus_to_exitcode(status)


def guarded(action: Callable[[], Any]) -> int:
    """The exit status of an action, as Python would end with it."""
    code: Any = 1
    try:
        code = action()
    except SystemExit as exit:
        code = exit.code
    except BaseException:
        import traceback

        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    return code if isinstance(code, int) else 0


def enter(folder: Path) -> None:
    """Let this process be one that was started in the folder of a project, with what it prints in a file there."""
    import law

    os.chdir(folder)
    sys.path.insert(0, str(folder))
    os.environ.update(
        LAW_CONFIG_FILE=str(folder / "law.cfg"), PYTHONPATH=str(folder), RESULTS=str(folder / "results"),
        EXECUTIONS_LOG=str(folder / "executions.log"),
    )  # fmt: skip
    law.config.Config._instance = None
    printed = os.open(folder / "printed.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(printed, stream)
    os.close(printed)


def run(folder: Path, arguments: list[str]) -> Any:
    """`law run` in a folder: with law's command line where there are arguments, for it costs more than the rest."""
    enter(folder)
    if len(arguments) > 1:
        from law.cli.cli import run as law

        sys.argv[:] = ["law", "run", *arguments]
        return law()
    import luigi

    return 0 if luigi.build([root_of(arguments)()], local_scheduler=True) else 1


def root_of(arguments: list[str]) -> Any:
    return getattr(importlib.import_module(MODULE), arguments[0].rpartition(".")[2])


def look(folder: Path, arguments: list[str]) -> None:
    """Write down what the outputs of a task hold."""
    enter(folder)
    from luigi.cmdline_parser import CmdlineParser
    from notes import contents

    if len(arguments) > 1:
        with CmdlineParser.global_instance([root_of(arguments).get_task_family(), *arguments[1:]]) as parser:
            found = contents(parser.get_task_obj().output())
    else:
        found = contents(root_of(arguments)().output())
    Path(folder, "found.json").write_text(json.dumps(found))


def result(folder: Path, arguments: list[str]) -> dict[str, Any]:
    """One run, and what there is after it."""
    for name in ("executions.log", "printed.txt", "found.json"):
        Path(folder, name).unlink(missing_ok=True)
    code = forked(lambda: run(folder, arguments))
    log, found = Path(folder, "executions.log"), Path(folder, "found.json")
    executions = sorted(log.read_text().splitlines()) if log.exists() else []
    if executions or code:
        forked(lambda: look(folder, arguments))
    return {
        "code": code,
        "executions": executions,
        "found": json.loads(found.read_text()) if found.exists() else None,
        "printed": Path(folder, "printed.txt").read_text(errors="replace"),
    }


def main() -> None:
    jobs, results, *others = sys.argv[1:]
    for module in ("law", "luigi.cmdline", "law.cli.run", *others):
        importlib.import_module(module)
    found: dict[str, list[dict[str, Any]]] = {}
    for name, job in json.loads(Path(jobs).read_text()).items():
        folder = Path(job["folder"])
        found[name] = []
        for text in job["texts"]:
            if text is not None:
                Path(folder, f"{MODULE}.py").write_text(text)
            found[name].append(result(folder, job["arguments"]))
    Path(results).write_text(json.dumps(found))


if __name__ == "__main__":
    main()
