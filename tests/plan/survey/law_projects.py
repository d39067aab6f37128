"""Projects in the shapes of law's examples."""

from __future__ import annotations

from project_row import Row

FRAMEWORK = '''
import os

import law
import luigi

law.contrib.load("htcondor", "slurm", "tasks", "numpy")


class Task(law.Task):
    """Base of all tasks: a version, and a place for outputs."""

    version = luigi.Parameter(default="v1")

    def store_parts(self):
        return (self.__class__.__name__, self.version)

    def local_path(self, *path):
        parts = (os.path.dirname(os.path.abspath(__file__)), "store") + self.store_parts() + path
        return os.path.join(*map(str, parts))

    def local_target(self, *path, **kwargs):
        return law.LocalFileTarget(self.local_path(*path), **kwargs)


class HTCondorWorkflow(law.htcondor.HTCondorWorkflow):
    max_runtime = law.DurationParameter(default=1.0, unit="h", significant=False)

    def htcondor_output_directory(self):
        return law.LocalDirectoryTarget(self.local_path())


class SlurmWorkflow(law.slurm.SlurmWorkflow):
    def slurm_output_directory(self):
        return law.LocalDirectoryTarget(self.local_path())
'''

SOURCE = """
import law
import luigi

from framework import HTCondorWorkflow, SlurmWorkflow, Task  # noqa: F401


class CreateChars(Task, law.LocalWorkflow):
    def create_branch_map(self):
        return {i: num for i, num in enumerate(range(97, 101))}

    def output(self):
        return self.local_target("output_{}.json".format(self.branch))

    def run(self):
        self.output().dump({"num": self.branch_data, "char": chr(self.branch_data)})

"""


def project(name: str, body: str, **options) -> Row:
    files = {"framework.py": FRAMEWORK, **options.pop("files", {})}
    return Row(name, SOURCE + body, files=files, **options)


ROWS = [
    project("a workflow, and a task that reads it", '''
class Result(Task):
    def requires(self):
        return CreateChars.req(self)

    def output(self):
        return self.local_target("alphabet.txt")

    def run(self):
        inputs = self.input()["collection"].targets
        self.output().dump("".join(inp.load()["char"] for inp in inputs.values()) + "\\n")
        self.publish_message("built")
'''),
    project("a sequential and a merging workflow", '''
class Partial(Task, law.LocalWorkflow):
    def create_branch_map(self):
        return [(0, 2), (2, 4)]

    def workflow_requires(self):
        reqs = super().workflow_requires()
        reqs["chars"] = CreateChars.req(self)
        return reqs

    def requires(self):
        start, end = self.branch_data
        return {i: CreateChars.req(self, branch=i) for i in range(start, end)}

    def output(self):
        return self.local_target("partial_{}_{}.txt".format(*self.branch_data))

    def run(self):
        self.output().dump("".join(inp.load()["char"] for inp in self.input().values()))


class Result(Task):
    def requires(self):
        return Partial.req(self)

    def output(self):
        return self.local_target("full.txt")

    def run(self):
        self.output().dump("".join(inp.load() for inp in self.input()["collection"].targets.values()))
'''),
    project("the workflow of a batch system, after the local one", '''
class Result(Task, law.LocalWorkflow, HTCondorWorkflow, SlurmWorkflow):
    def create_branch_map(self):
        return ["a", "b"]

    def output(self):
        return self.local_target("%s.txt" % self.branch_data)

    def run(self):
        self.output().dump(self.branch_data)
'''),
    project("a wrapper of the project's", '''
class Result(Task, law.WrapperTask):
    def requires(self):
        return [CreateChars.req(self), CreateChars.req(self, version="v2")]
'''),
    project("decorators of run()", '''
class Result(Task):
    def output(self):
        return {"a": self.local_target("a.txt"), "b": self.local_target("b.json")}

    @law.decorator.log
    @law.decorator.safe_output
    def run(self):
        output = self.output()
        output["a"].dump("text")
        with output["b"].localize("w") as temporary:
            temporary.dump({"b": 1})
'''),
    project("a folder as output", '''
class Result(Task):
    def output(self):
        return law.LocalDirectoryTarget(self.local_path("plots"))

    def run(self):
        output = self.output()
        output.touch()
        output.child("plot.txt", type="f").dump("plot")
'''),
    project("a collection as output", '''
class Result(Task):
    def output(self):
        return law.SiblingFileCollection([self.local_target("%d.txt" % i) for i in range(3)])

    def run(self):
        for number, target in enumerate(self.output().targets):
            target.dump(str(number))
'''),
    project("the output of a requirement passed on", '''
class Result(Task):
    def requires(self):
        return CreateChars.req(self, branch=1)

    def output(self):
        return self.input()

    def run(self):
        pass
'''),
    project("a branch map of files that are there", '''
import glob
import os


class Result(Task, law.LocalWorkflow):
    def create_branch_map(self):
        here = os.path.dirname(os.path.abspath(__file__))
        return dict(enumerate(sorted(glob.glob(os.path.join(here, "in", "*.txt")))))

    def output(self):
        return self.local_target("out_%d.txt" % self.branch)

    def run(self):
        with open(self.branch_data) as file:
            self.output().dump(file.read().upper())
''', files={"in/a.txt": "a", "in/b.txt": "b"}),
    project("a sparse branch map", '''
class Result(Task, law.LocalWorkflow):
    def create_branch_map(self):
        return {10: "a", 20: "b", 30: "a"}

    def output(self):
        return self.local_target("%s_%d.txt" % (self.branch_data, self.branch))

    def run(self):
        self.output().dump(self.branch_data)
'''),
    project("a class attribute, an __init__ and a cached property", '''
import functools


class Result(Task):
    limit = 3

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.numbers = list(range(self.limit))

    @functools.cached_property
    def total(self):
        return sum(self.numbers)

    def output(self):
        return self.local_target("total.json")

    def run(self):
        self.output().dump(self.total)
'''),
    project("names that caselaw has words for", '''
class Result(Task):
    config = luigi.Parameter(default="run3")
    store = luigi.Parameter(default="eos")
    campaign = luigi.Parameter(default="c1")
    project = "mine"
    resources = {"gpu": 1}
    products = ["a", "b"]
    location = "here"

    def output(self):
        return self.local_target(self.config, self.store, self.campaign + ".json")

    def run(self):
        self.output().dump([self.project, self.products, self.location])
''', arguments=("--config", "run2")),
    project("a namespace", '''
class Result(Task):
    task_namespace = "cf"

    def output(self):
        return self.local_target("out.txt")

    def run(self):
        self.output().dump("text")
'''),
    project("its own complete()", '''
class Result(Task):
    def output(self):
        return self.local_target("out.json")

    def complete(self):
        target = self.output()
        return target.exists() and target.load() == {"done": True}

    def run(self):
        self.output().dump({"done": True})
'''),
    project("optional outputs, and outputs for some", '''
class Result(Task):
    plots = luigi.BoolParameter(default=False)

    def output(self):
        outputs = {"table": self.local_target("table.txt"), "extra": self.local_target("x.txt", optional=True)}
        if self.plots:
            outputs["plot"] = self.local_target("plot.txt")
        return outputs

    def run(self):
        self.output()["table"].dump("table")
'''),
    project("a sandbox that is not used", '''
class Result(Task, law.SandboxTask):
    sandbox = "bash::/dev/null"

    @property
    def effective_sandbox(self):
        return law.NO_STR

    def output(self):
        return self.local_target("out.txt")

    def run(self):
        self.output().dump("text")
'''),
    project("a command that gets the path", '''
import subprocess


class Result(Task):
    def output(self):
        return self.local_target("out.txt")

    def run(self):
        self.output().parent.touch()
        subprocess.run("echo text > {}".format(self.output().path), shell=True, check=True)
'''),
    project("processes of its own", '''
import multiprocessing


def square(number):
    return number ** 2


class Result(Task):
    def output(self):
        return self.local_target("squares.json")

    def run(self):
        with multiprocessing.Pool(2) as pool:
            self.output().dump(pool.map(square, range(3)))
'''),
    project("an external file of the project's", '''
import os


class Given(Task, law.ExternalTask):
    def output(self):
        return law.LocalFileTarget(os.path.join(os.path.dirname(os.path.abspath(__file__)), "given.txt"))


class Result(Task):
    def requires(self):
        return Given.req(self)

    def output(self):
        return self.local_target("copy.txt")

    def run(self):
        self.output().dump(self.input().load(formatter="text"))
''', files={"given.txt": "given"}),
    project("dynamic requirements in branches", '''
class Result(Task, law.LocalWorkflow):
    def create_branch_map(self):
        return {0: 0, 1: 1}

    def output(self):
        return self.local_target("%d.txt" % self.branch)

    def run(self):
        inp = yield CreateChars.req(self, branch=self.branch)
        self.output().dump(inp.load()["char"])
'''),
    project("a condition on the branches", '''
class Result(Task, law.LocalWorkflow):
    def workflow_requires(self):
        return {"chars": CreateChars.req(self)}

    @law.dynamic_workflow_condition
    def workflow_condition(self):
        return CreateChars.req(self).complete()

    @workflow_condition.create_branch_map
    def create_branch_map(self):
        return {0: 0, 1: 1}

    @workflow_condition.output
    def output(self):
        return self.local_target("%d.txt" % self.branch)

    def run(self):
        self.output().dump(str(self.branch))
'''),
    project("a loop of optimisation", '''
class Objective(Task):
    x = luigi.FloatParameter()

    def output(self):
        return self.local_target("f_%s.json" % self.x)

    def run(self):
        self.output().dump({"f": (self.x - 2) ** 2})


class Result(Task):
    iteration = luigi.IntParameter(default=2)

    def requires(self):
        return None if self.iteration == 0 else Result.req(self, iteration=self.iteration - 1)

    def output(self):
        return self.local_target("opt_%d.json" % self.iteration)

    def run(self):
        best = self.input().load() if self.iteration else {"x": 0.0, "f": 9.0}
        for x in (best["x"] + 0.5, best["x"] + 1.0):
            target = yield Objective.req(self, x=x)
            best = min(best, {"x": x, **target.load()}, key=lambda found: found["f"])
        self.output().dump(best)
'''),
]  # fmt: skip
