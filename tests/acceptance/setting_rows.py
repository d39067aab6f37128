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
    Setting(
        "task_process_context swallows no failure", FAILS + """
class Around:
    def __init__(self, process):
        pass

    def __enter__(self):
        pass

    def __exit__(self, *_):
        return True
""", ("work.Fails",), FAILED, (40,), "luigi_worker.task_process_context: work.Around\n",
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

CALLBACKS = """
class Calls(Local, {base}):
{branches}
    def output(self):
        return self.local(f"calls_{{getattr(self, 'branch', 0)}}.txt")

    def run(self):
        self.rows = getattr(self, "branch", 0) + 5
        if self.rows == 7 or is_time_to_fail("once", {times}):
            raise LookupError(f"no luck with {{self.rows}}")
        self.output().dump("x", formatter="text")

    def on_success(self):
        if getattr(self, "branch", 0) >= 0:
            note("success", self.rows)
        return super().on_success()

    def on_failure(self, exception):
        if getattr(self, "branch", 0) >= 0:
            note("failure", self.rows, type(exception).__name__, exception)
        return super().on_failure(exception)
"""

EVENTS = """
@luigi.Task.event_handler(luigi.Event.START)
def on_start(task):
    told("start", task)

@Calls.event_handler(luigi.Event.SUCCESS)
def on_success(task):
    told("success", task)

@law.Task.event_handler(luigi.Event.FAILURE)
def on_failure(task, exception):
    told(f"failure {type(exception).__name__}", task)

@Calls.event_handler(luigi.Event.PROCESSING_TIME)
def on_time(task, seconds):
    told(f"time {seconds < 60}", task)

def told(what, task):
    if getattr(task, "branch", 0) >= 0:
        note(what, getattr(task, "branch", "-"))

class Calls(Local, {base}):
{branches}
    def output(self):
        return self.local(f"calls_{{getattr(self, 'branch', 0)}}.txt")

    def run(self):
        note("runs", getattr(self, "branch", "-"))
        if getattr(self, "branch", 1) == 1:
            raise LookupError("no luck")
        self.output().dump("x", formatter="text")
"""

EVENTS = EVENTS[EVENTS.index("class Calls") :] + EVENTS[: EVENTS.index("class Calls")].replace("{", "{{").replace(
    "}", "}}"
)
BRANCHES = """
    def create_branch_map(self):
        return {0: "a", 1: "b", 2: "c"}
"""

LISTENING = [
    Setting(
        "callbacks of branches, with what run() keeps", CALLBACKS.format(base="Workflow", branches=BRANCHES, times=0),
        ("work.Calls",), "success 5, success 6, failure 7 LookupError no luck with 7", (40,),
    ),
    Setting(
        "callbacks of a task, with what run() keeps", CALLBACKS.format(base="Task", branches="", times=1),
        ("work.Calls", "work.Calls"), "failure 5 LookupError no luck with 5, success 5", (40, 0), ordered=True,
    ),
    Setting(
        "event handlers hear of branches", EVENTS.format(base="Workflow", branches=BRANCHES), ("work.Calls",),
        "start 0, runs 0, time True 0, success 0, start 1, runs 1, failure LookupError 1,"
        "start 2, runs 2, time True 2, success 2", (40,), "caselaw.workers: 1\n",
    ),
    Setting(
        "event handlers hear of a task", EVENTS.format(base="Task", branches=""), ("work.Calls",),
        "start -, runs -, failure LookupError -", (40,), ordered=True,
    ),
]  # fmt: skip

AROUND = """
@law.decorator.factory(name="", accept_generator=True)
def around(fn, opts, task, *args, **kwargs):
    def before_call():
        note("before", opts["name"])

    def call(state):
        return fn(task, *args, **kwargs)

    def after_call(state):
        note("after", opts["name"])

    return before_call, call, after_call
"""

DECORATED = (
    AROUND
    + """
class First(Local, Task):
    def output(self):
        return self.local("first.txt")

    def run(self):
        self.output().dump("first", formatter="text")

class Decorated(Local, {base}):
{branches}
    def requires(self):
        return First()

    def output(self):
        return self.local(f"decorated_{{getattr(self, 'branch', 0)}}.txt")

    {decorators}
    def run(self):
        note("runs")
        print("a word of run")
        with self.output().open("w") as file:
            file.write(self.input().load(formatter="text"))
        {then}

class Last(Local, Task):
    def requires(self):
        return Decorated()

    def output(self):
        return self.local("last.txt")

    def run(self):
        found = self.input()["collection"][0] if isinstance(self.input(), dict) else self.input()
        note("last", found.load(formatter="text"))
        self.output().dump("x", formatter="text")
"""
)
DECORATED_LOG = """
    @property
    def default_log_file(self):
        return os.path.join(os.environ["DATA"], "log.txt")
"""


def decorated(
    name: str, decorators: str, notes: str, base: str = "Workflow", then: str = "pass", **also: object
) -> Setting:
    """A decorated `run()` of a task or branch, and a task that reads what it made."""
    branches = {"Workflow": "    def create_branch_map(self):\n        return [1]\n", "Task": ""}[base]
    if "log" in decorators:
        branches += DECORATED_LOG
    code = DECORATED.format(
        base=base, branches=branches, decorators="\n    ".join(f"@{d}" for d in decorators.split()), then=then
    )
    return Setting(f"{name} of a {base.lower()}", code, ("work.Last",), notes, ordered=True, **also)  # type: ignore[arg-type]


D = "law.decorator."
DECORATORS = [
    decorated("order of decorators", 'around(name="outer") around(name="inner")',
              "before outer, before inner, runs, after inner, after outer, last first"),
    decorated("timeit, delay and notify", f"{D}timeit {D}delay(t=0.1) {D}notify", "runs, last first",
              shows=("runtime: ",), options="logging.law: INFO\n"),
    decorated("timeit", f"{D}timeit {D}safe_output", "runs, last first", "Task",
              shows=("runtime: ",), options="logging.law: INFO\n"),
    decorated("safe_output after an error", f"{D}safe_output", "runs", then='raise ValueError("no luck")', codes=(40,),
              leaves=("decorated_*", 0)),
    decorated("localize", f"{D}localize", "runs, last first"),
    decorated("localize", f"{D}localize(input=False)", "runs, last first", "Task"),
    decorated("log", f"{D}log", "runs, last first", leaves=("log.txt", 1), shows=("a word of run",)),
    decorated("log", f"{D}log", "runs, last first", "Task", leaves=("log.txt", 1)),
    decorated("require_sandbox", f"{D}require_sandbox", "", "Task", codes=(40,), shows=("SandboxTask",)),
]  # fmt: skip

SHOWN = (
    MANY
    + """
class Last(Local, Task):
    def requires(self):
        return Many.req(self)

    def output(self):
        return self.local("last.txt")

    def run(self):
        note("Last")
        self.output().dump("x", formatter="text")
"""
)
ALL = "Many 0, Many 1, Many 2, Many 3"

INTERACTIVE = [
    Setting("--print-deps", SHOWN, ("work.Last --print-deps 0", "work.Last --print-deps -1"), "", (0, 0), shows=(
        r"with max_depth 0\n\n0 > Last\(\)", r"1 > Many\(.*branch=-1", "with max_depth -1"), hides=(r"2 >",)),
    Setting("--print-status", SHOWN, ("work.Many", "work.Last --print-status 1,1"), ALL, (0, 0),
            shows=("absent", r"existent \(4/4\)", r"3: existent", r"1 > Many\(")),
    Setting("--print-status of what is not there", SHOWN, ("work.Last --print-status 1",), "",
            shows=(r"absent \(0/4\)",), hides=("existent",)),
    Setting("--print-output", SHOWN, ("work.Last --print-output 1", "work.Last --print-output 0,False"), "", (0, 0),
            shows=("^file://.*/out/last.*txt$", "^file://.*/out/many_d.*txt$", "^/.*/out/last.*txt$")),
    Setting("--fetch-output", SHOWN, ("work.Last", "work.Last --fetch-output 1,a,DATA/fetched,False"), f"{ALL}, Last",
            (0, 0), leaves=("fetched/*.txt", 5)),
    Setting("--fetch-output, dry", SHOWN, ("work.Last", "work.Last --fetch-output 1,d,DATA/fetched"), f"{ALL}, Last",
            (0, 0), leaves=("fetched/*.txt", 0)),
    Setting("--remove-output, dry", SHOWN, ("work.Last", "work.Last --remove-output 1,d", "work.Last"),
            f"{ALL}, Last", (0, 0, 0), shows=("dry removed",)),
    Setting("--remove-output of one task, which runs again", SHOWN,
            ("work.Last", "work.Last --remove-output 0,a", "work.Last"), f"{ALL}, Last, Last", (0, 0, 0)),
    Setting("--remove-output of branches, which run again", SHOWN,
            ("work.Last", "work.Many --branches 1:3 --remove-output 0,a", "work.Many"), f"{ALL}, Last, Many 1, Many 2",
            (0, 0, 0)),
    Setting("--remove-output of a branch", SHOWN,
            ("work.Many", "work.Many --branch 1 --remove-output 0,a", "work.Many"), f"{ALL}, Many 1", (0, 0, 0)),
    Setting("--remove-output and run at once", SHOWN, ("work.Last", "work.Last --remove-output 1,a,y"),
            f"{ALL}, Last, {ALL}, Last", (0, 0)),
    Setting("--remove-output with questions", SHOWN, ("work.Many", "work.Many --remove-output 0", "work.Many"),
            f"{ALL}, Many 1", (0, 0, 0), answers="i\ny\ni\nn\ny\nn\nn\n"),
]  # fmt: skip

CONFIGURED = """
class Up(Local, Task):
    n = luigi.IntParameter(default=1)
    kept = luigi.IntParameter(default=1)
    prefer_params_cli = {"n"}
    exclude_params_req = {"kept"}

    def output(self):
        return self.local(f"up_{self.n}_{self.kept}.txt")

    def run(self):
        note("Up", self.n, self.kept)
        self.output().dump("x", formatter="text")

class Down(Local, Workflow):
    n = luigi.IntParameter(default=1)
    kept = luigi.IntParameter(default=1)
    log_of_words = luigi.Parameter(default="a b", significant=False)

    def create_branch_map(self):
        return [1]

    def requires(self):
        return Up.req(self)

    def workflow_requires(self):
        return {"up": Up.req(self)}

    def output(self):
        return self.local(f"down_{self.n}.txt")

    def run(self):
        arguments = self.cli_args()
        note("Down", self.n, self.kept, arguments["--n"], arguments["--branch"], "--print-status" in arguments)
        self.output().dump("x", formatter="text")
"""

FORKED = [
    Setting("--workers 3 of a chain", SHOWN, ("work.Last --workers 3",) * 2, f"{ALL}, Last", (0, 0)),
    Setting(
        "callbacks and messages with --workers 2",
        CALLBACKS.format(base="Workflow", branches=BRANCHES, times=0).replace(
            "        if self.rows == 7",
            '        self.publish_message(f"message {self.rows}")\n        if self.rows == 7',
        ),
        ("work.Calls --workers 2",), "success 5, success 6, failure 7 LookupError no luck with 7", (40,),
        shows=("^message 5$", "^message 7$"), hides=("set_status_message not set",),
    ),
]  # fmt: skip

VALUES = [
    Setting("parameters of a class on the command line", CONFIGURED, ("work.Down --n 3 --Up-n 2 --kept 5",),
            "Up 2 1, Down 3 5 3 0 False"),
    Setting("parameters that req() passes on", CONFIGURED, ("work.Down --n 3 --kept 5",),
            "Up 3 1, Down 3 5 3 0 False"),
    Setting("defaults of parameters in law.cfg", CONFIGURED, ("work.Down",), "Up 7 9, Down 7 1 7 0 False",
            options="luigi_Up.kept: 9\nluigi_Down.n: 7\n"),
    Setting("before_run", """
from law.patches import before_run

def begin():
    note("begins")

before_run(begin)
""" + MANY, ("work.Many --n 1",), "begins, Many 0", ordered=True),
    Setting("--log-level", MANY, ("work.Many --log-level WARNING",), ALL, hides=("^INFO", "^DEBUG")),
    Setting("loggers of law.cfg", "import logging\n" + MANY.replace('note("Many", self.branch)', """
        logging.getLogger("mine").info("a word from a module")
        logging.getLogger("mine").debug("not this")
        self.logger.info("a word from a task")
        note("Many", self.branch)"""), ("work.Many",), ALL, options="logging.mine: INFO\nlogging.law: INFO\n",
            shows=("a word from a module", "a word from a task"), hides=("not this",)),
]  # fmt: skip

ROWS = [*RETRIES, *WORKFLOWS, *SCHEDULER, *MESSAGES, *LISTENING, *DECORATORS, *INTERACTIVE, *FORKED, *VALUES]
