"""Mixins of law and luigi beside the project's base: wrappers, external tasks, transfers, merging, sandboxes."""

from __future__ import annotations

from form_bases import BRANCH, OUT, below_source
from forms import EACH, RESULT, SOURCES, THREE, Form

MIXINS = [
    Form(
        "WrapperTask of law",
        RESULT.format(requires="Source.req(self)").replace("class Result", "class Inner")
        + "class Result(law.WrapperTask):\n    def requires(self):\n        return [Inner()]\n",
        "Source 0, Inner",
        steps=SOURCES,
    ),
    Form(
        "(Base, WrapperTask)",
        "class Result(Base, law.WrapperTask):\n    def requires(self):\n"
        "        return {'one': Source(n=1), 'all': Sources.req(self)}\n",
        f"Source 1, {THREE}",
        steps=SOURCES,
    ),
    Form(
        "a wrapper in the middle",
        "class Middle(Base, law.WrapperTask):\n    def requires(self):\n        return [Source(n=1), Source(n=2)]\n"
        + RESULT.format(requires='{"middle": Middle.req(self)}'),
        "Source 1, Source 2, Result",
        steps=SOURCES,
    ),
    Form(
        "a workflow as wrapper",
        """
class Result(Base, law.LocalWorkflow, law.WrapperTask):
    def create_branch_map(self):
        return [1, 2]

    def requires(self):
        return Source(n=self.branch_data)
""",
        "Source 1, Source 2",
        steps=SOURCES,
    ),
    Form(
        "RunOnceTask",
        """
law.contrib.load("tasks")


class Result(Base, law.tasks.RunOnceTask):
    def requires(self):
        return Source.req(self)

    @law.tasks.RunOnceTask.complete_on_success
    def run(self):
        note(self)
""",
        "Source 0",
        always="Result",
        steps=SOURCES,
    ),
    Form(
        "RunOnceTask in the middle",
        """
law.contrib.load("tasks")


class Setup(Base, law.tasks.RunOnceTask):
    def run(self):
        note(self)
        self.mark_complete()


class Result(Base):
    def requires(self):
        return {"setup": Setup.req(self), "source": Source.req(self)}

    def output(self):
        return self.local_target("result.txt")

    def run(self):
        note(self)
        self.output().dump(repr(contents(self.input()["source"])), formatter="text")
""",
        "Setup, Source 0, Result",
        steps=SOURCES,
    ),
    Form(
        "a task without output, complete as it says itself",
        """
class Result(Base):
    done = False

    def requires(self):
        return Source.req(self)

    def complete(self):
        return self.done

    def run(self):
        note(self)
        self.done = True
""",
        "Source 0",
        always="Result",
        steps=SOURCES,
    ),
    Form(
        "a task without output in the middle",
        """
class Nothing(Base):
    def requires(self):
        return Source.req(self)

    def run(self):
        note(self)


class Result(Base):
    def requires(self):
        return {"nothing": Nothing.req(self), "source": Source.req(self)}

    def output(self):
        return self.local_target("result.txt")

    def run(self):
        note(self)
        self.output().dump(repr(contents(self.input())), formatter="text")
""",
        "Source 0, Result",
        steps=SOURCES,
    ),
    Form(
        "(Base, ExternalTask)",
        "class Data(Base, law.ExternalTask):\n    def output(self):\n        return self.local_target('data.txt')\n"
        + RESULT.format(requires="Data.req(self)"),
        "Result",
        files={"results/Data/data.txt": "before"},
        edit=None,
        edited_files={"results/Data/data.txt": "after"},
    ),
    Form(
        "ExternalTask of law",
        "class Data(law.ExternalTask):\n    def output(self):\n"
        "        return law.LocalFileTarget(os.path.join(os.environ['RESULTS'], 'data.txt'))\n"
        + RESULT.format(requires="Data.req(self)"),
        "Result",
        files={"results/data.txt": "before"},
        edit=None,
        edited_files={"results/data.txt": "after"},
    ),
    Form(
        "(Base, ExternalTask) with branches",
        """
class Data(Base, law.LocalWorkflow, law.ExternalTask):
    def create_branch_map(self):
        return {0: "x", 1: "y"}

    def output(self):
        return self.local_target(f"{self.branch_data}.txt")


class Result(Base, law.LocalWorkflow):
    def create_branch_map(self):
        return {0: "x", 1: "y"}

    def requires(self):
        return Data.req(self)

    def output(self):
        return self.local_target(f"{self.branch_data}.txt")

    def run(self):
        note(self)
        self.output().dump(repr(contents(self.input())), formatter="text")
""",
        "Result 1",
        files={"results/Data/x.txt": "1", "results/Data/y.txt": "1"},
        edit=None,
        edited_files={"results/Data/y.txt": "2"},
    ),
    Form(
        "TransferLocalFile of an input",
        """
law.contrib.load("tasks")


class Transfer(Base, law.tasks.TransferLocalFile):
    def requires(self):
        return Source.req(self)

    def single_output(self):
        return self.local_target("copy.json")

    def run(self):
        note(self)
        self.transfer(self.get_source_target().path)
"""
        + RESULT.format(requires="Transfer.req(self)"),
        "Source 0, Transfer, Result",
        steps=SOURCES,
    ),
    Form(
        "TransferLocalFile of a file, with replicas",
        """
law.contrib.load("tasks")


class Transfer(Base, law.tasks.TransferLocalFile):
    source_path = os.path.join(os.environ["RESULTS"], "raw.txt")
    replicas = 2

    def single_output(self):
        return self.local_target("copy.txt")
"""
        + RESULT.format(requires="Transfer.req(self)"),
        "Result",
        files={"results/raw.txt": "before"},
        edit=("raw.txt", "new.txt"),
        edited_files={"results/new.txt": "after"},
    ),
    Form(
        "ForestMerge",
        """
law.contrib.load("tasks")


class Merge(Base, law.tasks.ForestMerge):
    merge_factor = 2

    def merge_workflow_requires(self):
        return Sources.req(self, _exclude={"branch", "branches"}, _prefer_cli=["workflow"])

    def merge_requires(self, start_leaf, end_leaf):
        return [Sources.req(self, branch=n) for n in range(start_leaf, end_leaf)]

    def merge_output(self):
        return self.local_target("merged.json")

    def merge(self, inputs, output):
        note(self)
        output.dump([inp.load() for inp in inputs], formatter="json")
"""
        + RESULT.format(requires="Merge.req(self, keep_nodes=True)"),
        f"{THREE}, Merge 0, Merge 0, Merge 1, Result",
        steps=SOURCES,
    ),
    Form(
        "SandboxTask with bash",
        """
class Boxed(Base, law.SandboxTask):
    sandbox = "bash::setup.sh"

    def requires(self):
        return Source.req(self)

    def output(self):
        return self.local_target("boxed.txt")

    def run(self):
        note(self)
        self.output().dump(os.environ.get("BOXED", "outside") + repr(contents(self.input())), formatter="text")
"""
        + RESULT.format(requires="Boxed.req(self)"),
        "Source 0, Boxed, Result",
        steps=SOURCES,
        files={"setup.sh": "export BOXED=inside\n"},
        arguments=("--local-scheduler",),
    ),
    below_source(
        "decorators of run()",
        "class Result(Base):",
        OUT.replace(
            "    def run(self):",
            "    @law.decorator.log\n    @law.decorator.safe_output\n    @law.decorator.timeit\n    def run(self):",
        ),
    ),
    below_source(
        "localize as decorator",
        "class Result(Base):",
        OUT.replace("    def run(self):", "    @law.decorator.localize\n    def run(self):"),
    ),
    Form(
        "@luigi.util.requires",
        "import luigi.util\n\n\n@luigi.util.requires(Source)\nclass Result(Base):" + OUT,
        "Source 0, Result",
        steps=SOURCES,
    ),
    Form(
        "@luigi.util.inherits",
        "import luigi.util\n\n\n@luigi.util.inherits(Source)\nclass Result(Base):\n    def requires(self):\n"
        "        return self.clone(Source)\n" + OUT,
        "Source 0, Result",
        steps=SOURCES,
    ),
    Form(
        "tasks of luigi",
        """
class Source(luigi.Task):
    n = luigi.IntParameter(default=0)

    def output(self):
        return luigi.LocalTarget(os.path.join(os.environ["RESULTS"], f"source_{self.n}.txt"))

    def run(self):
        note(self, self.n)
        with self.output().open("w") as out:
            out.write("before")


class Result(luigi.Task):
    def requires(self):
        return [Source(n=1), Source(n=2)]

    def output(self):
        return luigi.LocalTarget(os.path.join(os.environ["RESULTS"], "result.txt"))

    def run(self):
        note(self)
        with self.output().open("w") as out:
            for each in self.input():
                out.write(each.open("r").read())
""",
        "Source 1, Source 2, Result",
    ),
    Form(
        "plain law tasks below tasks of caselaw",
        """
class Plain(law.Task):  # stays
    def local_target(self, *names):
        return law.LocalFileTarget(os.path.join(os.environ["RESULTS"], "plain", *names))


class Result(Plain):
    def requires(self):
        return {"one": Source(n=1), "all": Sources()}
"""
        + OUT,
        f"Source 1, {THREE}, Result",
        steps=SOURCES,
    ),
    Form(
        "plain law workflows below workflows of caselaw",
        """
class Plain(law.Task):  # stays
    def local_target(self, *names):
        return law.LocalFileTarget(os.path.join(os.environ["RESULTS"], "plain", *names))


class Result(Plain, law.LocalWorkflow):
"""
        + BRANCH,
        f"{THREE}, {EACH}",
        steps=SOURCES,
    ),
]
