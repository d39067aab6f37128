"""Workers inherit no threads, locks, open files or half-set libraries of the process that starts them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


def value(project, family: str) -> object:
    (path,) = project.made(family)
    return json.loads((project.root / "data" / path).read_text())


def script(project, *arguments: str, code: int | None = 0, **extra: str) -> str:
    """Run `python script.py …` in the project."""
    done = subprocess.run(
        [sys.executable, "script.py", *arguments], cwd=project.root, env=project.environment(**extra), timeout=60,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    assert code is None or done.returncode == code, done.stdout
    return done.stdout


NUMBA = """
    import json, os
    import numba, numpy
    import caselaw

    @numba.njit
    def double(x):
        return 2 * x

    @numba.njit(parallel=True)
    def total(x):
        result = 0.0
        for i in numba.prange(len(x)):
            result += x[i]
        return result

    class Compiled(caselaw.Workflow):
        products = {"number": "json"}
        resources = caselaw.Resources(cpus=2)

        def upstream(self):
            assert total(numpy.ones(1000)) == 1000  # threads of numba run in the scheduling process from here on
            return caselaw.over(["one"])

        def run(self):
            found = [int(double(21)), float(total(numpy.ones(1000))), numba.get_num_threads()]
            with self.publish() as out:
                out["number"].write_text(json.dumps(found))
"""


def test_numba_imported_at_the_top_and_parallel_in_the_scheduling_process_compiles_in_workers(project):
    project.write("work.py", NUMBA)
    project.run("work.Compiled")
    assert value(project, "Compiled") == [42, 1000.0, min(2, len(os.sched_getaffinity(0)))]


POOL = """
    import json, os, threading, time
    from concurrent.futures import ThreadPoolExecutor
    import caselaw

    pool = ThreadPoolExecutor(2)
    lock = threading.Lock()

    def hold():
        while True:
            with lock:
                time.sleep(0.05)

    %s

    class Pooled(caselaw.Workflow):
        products = {"number": "json"}

        def upstream(self):
            return caselaw.over(list(pool.map(str, range(3))))

        def run(self):
            with lock:
                found = sum(pool.map(int, ["20", "22"]))
            with self.publish() as out:
                out["number"].write_text(json.dumps(found))
"""


@pytest.mark.parametrize("at_import", ["threading.Thread(target=hold, daemon=True).start()", ""])
def test_thread_pools_and_locks_of_a_task_module_work_in_workers(project, at_import):
    project.write("work.py", POOL % at_import)
    project.run("work.Pooled")
    assert len(project.made("Pooled")) == 3


def test_a_file_that_a_module_opens_has_a_position_of_its_own_in_every_worker(project):
    project.write("numbers.txt", "".join(f"{n:05}\n" for n in range(200)))
    project.write(
        "work.py",
        """
        import json, os, time
        from pathlib import Path
        import caselaw
        numbers = os.open(Path(__file__).with_name("numbers.txt"), os.O_RDONLY)

        class Read(caselaw.Workflow):
            products = {"number": "json"}
            def upstream(self):
                return caselaw.over(range(8))
            def run(self):
                os.lseek(numbers, 0, os.SEEK_SET)
                found = []
                for _ in range(200):
                    found.append(int(os.read(numbers, 6)))
                    time.sleep(0.0001)
                with self.publish() as out:
                    out["number"].write_text(json.dumps(found))
    """,
    )
    project.run("work.Read")
    for path in project.made("Read"):
        assert json.loads((project.root / "data" / path).read_text()) == list(range(200))


SCRIPT = """
    import json, os, sys
    import numpy
    import caselaw, law, luigi

    class Config(luigi.Config):
        depth = luigi.IntParameter(default=1)

    class Seen(caselaw.Task):
        label = luigi.Parameter()
        products = {"number": "json"}
        def run(self):
            import beside
            found = {
                "variable": os.environ.get("OF_SCRIPT"), "beside": beside.NAME, "folder": os.getcwd(),
                "law": law.config.get("own", "option"), "luigi": Config().depth, "argv": sys.argv[1:],
                "umask": os.umask(0), "module": type(self).__module__,
            }
            with self.publish() as out:
                out["number"].write_text(json.dumps(found))
    %s
"""

BODY = """
        os.umask(0o027)
        sys.path.insert(0, "more")
        law.config.add_section("own")
        law.config.set("own", "option", "7")
        luigi.configuration.get_config().set("Config", "depth", "3")
        for label in ("first", "second"):
            os.environ["OF_SCRIPT"] = label
            assert luigi.build([Seen(label=label)], local_scheduler=True, log_level="WARNING")
"""


@pytest.fixture
def beside(project):
    project.write("more/beside.py", "NAME = 'beside'")
    return project


def test_workers_of_a_script_find_what_it_has_set_in_memory(beside):
    beside.write("script.py", SCRIPT % f'if __name__ == "__main__":{BODY}')
    script(beside, "--word")
    found = [json.loads((beside.root / "data" / path).read_text()) for path in sorted(beside.made("Seen"))]
    expected = {
        "beside": "beside", "folder": str(beside.root), "law": "7", "luigi": 3, "argv": ["--word"],
        "umask": 0o027, "module": "__main__",
    }  # fmt: skip
    assert found == [{"variable": label, **expected} for label in ("first", "second")]


def test_a_script_that_starts_its_tasks_while_it_is_read_is_refused_with_a_message(beside):
    beside.write("script.py", SCRIPT % f"if True:{BODY}")
    printed = script(beside, code=None)
    assert 'if __name__ == "__main__":\'' in printed
    assert "script.py" in printed
    assert beside.made("Seen") == set()


def test_a_script_without_threads_and_native_code_needs_no_guard(beside):
    beside.write("script.py", (SCRIPT % f"if True:{BODY}").replace("import numpy", ""))
    script(beside)
    assert len(beside.made("Seen")) == 2


def test_tasks_that_luigi_runs_in_processes_of_its_own_have_their_workers(project):
    project.write(
        "work.py",
        """
        import os
        from concurrent.futures import ThreadPoolExecutor
        import caselaw, luigi
        pool = ThreadPoolExecutor(2)
        class Part(caselaw.Workflow):
            name = luigi.Parameter()
            products = {"text": "txt"}
            def upstream(self):
                return caselaw.over(list(pool.map(str, range(2))))
            def run(self):
                with self.publish() as out:
                    out["text"].write_text(" ".join(pool.map(str, range(3))))
        class All(caselaw.Task):
            products = {"text": "txt"}
            def upstream(self):
                return {"a": caselaw.whole(Part(name="a")), "b": caselaw.whole(Part(name="b"))}
            def run(self):
                with self.publish() as out:
                    out["text"].write_text("done")
    """,
    )
    project.run("work.All", "--workers", "2")
    assert len(project.made("Part")) == 4
    assert len(project.made("All")) == 1


def test_a_module_whose_name_leads_elsewhere_is_loaded_from_the_file_of_the_scheduling_process(project):
    project.write("elsewhere/tasks_of_test.py", SCRIPT.replace("%s", "").replace("import beside", "").replace(
        "beside.NAME", "__file__").replace('law.config.get("own", "option")', "None"))  # fmt: skip
    project.write(
        "script.py",
        """
        import importlib.util, sys
        import luigi
        if __name__ == "__main__":
            spec = importlib.util.spec_from_file_location("tasks_of_test", "elsewhere/tasks_of_test.py")
            module = importlib.util.module_from_spec(spec)
            sys.modules["tasks_of_test"] = module
            spec.loader.exec_module(module)
            assert luigi.build([module.Seen(label="x")], local_scheduler=True, log_level="WARNING")
    """,
    )
    config = (project.root / "law.cfg").read_text()
    project.write("law.cfg", config.replace("workers: 2", "workers: 2\nfirst_party: tasks_of_test"))
    printed = script(project, code=None, PYTHONPATH=f"{project.root}/elsewhere")
    found = value(project, "Seen")
    assert found["beside"] == str(Path(project.root, "elsewhere", "tasks_of_test.py")), printed
