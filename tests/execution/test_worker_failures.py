"""What a user hears of workers that die, or cannot make the task that they are sent."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from caselaw.errors import TaskError
from caselaw.execution.job import packed
from caselaw.execution.pool import Pool
from caselaw.execution.surroundings import Surroundings

DIES = """
    import ctypes, os, sys
    import caselaw
    %s

    class Dies(caselaw.Workflow):
        products = {"text": "txt"}
        def upstream(self):
            return caselaw.over(["bad", "good"])
        def run(self):
            if self.branch_value == "bad":
                os.write(2, b"the library says why\\n")
                %s
            with self.publish() as out:
                out["text"].write_text("x")
"""


@pytest.mark.parametrize(
    ("imported", "death", "words"),
    [
        ("", "os.abort()", ["SIGABRT", "in run"]),
        ("import numpy", "os.abort()", ["SIGABRT", "in run"]),
        ("", "ctypes.string_at(0)", ["SIGSEGV", "in run"]),
        ("import numpy", "os._exit(7)", ["exit code 7"]),
        ("import numpy", "os.kill(os.getpid(), 9)", ["SIGKILL, probably out of memory"]),
    ],
)
def test_what_a_dying_worker_printed_is_shown(project, imported, death, words):
    project.write("work.py", DIES % (imported, death))
    printed = project.run("work.Dies", code=30)
    for word in ["the library says why", "branch 0 ('bad') failed", "the worker process died", *words]:
        assert word in printed
    assert len(project.made("Dies")) == 1


def test_values_that_only_the_scheduling_process_can_make_fail_their_branches_with_advice(project):
    project.write(
        "work.py",
        """
        import threading, numpy
        import caselaw

        def kind():
            global Value
            class Value(str):
                pass
            Value.__qualname__ = "Value"
            return Value

        class Foreign(caselaw.Workflow):
            products = {"text": "txt"}
            def upstream(self):
                return caselaw.over([kind()("a")])
            def run(self):
                raise AssertionError("not reached")
    """,
    )
    printed = project.run("work.Foreign", code=30)
    assert "it cannot be made again in a worker process" in printed
    assert "at the top of a module" in printed
    assert "not reached" not in printed


def test_what_cannot_be_sent_is_refused_with_advice():
    with pytest.raises(TaskError, match=r"Local: it cannot be sent to a worker process: .*at the top of a module"):
        packed(lambda: None, "Local")


def test_a_module_that_ends_the_process_that_imports_it_is_told(project):
    project.write(
        "work.py",
        """
        import numpy, os, sys
        import caselaw
        if "law" not in os.path.basename(sys.orig_argv[1]):
            os.write(2, b"no licence\\n")
            os._exit(4)
        class Ends(caselaw.Task):
            products = {"text": "txt"}
            def run(self):
                pass
    """,
    )
    printed = project.run("work.Ends", code=30)
    assert "no licence" in printed
    assert "the worker process died: exit code 4" in printed


def test_a_worker_starts_in_less_than_50_ms_after_the_first(tmp_path: Path):
    pool = Pool(1, Surroundings.current(tmp_path))
    import numpy  # noqa: F401  # which makes this process one that is not forked

    try:
        pool.start(lambda _: None)
        assert pool.server.alive
        best = min(timed_start(pool) for _ in range(5))
    finally:
        pool.end()
    assert best < 0.05


def timed_start(pool: Pool) -> float:
    """Seconds until a new worker listens."""
    started = time.perf_counter()
    worker = pool.start(lambda _: None)
    while Path(f"/proc/{worker.process.pid}/stat").read_text().split(")")[1].split()[0] != "S":
        time.sleep(0.0005)
    return time.perf_counter() - started


def test_workers_whose_server_was_killed_are_dead_and_replaced(tmp_path: Path):
    import numpy  # noqa: F401

    pool = Pool(1, Surroundings.current(tmp_path))
    try:
        first = pool.start(lambda _: None)
        assert first.process.is_alive()
        pool.server.process.kill()
        pool.server.process.wait()
        assert (first.process.is_alive(), first.process.exitcode) == (False, -9)
        (second,) = pool.at_least(1, lambda _: None)
        assert second is not first
        assert second.process.is_alive()
    finally:
        pool.end()
