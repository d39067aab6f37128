"""Base classes: what tasks derive from, and in which order."""

from __future__ import annotations

from forms import EACH, SOURCES, THREE, Form

OUT = """
    def output(self):
        return self.local_target("result.txt")

    def run(self):
        note(self)
        self.output().dump(repr(contents(self.input())), formatter="text")
"""

BRANCH = """
    def create_branch_map(self):
        return {0: "a", 1: "b", 2: "c"}

    def requires(self):
        return Sources.req(self)

    def output(self):
        return self.local_target(f"result_{self.branch}.txt")

    def run(self):
        note(self)
        self.output().dump(repr([self.branch_data, contents(self.input())]), formatter="text")
"""


def below_source(name: str, head: str, body: str = "", **options: object) -> Form:
    """A task that requires another one."""
    code = f"{head}\n    def requires(self):\n        return Source.req(self)\n{body or OUT}"
    return Form(name, code, "Source 0, Result", steps=SOURCES, **options)  # type: ignore[arg-type]


def below_sources(name: str, head: str, **options: object) -> Form:
    """A workflow that requires the branches of another one."""
    return Form(name, head + BRANCH, f"{THREE}, {EACH}", steps=SOURCES, **options)  # type: ignore[arg-type]


BATCH = """
law.contrib.load("{name}")


class {kind}Workflow(law.{name}.{kind}Workflow):
    def {name}_output_directory(self):
        return law.LocalDirectoryTarget(os.path.join(os.environ["RESULTS"], "jobs"))

    def {name}_bootstrap_file(self):
        return os.path.join(os.environ["RESULTS"], "bootstrap.sh")

    def {name}_job_config(self, config, job_num, branches):
        return config


class Result({bases}):
"""


def batch(name: str, kind: str, bases: str) -> Form:
    text = BATCH.format(name=name, kind=kind, bases=bases)
    return below_sources(f"{kind}Workflow in ({bases})", text, arguments=("--workflow", "local"))


BASES = [
    Form(
        "tasks without a base of the project",
        """
class Source(law.Task):
    def output(self):
        return law.LocalFileTarget(os.path.join(os.environ["RESULTS"], "source.json"))

    def run(self):
        note(self)
        self.output().dump({"text": "before"})


class Result(law.Task):
    def requires(self):
        return Source.req(self)

    def output(self):
        return law.LocalFileTarget(os.path.join(os.environ["RESULTS"], "result.json"))

    def run(self):
        note(self)
        self.output().dump(contents(self.input()))
""",
        "Source, Result",
    ),
    Form(
        "workflows without a base of the project",
        """
class Result(law.LocalWorkflow):
    def create_branch_map(self):
        return ["a", "b"]

    def output(self):
        return law.LocalFileTarget(os.path.join(os.environ["RESULTS"], f"{self.branch}.json"))

    def run(self):
        note(self)
        self.output().dump({"text": "before", "value": self.branch_data})
""",
        "Result 0, Result 1",
    ),
    below_source(
        "a base of a base",
        "class Analysis(Base):\n    version = luigi.Parameter(default='v1')\n\n\nclass Result(Analysis):",
    ),
    below_source(
        "a plain mixin first",
        "class Paths:\n    def local_path(self, *names):\n"
        "        return os.path.join(os.environ['RESULTS'], 'other', *names)\n\n\nclass Result(Paths, Base):",
    ),
    below_source(
        "a plain mixin last", "class Words:\n    def word(self):\n        return 'x'\n\n\nclass Result(Base, Words):"
    ),
    below_source(
        "an abstract base",
        "from abc import abstractmethod\n\n\nclass Abstract(Base):\n    @abstractmethod\n    def word(self):\n"
        "        ...\n\n\n"
        "class Result(Abstract):\n    def word(self):\n        return 'x'\n",
    ),
    below_source(
        "a class made by type()",
        "class Made(Base):",
        OUT + '\n\nResult = type(Made)("Result", (Made,), {"__module__": __name__})\n',
    ),
    below_source(
        "__init__ and modify_param_values of the project",
        """
class Analysis(Base):
    version = luigi.Parameter(default="v1")

    @classmethod
    def modify_param_values(cls, params):
        params = super().modify_param_values(params)
        params["version"] = params["version"].upper()
        return params

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.folder = f"folder_{self.version}"

    def local_path(self, *names):
        return super().local_path(self.folder, *names)


class Result(Analysis):
""",
    ),
    below_source(
        "store_parts() of the project",
        '''
class Analysis(Base):
    """As in law's examples and columnflow: a path by the parts of a store."""

    version = luigi.Parameter(default="v1")

    def store_parts(self):
        return OrderedDict([("family", self.task_family), ("version", self.version)])

    def local_path(self, *names):
        return os.path.join(os.environ["RESULTS"], *self.store_parts().values(), *names)


class Result(Analysis):
''',
    ),
    below_source(
        "results beside the module",
        """
class Beside(Base):
    def local_path(self, *names):
        return os.path.join(str(ROOT), "beside", type(self).__name__, *names)


ROOT = Path(__file__).parent


class Result(Beside):
""",
    ),
    below_sources("(Base, LocalWorkflow)", "class Result(Base, law.LocalWorkflow):"),
    below_sources("(LocalWorkflow, Base)", "class Result(law.LocalWorkflow, Base):"),
    below_sources(
        "a base that is a workflow", "class Steps(Base, law.LocalWorkflow):\n    pass\n\n\nclass Result(Steps):"
    ),
    below_sources(
        "a diamond of bases",
        """
class Config(Base):
    analysis = luigi.Parameter(default="top")


class Dataset(Config):
    dataset = luigi.Parameter(default="ttbar")


class Calibrator(Config):
    calibrator = luigi.Parameter(default="jec")


class Result(Dataset, Calibrator, law.LocalWorkflow):
""",
    ),
    below_sources(
        "workflow mixins before tasks",
        """
class Remote(law.LocalWorkflow):
    def local_workflow_requires(self):
        return law.util.DotDict()


class Calibrator(Base):
    calibrator = luigi.Parameter(default="jec")


class Result(Calibrator, Remote):
""",
    ),
    below_sources(
        "local_workflow_require_branches",
        "class Result(Base, law.LocalWorkflow):\n    local_workflow_require_branches = True\n",
    ),
    batch("htcondor", "HTCondor", "Base, HTCondorWorkflow, law.LocalWorkflow"),
    batch("htcondor", "HTCondor", "Base, law.LocalWorkflow, HTCondorWorkflow"),
    batch("slurm", "Slurm", "Base, SlurmWorkflow, law.LocalWorkflow"),
]
