"""Runs small law projects one after the other, each `law run` in a process of its own.

    python run_forms.py jobs.json results.json [module …]

The processes are forks of one that has imported law (and caselaw), so that a run costs what it does and not an import.
A job is a folder, the files that are written there before each of its runs, the tasks that are run (module and name),
and arguments. The result of a run: its exit status, what it printed, what it executed, what the outputs hold.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

SECONDS = 300


def forked(action: Callable[[], Any]) -> int:
    """Do something in a child; returns its exit status (-9: it took too long)."""
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        code = guarded(action)
        atexit._run_exitfuncs()
        os._exit(code)
    signal.signal(signal.SIGALRM, lambda *_: os.killpg(child, signal.SIGKILL))
    signal.alarm(SECONDS)
    try:
        _, status = os.waitpid(child, 0)
    finally:
        signal.alarm(0)
        with contextlib.suppress(ProcessLookupError):  # law's server of shared memory outlives who started it like that
            os.killpg(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(status)


def guarded(action: Callable[[], Any]) -> int:
    """The exit status of an action, as Python would end with it."""
    code: Any = 1
    try:
        code = action()
    except SystemExit as exit:
        code = exit.code
    except BaseException:
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
    law.config.Config.instance()
    printed = os.open(folder / "printed.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(printed, stream)
    os.close(printed)


def run(folder: Path, roots: list[list[str]], arguments: list[str]) -> Any:
    """`law run` in a folder: with law's command line where there are arguments, for it costs more than the rest.

    Afterwards it is written down what the outputs hold.
    """
    enter(folder)
    import luigi

    classes = {module: cls for module, name in roots if (cls := loaded(module, name)) is not None}
    try:
        if not arguments:
            return 0 if luigi.build(made(classes.values()), local_scheduler=True) else 1
        from law.cli.cli import run as law

        sys.argv[:] = ["law", "run", ".".join(roots[0]), *arguments]
        return law()
    finally:
        luigi.task_register.Register.clear_instance_cache()
        found = {module: look(cls, arguments) for module, cls in classes.items()}
        Path("found.json").write_text(json.dumps(found))


def loaded(module: str, name: str) -> Any:
    """A class, or None where its module cannot be imported, which is printed: others are run all the same."""
    try:
        return getattr(importlib.import_module(module), name)
    except Exception:
        traceback.print_exc()
        return None


def made(classes: Iterable[Any]) -> list[Any]:
    """Tasks of classes; an error of one is printed, and others are run all the same."""
    tasks = []
    for cls in classes:
        try:
            tasks.append(cls())
        except Exception:
            traceback.print_exc()
    return tasks


def look(root: Any, arguments: list[str]) -> Any:
    """What the outputs of a task hold, or those that it requires; None after an error, which is printed."""
    from luigi.cmdline_parser import CmdlineParser

    try:
        if arguments:
            with CmdlineParser.global_instance([root.get_task_family(), *arguments]) as parser:
                return of_outputs(parser.get_task_obj())
        return of_outputs(root())
    except Exception:
        traceback.print_exc()
        return None


def of_outputs(task: Any) -> Any:
    from luigi.task import getpaths
    from notes import contents

    return contents(task.output() or getpaths(task.requires()))


def result(folder: Path, job: dict[str, Any]) -> dict[str, Any]:
    """One run, and what there is after it."""
    for name in ("executions.log", "printed.txt", "found.json"):
        Path(folder, name).unlink(missing_ok=True)
    code = forked(lambda: run(folder, job["roots"], job["arguments"]))
    log, found = Path(folder, "executions.log"), Path(folder, "found.json")
    return {
        "code": code,
        "executions": sorted(log.read_text().splitlines()) if log.exists() else [],
        "found": json.loads(found.read_text()) if found.exists() else {},
        "printed": Path(folder, "printed.txt").read_text(errors="replace"),
    }


def main() -> None:
    jobs, results, *others = sys.argv[1:]
    for module in ("law", "luigi.cmdline", "law.cli.run", *others):
        importlib.import_module(module)
    found = []
    for job in json.loads(Path(jobs).read_text()):
        folder = Path(job["folder"])
        runs = []
        for files in job["files"]:
            for path, text in files.items():
                Path(folder, path).parent.mkdir(parents=True, exist_ok=True)
                Path(folder, path).write_text(text)
            runs.append(result(folder, job))
        found.append(runs)
    Path(results).write_text(json.dumps(found))


if __name__ == "__main__":
    main()
