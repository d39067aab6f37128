"""The table of law's and luigi's settings."""

from __future__ import annotations

from both_sides import Setting

ONE = """
class One(Local, Task):
    n = luigi.IntParameter(default=1)

    def output(self):
        return self.local(f"one_{self.n}.txt")

    def run(self):
        note("One", self.n)
        self.output().dump("x", formatter="text")
"""

MANY = """
class Many(Local, Workflow):
    n = luigi.IntParameter(default=4)

    def create_branch_map(self):
        return dict(enumerate("abcdefgh"[:self.n]))

    def output(self):
        return self.local(f"many_{self.branch_data}.txt")

    def run(self):
        note("Many", self.branch)
        self.output().dump("x", formatter="text")
"""

FAILS = """
class Fails(Local, Workflow):
    times = luigi.IntParameter(default=1, significant=False)

    def create_branch_map(self):
        return dict(enumerate("abcd"))

    def output(self):
        return self.local(f"fails_{self.branch_data}.txt")

    def run(self):
        note("Fails", self.branch)
        if self.branch == 2 and is_time_to_fail("branch", self.times):
            raise ValueError("no luck with this one")
        self.output().dump("x", formatter="text")

class After(Local, Task):
    def requires(self):
        return Fails.req(self)

    def output(self):
        return self.local("after.txt")

    def run(self):
        note("After", len(list(self.input()["collection"].targets)))
        self.output().dump("x", formatter="text")
"""

FAILS_ALONE = """
class Fails(Local, Task):
    times = luigi.IntParameter(default=1, significant=False)
{attributes}
    def output(self):
        return self.local("fails.txt")

    def run(self):
        note("Fails")
        if is_time_to_fail("task", self.times):
            raise ValueError("no luck with this one")
        self.output().dump("x", formatter="text")
"""

KEEP = """
luigi_worker.keep_alive: True
luigi_scheduler.retry_delay: 0
luigi_scheduler.retry_count: {count}
"""

FAILED = "Fails 0, Fails 1, Fails 2, Fails 3"

RETRIES = [
    Setting("a failing branch fails the run", FAILS, ("work.Fails",), FAILED, (40,)),
    Setting(
        "the next run makes only what failed", FAILS, ("work.After", "work.After"),
        f"{FAILED}, Fails 2, After 4", (40, 0),
    ),
    Setting(
        "keep_alive and retry_count try failed branches again", FAILS + "\n", ("work.After --Fails-times 2",),
        f"{FAILED}, Fails 2, Fails 2, After 4", (0,), KEEP.format(count=3),
    ),
    Setting(
        "retry_count ends the attempts", FAILS, ("work.After --Fails-times 9",),
        f"{FAILED}, Fails 2, Fails 2", (40,), KEEP.format(count=3),
    ),
    Setting(
        "keep_alive and retry_count try a failed task again", FAILS_ALONE.format(attributes=""),
        ("work.Fails --times 2",), "Fails, Fails, Fails", (0,), KEEP.format(count=3),
    ),
    Setting(
        "retry_count of a class", FAILS_ALONE.format(attributes="    retry_count = 2"), ("work.Fails --times 9",),
        "Fails, Fails", (40,), KEEP.format(count=9),
    ),
    Setting(
        "retry_count of a class of workflows",
        FAILS.replace("    times =", "    retry_count = 2\n    times ="), ("work.Fails --times 9",),
        f"{FAILED}, Fails 2", (40,), KEEP.format(count=9),
    ),
    Setting(
        "max_keep_alive_idle_duration ends the wait for a retry", FAILS_ALONE.format(attributes=""),
        ("work.Fails",), "Fails", (40,),
        KEEP.format(count=9)
        + "luigi_scheduler.retry_delay: 100\nluigi_worker.max_keep_alive_idle_duration: 1 second\n",
    ),
    Setting(
        "no retry without keep_alive", FAILS_ALONE.format(attributes=""), ("work.Fails",), "Fails", (40,),
        KEEP.format(count=9) + "luigi_worker.keep_alive: False\nluigi_scheduler.retry_delay: 100\n",
    ),
    Setting(
        "external tasks are looked at again", """
class Data(Local, law.ExternalTask):
    def output(self):
        return self.local("data.txt")

class Other(Local, Task):
    priority = 1

    def output(self):
        return self.local("other.txt")

    def run(self):
        time.sleep(0.5)
        self.output().dump("x", formatter="text")
        Path(os.environ["DATA"], "out").mkdir(exist_ok=True)
        Path(os.environ["DATA"], "out", "data.txt").write_text("there")

class Reads(Local, Task):
    def requires(self):
        return [Data(), Other()]

    def output(self):
        return self.local("reads.txt")

    def run(self):
        note("Reads", self.input()[0].load(formatter="text"))
        self.output().dump("x", formatter="text")
""", ("work.Reads",), "Reads there", (0,), KEEP.format(count=9) + "luigi_worker.retry_external_tasks: True\n",
    ),
]  # fmt: skip

WORKFLOWS = [
    Setting("--branch", MANY, ("work.Many --branch 2",), "Many 2"),
    Setting("--branch of none", MANY, ("work.Many --branch 7",), "", (50,)),
    Setting("--branches", MANY, ("work.Many --branches 0,2:4",), "Many 0, Many 2, Many 3"),
    Setting("--branches, then all", MANY, ("work.Many --branches :2", "work.Many"),
            "Many 0, Many 1, Many 2, Many 3", (0, 0)),
    Setting("--workflow local", MANY, ("work.Many --workflow local",), "Many 0, Many 1, Many 2, Many 3"),
    Setting("--workflow that is not there", MANY, ("work.Many --workflow slurm",), "Many 0, Many 1, Many 2, Many 3",
            ours_codes=(60,), ours="", because="plain law takes another type without a word",
            ),
    Setting(
        "--workflow that is for what is required", MANY + """
class OtherProxy(law.LocalWorkflow.workflow_proxy_cls):
    workflow_type = "other"

class OtherWorkflow(law.LocalWorkflow):
    workflow_proxy_cls = OtherProxy

class First(Local, OtherWorkflow, {base}):
    def create_branch_map(self):
        return {{0: "a"}}

    def output(self):
        return self.local("first.txt")

    def run(self):
        note("First", self.effective_workflow)
        self.output().dump("x", formatter="text")

class Last(Many):
    def workflow_requires(self):
        return {{"first": First.req(self)}}
""".format(base="Workflow"), ("work.Last --n 1 --workflow other",), "First other, Many 0"),
    Setting("--workers 2", MANY, ("work.Many --workers 2",), "Many 0, Many 1, Many 2, Many 3"),
    Setting(
        "--acceptance as a fraction, on the second run too", FAILS,
        ("work.Fails --times 9", "work.After --Fails-acceptance 0.75"), f"{FAILED}, After 4", (40, 0),
    ),
    Setting(
        "--acceptance as a number", FAILS, ("work.Fails --times 9", "work.After --Fails-acceptance 3"),
        f"{FAILED}, After 4", (40, 0),
    ),
    Setting(
        "--acceptance of more than there are", FAILS, ("work.Fails --times 9", "work.After --Fails-acceptance 0.9"),
        f"{FAILED}, Fails 2, After 4", (40, 0),
    ),
]  # fmt: skip

SCHEDULER = [
    Setting(
        "priority", """
class One(Local, Task):
    n = luigi.IntParameter(default=1)

    @property
    def priority(self):
        return self.n % 3

    def output(self):
        return self.local(f"one_{self.n}.txt")

    def run(self):
        note("One", self.n)
        self.output().dump("x", formatter="text")

class All(law.WrapperTask):
    def requires(self):
        return [One(n=n) for n in range(1, 4)]
""", ("work.All",), "One 2, One 1, One 3", ordered=True,
    ),
    Setting(
        "resources of the scheduler", """
class Uses(Local, Task):
    n = luigi.IntParameter()
    resources = {"beam": 1}

    def output(self):
        return self.local(f"uses_{self.n}.txt")

    def run(self):
        note("begins")
        time.sleep(0.3)
        note("ends")
        self.output().dump("x", formatter="text")

class Both(law.WrapperTask):
    def requires(self):
        return [Uses(n=n) for n in range(3)]
""", ("work.Both --workers 3",), "begins, ends, begins, ends, begins, ends", ordered=True,
        options="luigi_resources.beam: 1\n",
    ),
    Setting(
        "resources of the scheduler, in branches",
        MANY.replace("    n =", "    resources = {'beam': 1}\n    n =").replace(
            'note("Many", self.branch)', 'note("begins")\n        time.sleep(0.2)\n        note("ends")'),
        ("work.Many --workers 3",), ", ".join(["begins, ends"] * 4), ordered=True,
        options="luigi_resources.beam: 1\n",
    ),
    Setting(
        "resources that suffice for two branches",
        MANY.replace("    n =", "    resources = {'beam': 2}\n    n =").replace(
            'note("Many", self.branch)',
            'open(os.path.join(os.environ["DATA"], str(self.branch)), "w").close()\n        time.sleep(1.5)\n'
            '        note(len([n for n in "0123" if os.path.exists(os.path.join(os.environ["DATA"], n))]) // 2)'),
        ("work.Many --workers 4",), "1, 1, 2, 2", options="luigi_resources.beam: 4\ncaselaw.workers: 4\n",
    ),
    Setting(
        "worker_timeout of a task", FAILS_ALONE.format(attributes="    worker_timeout = 1").replace(
            'raise ValueError("no luck with this one")', "time.sleep(60)"),
        ("work.Fails", "work.Fails"), "Fails, Fails", (40, 0),
    ),
    Setting(
        "worker_timeout of branches", FAILS.replace("    times =", "    worker_timeout = 2\n    times =").replace(
            'raise ValueError("no luck with this one")', "time.sleep(60)").replace(
            'note("Fails", self.branch)', 'note("Fails", self.branch)\n        time.sleep(0.8)'),
        ("work.Fails", "work.Fails"), f"{FAILED}, Fails 2", (40, 0), "caselaw.workers: 1\n",
        ("timed out after 2 seconds",),
    ),
    Setting(
        "timeout of all tasks", FAILS.replace('raise ValueError("no luck with this one")', "time.sleep(60)").replace(
            'note("Fails", self.branch)', 'note("Fails", self.branch)\n        time.sleep(0.8)'),
        ("work.Fails", "work.Fails"), f"{FAILED}, Fails 2", (40, 0),
        "luigi_worker.timeout: 2\ncaselaw.workers: 1\n", ("timed out after 2 seconds",),
    ),
    Setting("force_multiprocessing", MANY, ("work.Many",), "Many 0, Many 1, Many 2, Many 3",
            options="luigi_worker.force_multiprocessing: True\n"),
    Setting("check_complete_on_run", MANY, ("work.Many",), "Many 0, Many 1, Many 2, Many 3",
            options="luigi_worker.check_complete_on_run: True\n"),
    Setting("cache_task_completion", FAILS, ("work.After", "work.After"),
            f"{FAILED}, Fails 2, After 4", (40, 0), options="luigi_worker.cache_task_completion: True\n"),
    Setting("check_unfulfilled_deps", FAILS, ("work.After --Fails-times 0",), f"{FAILED}, After 4",
            options="luigi_worker.check_unfulfilled_deps: False\n"),
    Setting(
        "task_process_context", MANY + """
class Around:
    def __init__(self, process):
        self.process = process

    def __enter__(self):
        note("enters", self.process.task.get_task_family(), getattr(self.process.task, "branch", ""))

    def __exit__(self, *_):
        note("leaves", self.process.task.get_task_family(), getattr(self.process.task, "branch", ""))
""", ("work.Many --n 1",), "enters Many -1, leaves Many -1, enters Many 0, Many 0, leaves Many 0, enters Many -1,"
        "leaves Many -1", options="luigi_worker.task_process_context: work.Around\n", ordered=True,
        ours="enters Many -1, enters Many 0, Many 0, leaves Many 0, leaves Many -1",
        because="the workflow runs its branches itself, and once",
    ),
    Setting("exit codes of [retcode]", FAILS_ALONE.format(attributes=""), ("work.Fails",), "Fails", (7,),
            options="luigi_retcode.task_failed: 7\n"),
]  # fmt: skip

MESSAGES = [
    Setting(
        "messages of branches show at once",
        MANY.replace(
            'note("Many", self.branch)',
            """
        self.publish_message(f"begins {self.branch}")
        with self.publish_step("a step"):
            time.sleep(0.1)
        self.publish_progress(50)""",
        ),
        ("work.Many",),
        "",
        shows=(
            "^begins 3$",
            "^a step$",
            r"^done \(took",
        ),
        hides=("set_status_message not set", "set_progress_percentage not set"),
    ),
]

ROWS = [*RETRIES, *WORKFLOWS, *SCHEDULER, *MESSAGES]
