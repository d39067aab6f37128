"""Branch maps of a project's own: numbers, values, conditions, look-ups."""

from __future__ import annotations

from forms import EACH, RESULTS, SOURCES, THREE, Form

RUN = """
    def output(self):
        return self.local_target("result.txt")

    def run(self):
        note(self)
        self.output().dump(repr(contents(self.input())), formatter="text")
"""

RUN_ONLY = """
    def output(self):
        return self.local_target("result.txt")

    def run(self):
        note(self)
        self.output().dump("before", formatter="text")
"""

RUN_BRANCH = """
    def output(self):
        return self.local_target(f"result_{self.branch}.txt")

    def run(self):
        note(self)
        self.output().dump(repr([self.branch_data, contents(self.input())]), formatter="text")
"""

BRANCH_MAPS = [
    Form(
        "sparse branch map",
        """
class Result(Base, law.LocalWorkflow):
    def create_branch_map(self):
        return {10: "a", 20: "b"}

    def requires(self):
        return Source(n=self.branch)
"""
        + RUN_BRANCH,
        "Source 10, Source 20, Result 10, Result 20",
        steps=SOURCES,
    ),
    Form(
        "one branch of a sparse branch map",
        """
class Result(Base, law.LocalWorkflow):
    def create_branch_map(self):
        return {10: "a", 20: "b"}

    def requires(self):
        return Source(n=self.branch)
"""
        + RUN_BRANCH,
        "Source 20, Result 20",
        steps=SOURCES,
        arguments=("--branch", "20"),
    ),
    Form(
        "upstream with a sparse branch map",
        """
class Sparse(Base, law.LocalWorkflow):
    def create_branch_map(self):
        return {10: "a", 20: "b"}

    def output(self):
        return self.local_target(f"{self.branch}.json")

    def run(self):
        note(self)
        self.output().dump({"value": self.branch_data, "text": "before"})


class Result(Base, law.LocalWorkflow):
    def create_branch_map(self):
        return {20: "b", 10: "a"}

    def requires(self):
        return Sparse.req(self)
"""
        + RUN_BRANCH,
        "Sparse 10, Sparse 20, Result 10, Result 20",
    ),
    Form(
        "branch map in another order",
        """
class Result(Base, law.LocalWorkflow):
    def create_branch_map(self):
        return {1: "b", 0: "a"}

    def requires(self):
        return Source(n=self.branch)
"""
        + RUN_BRANCH,
        "Source 0, Source 1, Result 0, Result 1",
        steps=SOURCES,
    ),
    Form(
        "equal values",
        """
class Result(Base, law.LocalWorkflow):
    def create_branch_map(self):
        return ["a", "a", "b"]

    def requires(self):
        return Source(n=self.branch)
"""
        + RUN_BRANCH,
        "Source 0, Source 1, Source 2, Result 0, Result 1, Result 2",
        steps=SOURCES,
    ),
    Form(
        "equal values and nothing required",
        """
class Result(Base, law.LocalWorkflow):
    def create_branch_map(self):
        return ["a", "a"]

    def output(self):
        return self.local_target(f"result_{self.branch}.txt")

    def run(self):
        note(self)
        self.output().dump(f"{self.branch_data} {self.branch} before", formatter="text")
""",
        "Result 0, Result 1",
    ),
    Form(
        "a number as branch map",
        """
class Result(Base, law.LocalWorkflow):
    def create_branch_map(self):
        return 2

    def output(self):
        return self.local_target(f"result_{self.branch}.txt")

    def run(self):
        note(self)
        self.output().dump(f"{self.branch_data} before", formatter="text")
""",
        "Result 0, Result 1",
    ),
    Form(
        "dicts as values",
        """
class Result(Base, law.LocalWorkflow):
    def create_branch_map(self):
        return [{"name": "a", "n": 1}, {"name": "b", "n": 2}]

    def requires(self):
        return Source(n=self.branch_data["n"])

    def output(self):
        return self.local_target("{name}.txt".format(**self.branch_data))

    def run(self):
        note(self)
        self.output().dump(repr(contents(self.input())), formatter="text")
""",
        "Source 1, Source 2, Result 0, Result 1",
        steps=SOURCES,
    ),
    Form(
        "tasks as values",
        """
class Result(Base, law.LocalWorkflow):
    def create_branch_map(self):
        return {0: Source(n=1), 1: Source(n=2)}

    def requires(self):
        return self.branch_data

    def output(self):
        return self.local_target(f"result_{self.branch}.txt")

    def run(self):
        note(self)
        self.output().dump(repr([self.branch_data.n, contents(self.input())]), formatter="text")
""",
        "Source 1, Source 2, Result 0, Result 1",
        steps=SOURCES,
    ),
    Form(
        "targets as values",
        """
class Result(Base, law.LocalWorkflow):
    def create_branch_map(self):
        return [law.LocalFileTarget(os.path.join(os.environ["RESULTS"], f"raw_{n}.txt")) for n in range(2)]

    def output(self):
        return self.local_target(f"result_{self.branch}.txt")

    def run(self):
        note(self)
        self.output().dump(self.branch_data.load(formatter="text") + " before", formatter="text")
""",
        "Result 0, Result 1",
        files={"results/raw_0.txt": "1", "results/raw_1.txt": "2"},
    ),
    Form(
        "WorkflowParameter",
        """
class Lookup(Base, law.LocalWorkflow):
    option = law.WorkflowParameter()

    @classmethod
    def create_branch_map(cls, params):
        return [{"option": "x"}, {"option": "y"}]

    def output(self):
        return self.local_target("{option}.txt".format(**self.branch_data))

    def run(self):
        note(self)
        self.output().dump(f"{self.branch_data} {self.option} before", formatter="text")


class Result(Base):
    def requires(self):
        return Lookup(option="y")
"""
        + RUN,
        "Lookup 1, Result",
    ),
    Form(
        "WorkflowParameter of a whole workflow",
        """
class Result(Base, law.LocalWorkflow):
    option = law.WorkflowParameter()

    @classmethod
    def create_branch_map(cls, params):
        return [{"option": "x"}, {"option": "y"}]

    def output(self):
        return self.local_target("{option}.txt".format(**self.branch_data))

    def run(self):
        note(self)
        self.output().dump(f"{self.branch_data} {self.option} before", formatter="text")
""",
        "Result 0, Result 1",
    ),
    Form(
        "dynamic workflow condition",
        """
class Result(Base, law.LocalWorkflow):
    @law.dynamic_workflow_condition
    def workflow_condition(self):
        return all(target.exists() for target in luigi.task.flatten(self.workflow_input()["source"]))

    @workflow_condition.create_branch_map
    def create_branch_map(self):
        return list(range(self.workflow_input()["source"].load()["n"]))

    def workflow_requires(self):
        return {"source": Source(n=2)}

    def requires(self):
        return Source(n=2)

    @workflow_condition.output
    def output(self):
        return self.local_target(f"result_{self.branch}.txt")

    def run(self):
        note(self)
        self.output().dump(repr([self.branch_data, contents(self.input())]), formatter="text")
""",
        "Source 2, Result 0, Result 1",
        steps=SOURCES,
    ),
    Form(
        "own branch map beside upstream()",
        RESULTS.format(requires="Sources.req(self)"),
        f"{THREE}, {EACH}",
        steps=SOURCES,
        converted=RESULTS.format(requires="Sources.req(self)")
        .replace(
            "def requires(self):\n        return Sources.req(self)",
            'def upstream(self):\n        return {"sources": caselaw.each(Sources.req(self))}',
        )
        .replace("contents(self.input())", 'contents(self.input()["sources"])'),
    ),
]
