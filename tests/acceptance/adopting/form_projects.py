"""Small projects in the shapes of law's own examples."""

from __future__ import annotations

from forms import Form

WORKFLOWS = '''
"""As law's own example of workflows: characters by branches, put together by a task."""

import os

import law
import luigi

from notes import contents, note

law.contrib.load("htcondor")


class Task(law.Task):
    """Base that provides some convenience methods to create local file and directory targets."""

    version = luigi.Parameter()

    def store_parts(self):
        return (self.__class__.__name__, self.version)

    def local_path(self, *path):
        parts = (os.getenv("RESULTS"),) + self.store_parts() + path
        return os.path.join(*map(str, parts))

    def local_target(self, *path):
        return law.LocalFileTarget(self.local_path(*path))


class HTCondorWorkflow(law.htcondor.HTCondorWorkflow):
    """What jobs of all workflows share."""

    max_runtime = law.DurationParameter(default=1.0, unit="h", significant=False, description="maximum runtime")
    transfer_logs = luigi.BoolParameter(default=True, significant=False, description="transfer job logs")

    def htcondor_output_directory(self):
        return law.LocalDirectoryTarget(self.local_path())

    def htcondor_bootstrap_file(self):
        return law.JobInputFile(os.path.join(os.path.dirname(__file__), "bootstrap.sh"), share=True, render_job=True)

    def htcondor_job_config(self, config, job_num, branches):
        config.render_variables["analysis_path"] = os.getenv("RESULTS")
        config.custom_content.append(("+MaxRuntime", int(self.max_runtime * 3600) - 1))
        return config


class CreateChars(Task, HTCondorWorkflow, law.LocalWorkflow):
    """One character per branch."""

    def create_branch_map(self):
        return {i: num for i, num in enumerate(range(97, 100 + 1))}

    def output(self):
        return self.local_target("output_{}.json".format(self.branch))

    def run(self):
        note(self)
        num = self.branch_data
        char = chr(num)
        output = self.output()
        output.dump({"num": num, "char": char + "before"})
        self.publish_message(f"created {char}")


class CreateAlphabet(Task):
    """All characters in one file."""

    def requires(self):
        return CreateChars.req(self)

    def output(self):
        return self.local_target("alphabet.txt")

    def run(self):
        note(self)
        inputs = self.input()["collection"].targets
        alphabet = ""
        for inp in inputs.values():
            alphabet += inp.load()["char"]
        self.output().dump(alphabet + "\\n", formatter="text")
'''

SEQUENTIAL = '''
"""As law's sequential example: a workflow per step, partial results, and branches that merge."""

import os

import law
import luigi

from notes import note


class Task(law.Task):
    version = luigi.Parameter(default="v1")

    def local_path(self, *path):
        return os.path.join(os.path.expandvars("$RESULTS"), self.task_family, self.version, *path)

    def local_target(self, *path):
        return law.LocalFileTarget(self.local_path(*path))


class CreateChars(Task, law.LocalWorkflow):
    def create_branch_map(self):
        return {n: 97 + n for n in range(6)}

    def output(self):
        return self.local_target(f"output_{self.branch}.json")

    def run(self):
        note(self)
        self.output().dump({"char": chr(self.branch_data)})


class CreatePartialAlphabet(Task, law.LocalWorkflow):
    """Puts some characters together."""

    chars_per_task = luigi.IntParameter(default=2)

    def workflow_requires(self):
        reqs = super().workflow_requires()
        reqs["chars"] = CreateChars.req(self, branches=self.get_all_char_branches())
        return reqs

    def get_all_char_branches(self):
        return tuple((min(chunk), max(chunk) + 1) for chunk in self.branch_map.values())

    def create_branch_map(self):
        return dict(enumerate(law.util.iter_chunks(range(6), self.chars_per_task)))

    def requires(self):
        return {n: CreateChars.req(self, branch=n) for n in self.branch_data}

    def output(self):
        return self.local_target(f"alphabet_part{self.branch}.txt")

    def run(self):
        note(self)
        self.output().dump("".join(inp.load()["char"] for inp in self.input().values()) + "before", formatter="text")


class CreateFullAlphabet(Task):
    def requires(self):
        return CreatePartialAlphabet.req(self)

    def output(self):
        return {"alphabet": self.local_target("full_alphabet.txt"), "stats": self.local_target("stats.json")}

    def run(self):
        note(self)
        parts = [inp.load(formatter="text") for inp in self.input().collection.targets.values()]
        self.output()["alphabet"].dump("".join(parts), formatter="text")
        self.output()["stats"].dump({"parts": len(parts)}, indent=4)
'''

LOREM = '''
"""As law's example of a text: files are fetched, characters counted, counts merged, and shown at every run."""

import os
from collections import OrderedDict

import law
import luigi

from notes import note

law.contrib.load("tasks")


class LoremIpsumBase(law.Task):
    file_index = luigi.ChoiceParameter(choices=[0, 1], var_type=int, default=0, description="which file")
    slow = luigi.BoolParameter(default=False, significant=False)

    exclude_params_req_get = {"slow"}

    def local_path(self, *path):
        return os.path.join(os.environ["RESULTS"], self.__class__.__name__, *[str(p) for p in path])

    def local_target(self, *args):
        return law.LocalFileTarget(self.local_path(*args))


class FetchLoremIpsum(LoremIpsumBase, law.tasks.TransferLocalFile):
    @property
    def source(self):
        return os.path.join(os.path.dirname(os.environ["RESULTS"]), "texts", f"ipsum{self.file_index}.txt")

    def single_output(self):
        return self.local_target(f"ipsum_{self.file_index}.txt")

    def run(self):
        note(self, self.file_index)
        self.transfer(law.LocalFileTarget(self.source))


class CountChars(LoremIpsumBase):
    def requires(self):
        return FetchLoremIpsum.req(self)

    def output(self):
        return self.local_target(f"chars_{self.file_index}.json")

    def run(self):
        note(self, self.file_index)
        content = self.input().load(formatter="text")
        counts = {c: content.lower().count(c) for c in "aei"}
        with self.output().localize("w") as tmp:
            tmp.dump({"before": counts}, indent=4)


class MergeCounts(LoremIpsumBase):
    file_index = None

    def requires(self):
        return [CountChars.req(self, file_index=i) for i in (0, 1)]

    def output(self):
        return self.local_target("chars_merged.json")

    def run(self):
        note(self)
        merged = OrderedDict()
        for inp in self.input():
            for name, counts in inp.load().items():
                for c, count in counts.items():
                    merged.setdefault(name + c, 0)
                    merged[name + c] += count
        self.output().dump(merged)


class ShowFrequencies(LoremIpsumBase):
    file_index = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.has_run = False

    def complete(self):
        return self.has_run

    def requires(self):
        return MergeCounts.req(self)

    @law.decorator.notify
    def run(self):
        note(self)
        for c, n in self.input().load().items():
            self.publish_message(f"{c}: {n}")
        self.has_run = True
'''

OPTIMISATION = '''
"""As law's example of a parallel optimisation: what is tried next depends on what came out before."""

import os

import law
import luigi

from notes import note


class Task(law.Task):
    def local_target(self, *path):
        return law.LocalFileTarget(os.path.join(os.environ["RESULTS"], *path))


class Objective(Task, law.LocalWorkflow):
    """The function at points that an optimiser asks for; a file says which."""

    iteration = luigi.IntParameter()
    points = law.CSVParameter(cls=luigi.FloatParameter)

    def create_branch_map(self):
        return list(self.points)

    def output(self):
        return self.local_target(f"objective_{self.iteration}_{self.branch}.json")

    def run(self):
        note(self, self.iteration)
        x = self.branch_data
        self.output().dump({"x": x, "y": (x - 1.0) ** 2 + 0.5})


class Optimizer(Task, law.LocalWorkflow):
    """One branch per iteration, which needs the one before."""

    iterations = luigi.IntParameter(default=3)
    n_parallel = luigi.IntParameter(default=2)

    def create_branch_map(self):
        return list(range(self.iterations))

    def requires(self):
        if self.branch == 0:
            return None
        return Optimizer.req(self, branch=self.branch - 1)

    def output(self):
        return self.local_target(f"optimizer_{self.branch}.json")

    def run(self):
        best = self.input().load()["x"] if self.branch > 0 else 4.0
        step = 2.0 / (self.branch + 1)
        ask = tuple(best + step * (n - 0.5) for n in range(self.n_parallel))
        targets = yield Objective.req(self, iteration=self.branch, points=ask, branch=-1)
        note(self)
        results = [target.load() for target in targets["collection"].targets.values()]
        self.output().dump(min(results, key=lambda result: result["y"]))


class OptimizerPlot(Task):
    def requires(self):
        return Optimizer.req(self)

    def output(self):
        return self.local_target("plot.txt")

    def run(self):
        note(self)
        found = [target.load() for target in self.input()["collection"].targets.values()]
        self.output().dump("\\n".join("before" + "*" * round(10 * each["y"]) for each in found), formatter="text")
'''

TEXTS = {"texts/ipsum0.txt": "lorem ipsum dolor sit amet", "texts/ipsum1.txt": "consectetur adipiscing elit"}
VERSION = ("--version", "v1", "--CreateChars-workflow", "local")

PROJECTS = [
    Form(
        "project: workflows of law",
        WORKFLOWS,
        "CreateChars 0, CreateChars 1, CreateChars 2, CreateChars 3, CreateAlphabet",
        root="CreateAlphabet",
        head="",
        arguments=VERSION,
    ),
    Form(
        "project: one branch of a workflow of law",
        WORKFLOWS,
        "CreateChars 2",
        root="CreateChars",
        head="",
        arguments=("--version", "v1", "--workflow", "local", "--branch", "2"),
    ),
    Form(
        "project: sequential and merging workflows of law",
        SEQUENTIAL,
        "CreatePartialAlphabet 0, CreatePartialAlphabet 1, CreatePartialAlphabet 2, CreateFullAlphabet",
        root="CreateFullAlphabet",
        head="",
    ),
    Form(
        "project: files fetched, counted, merged, shown",
        LOREM,
        "CountChars 0, CountChars 1, MergeCounts",
        root="ShowFrequencies",
        head="",
        files=TEXTS,
        always="ShowFrequencies",
    ),
    Form(
        "project: optimisation loop of law, its last step", OPTIMISATION, "OptimizerPlot", root="OptimizerPlot", head=""
    ),
    Form(
        "project: optimisation loop of law, its objective",
        OPTIMISATION,
        "Objective 0 0, Objective 1 0, Objective 0 1, Objective 1 1, Objective 0 2, Objective 1 2, "
        "Optimizer 0, Optimizer 1, Optimizer 2, OptimizerPlot",
        root="OptimizerPlot",
        head="",
        edit=("(x - 1.0)", "(x - 2.0)"),
    ),
]
