"""Branches in the pool: what runs, what fails, what is left behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

CHAIN = """
    import json, os, time
    from pathlib import Path
    import caselaw, luigi

    class Make(caselaw.Workflow):
        n = luigi.IntParameter(default=4)
        products = {"number": "json"}

        def upstream(self):
            return caselaw.over(range(self.n))

        def run(self):
            with self.publish() as out:
                out["number"].write_text(json.dumps(self.branch_value))

    class Square(caselaw.Workflow):
        n = luigi.IntParameter(default=4)
        products = {"number": "json", "log": "txt"}

        def upstream(self):
            return {"made": caselaw.each(Make.req(self))}

        def run(self):
            with self.publish() as out:
                number = json.loads(Path(self.input()["made"]).read_text())
                out["number"].write_text(json.dumps(number**2))
                out["log"].write_text(f"squared {number}")

    class Pairs(caselaw.Workflow):
        n = luigi.IntParameter(default=4)
        products = {"number": "json"}

        def upstream(self):
            return {"squares": caselaw.batches(Square.req(self), size=3)}

        def run(self):
            with self.publish() as out:
                numbers = [json.loads(Path(s["number"]).read_text()) for s in self.input()["squares"]]
                out["number"].write_text(json.dumps(sum(numbers)))

    class Total(caselaw.Task):
        n = luigi.IntParameter(default=4)
        products = {"number": "json"}

        def upstream(self):
            return {"pairs": caselaw.whole(Pairs.req(self))}

        def run(self):
            with self.publish() as out:
                numbers = [json.loads(Path(p).read_text()) for p in self.input()["pairs"]]
                out["number"].write_text(json.dumps(sum(numbers)))
"""


def test_chain_of_each_batches_and_whole_gives_the_sum(project):
    project.write("work.py", CHAIN)
    project.run("work.Total", "--n", "7")
    (total,) = project.made("Total")
    assert json.loads((project.root / "data" / total).read_text()) == sum(i**2 for i in range(7))
    assert len(project.made("Square")) == 14
    assert len(project.made("Pairs")) == 3


def test_second_run_runs_nothing(project):
    project.write("work.py", CHAIN)
    project.run("work.Total")
    before = {p: p.stat().st_mtime_ns for p in (project.root / "data").rglob("*") if p.is_file()}
    printed = project.run("work.Total")
    after = {p: p.stat().st_mtime_ns for p in (project.root / "data").rglob("*") if p.is_file()}
    assert before == after
    assert "complete ones were encountered" in printed


def test_outputs_do_not_depend_on_the_number_of_workers(project):
    project.write("work.py", CHAIN)
    project.run("work.Total")
    names = project.made("Square")
    for folder in (project.root / "data").glob("[!.]*"):  # the store itself stays
        shutil.rmtree(folder)
    config = (project.root / "law.cfg").read_text()
    (project.root / "law.cfg").write_text(config.replace("workers: 2", "workers: 1"))
    project.run("work.Total")
    assert project.made("Square") == names


FAILING = """
    import caselaw, luigi

    class Fragile(caselaw.Workflow):
        dataset = luigi.Parameter(default="ttbar")
        products = {"number": "txt"}

        def upstream(self):
            return caselaw.over(["a", "b", "c", "d"])

        def run(self):
            with self.publish() as out:
                out["number"].write_text("half")
                if self.branch_value == "b":
                    raise ValueError("no luck with this one")
                out["number"].write_text("all of it")
"""


def test_failing_branch_does_not_stop_the_others_and_is_told_once(project):
    project.write("work.py", FAILING)
    printed = project.run("work.Fragile", code=30)
    assert len(project.made("Fragile")) == 3
    assert printed.count('Traceback (most recent call last):\n  File "' + str(project.root / "work.py")) == 1
    assert "Fragile dataset=ttbar, branch 1 ('b') failed" in printed
    assert not list((project.root / "data" / ".staging").iterdir())


def test_tolerance_accepts_failures(project):
    project.write("work.py", FAILING)
    project.run("work.Fragile", "--tolerance", "0.25", "--acceptance", "0.75")


def test_only_the_failed_branch_runs_again(project):
    source = project.write("work.py", FAILING)
    project.run("work.Fragile", code=30)
    done = {path: (project.root / "data" / path).stat().st_mtime_ns for path in project.made("Fragile")}
    source.write_text(source.read_text().replace('== "b"', '== "nothing"').replace("ValueError", "ValueError"))
    project.run("work.Fragile")
    kept = {path: (project.root / "data" / path).stat().st_mtime_ns for path in done}
    assert kept == done  # the edit makes new names beside the old ones
    assert len(project.made("Fragile")) == 7


def test_branch_without_published_product_is_an_error(project):
    project.write(
        "work.py",
        """
        import caselaw
        class Lazy(caselaw.Task):
            products = {"number": "txt"}
            def run(self):
                pass
    """,
    )
    assert "ended without publishing" in project.run("work.Lazy", code=30)


def test_dying_worker_fails_its_branch_only(project):
    project.write(
        "work.py",
        """
        import os, signal, caselaw
        class Dies(caselaw.Workflow):
            products = {"number": "txt"}
            def upstream(self):
                return caselaw.over(range(6))
            def run(self):
                with self.publish() as out:
                    out["number"].write_text("x")
                    if self.branch_value == 2:
                        os.kill(os.getpid(), signal.SIGKILL)
    """,
    )
    printed = project.run("work.Dies", code=30)
    assert "branch 2 (2) failed" in printed
    assert "SIGKILL" in printed
    assert len(project.made("Dies")) == 5


SLOW = """
    import os, subprocess, threading, time
    from pathlib import Path
    import caselaw
    %s

    class Slow(caselaw.Workflow):
        products = {"number": "txt"}
        def upstream(self):
            return caselaw.over(range(4))
        def run(self):
            with self.publish() as out:
                out["number"].write_text("partial")
                child = subprocess.Popen(["sleep", "1000"])
                with Path("pids").open("a") as pids:
                    pids.write(f"{os.getpid()} {child.pid}\\n")
                time.sleep(1000)
"""


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


# Workers are forked from the run itself, from a fresh process, or from one that cannot import the tasks either.
FORKED, SERVED, SERVED_EMPTY = (
    "",
    "import numpy",
    "threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()",
)


def descendants(pid: int) -> set[int]:
    """Processes that a process has started, and those that they have."""
    found, new = set(), {pid}
    while new:
        parents = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
        new = {child for child, parent in parents.items() if parent in found | {pid}} - found
        found |= new
    return found


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("imported", [FORKED, SERVED, SERVED_EMPTY], ids=["forked", "served", "served-empty"])
def test_interruption_leaves_no_process_and_no_partial_file(project, number, imported):
    project.write("work.py", SLOW % imported)
    process = subprocess.Popen(
        project.command("work.Slow"), cwd=project.root, env=project.environment(),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    pids = project.root / "pids"
    deadline = time.monotonic() + 30
    while not (pids.exists() and len(pids.read_text().split()) == 4):
        assert time.monotonic() < deadline, "the branches did not start"
        time.sleep(0.05)
    started = descendants(process.pid)
    assert len(started) == (4 if imported == FORKED else 5)
    process.send_signal(number)
    process.wait(20)
    children = [int(pid) for pid in pids.read_text().split()]
    assert started >= set(children)
    if number == signal.SIGKILL:  # nobody can clean up; workers end with their parent, their children are orphans
        for pid in children[1::2]:
            os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while any(running(pid) for pid in started):
        assert time.monotonic() < deadline, "a child process is still there"
        time.sleep(0.05)
    assert project.made("Slow") == set()
    if number != signal.SIGKILL:
        assert not list((project.root / "data" / ".staging").iterdir())


def test_threads_of_numeric_libraries_follow_the_resources(project):
    project.write(
        "work.py",
        """
        import json, os, caselaw
        class Threads(caselaw.Task):
            products = {"number": "json"}
            resources = caselaw.Resources(cpus=2)
            def run(self):
                import numpy, threadpoolctl
                found = {"env": os.environ["OMP_NUM_THREADS"],
                         "pools": [p["num_threads"] for p in threadpoolctl.threadpool_info()]}
                with self.publish() as out:
                    out["number"].write_text(json.dumps(found))
    """,
    )
    project.run("work.Threads")
    (path,) = project.made("Threads")
    found = json.loads((project.root / "data" / path).read_text())
    assert found["env"] == "2"
    assert all(n <= 2 for n in found["pools"])


EDITED = """
    from pathlib import Path
    import caselaw
    NUMBER = 1
    OTHER = 1
    class Edited(caselaw.Task):
        products = {"number": "txt"}
        def run(self):
            with self.publish() as out:
                out["number"].write_text(str(NUMBER))
                source = Path("work.py").read_text()
                Path("work.py").write_text(source.replace("%s", "%s2", 1))
"""


def test_code_edited_after_a_task_has_loaded_it_counts_from_the_next_run_on(project):
    source = project.write("work.py", EDITED % ("NUMBER = ", "NUMBER = "))
    project.run("work.Edited")
    (first,) = project.made("Edited")
    assert (project.root / "data" / first).read_text() == "1"
    assert "NUMBER = 21" in source.read_text()
    project.run("work.Edited")
    (second,) = project.made("Edited") - {first}
    assert (project.root / "data" / second).read_text() == "21"


def test_edits_that_do_not_concern_a_running_task_lose_nothing(project):
    source = project.write("work.py", EDITED % ("OTHER = ", "OTHER = "))
    project.run("work.Edited")
    assert len(project.made("Edited")) == 1
    assert "OTHER = 21" in source.read_text()


def test_an_output_that_somebody_else_published_meanwhile_stays(project):
    project.write(
        "work.py",
        """
        import caselaw
        class Late(caselaw.Task):
            products = {"number": "txt"}
            def run(self):
                with self.publish() as out:
                    out["number"].write_text("mine")
                    with type.__call__(type(self)).publish() as others:
                        others["number"].write_text("theirs")
    """,
    )
    project.run("work.Late")
    (path,) = project.made("Late")
    assert (project.root / "data" / path).read_text() == "theirs"
