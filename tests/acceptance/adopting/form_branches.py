"""What workflows and their branches require: reduced sets, selections, branches of themselves, what run() yields."""

from __future__ import annotations

from form_branch_maps import RUN, RUN_BRANCH, RUN_ONLY
from forms import EACH, RESULTS, SOURCES, THREE, TWO, Form

PLAIN_SOURCES = """
class Plain(law.Task):  # stays
    pass


class Sources(Plain, law.LocalWorkflow):
    def create_branch_map(self):
        return [0, 1, 2]

    def output(self):
        return law.LocalFileTarget(os.path.join(os.environ["RESULTS"], f"source_{self.branch}.txt"))

    def run(self):
        note(self)
        self.output().dump(str(self.branch_data), formatter="text")
"""


def own_branches(values: str | None, method: str, inputs: str) -> str:
    """A workflow that requires another one, with a branch map of its own where there is no upstream()."""
    branch_map = f"def create_branch_map(self):\n        return {values}\n\n    " if values else ""
    return f"""
class Result(Base, law.LocalWorkflow):
    {branch_map}{method}

    def output(self):
        return self.local_target(f"result_{{self.branch}}.txt")

    def run(self):
        note(self)
        self.output().dump("before " + repr(texts({inputs})), formatter="text")


def texts(inputs):
    return [each.load(formatter="text") for each in law.util.flatten(inputs)]
"""


BRANCHES_REQUIRE = [
    Form(
        "requires nothing", "\nclass Result(Base):\n    def requires(self):\n        return None\n" + RUN_ONLY, "Result"
    ),
    Form(
        "requires by yield",
        """
class Result(Base):
    def requires(self):
        yield Source(n=1)
        yield Source(n=2)
"""
        + RUN,
        TWO,
        steps=SOURCES,
    ),
    Form(
        "branches selected by --branches",
        RESULTS.format(requires="Sources.req(self)"),
        "Sources 0, Sources 2, Result 0, Result 2",
        steps=SOURCES,
        arguments=("--branches", "0,2"),
    ),
    Form(
        "one branch by --branch",
        RESULTS.format(requires="Sources.req(self)"),
        "Sources 2, Result 2",
        steps=SOURCES,
        arguments=("--branch", "2"),
    ),
    Form(
        "workflow by --workflow local",
        RESULTS.format(requires="Sources.req(self)"),
        f"{THREE}, {EACH}",
        steps=SOURCES,
        arguments=("--workflow", "local"),
    ),
    Form(
        "dynamic dependencies of a task",
        """
class Result(Base):
    def output(self):
        return self.local_target("result.txt")

    def run(self):
        targets = yield [Source(n=1), Source(n=2)]
        note(self)
        self.output().dump(repr(contents(targets)), formatter="text")
""",
        TWO,
        steps=SOURCES,
    ),
    Form(
        "branches require by yield",
        """
class Result(Base, law.LocalWorkflow):
    def create_branch_map(self):
        return [1, 2]

    def requires(self):
        for n in range(self.branch_data):
            yield Source(n=n)
"""
        + RUN_BRANCH,
        "Source 0, Source 1, Result 0, Result 1",
        steps=SOURCES,
    ),
    Form(
        "workflow_requires and requires, as law's examples",
        """
class Result(Base, law.LocalWorkflow):
    def create_branch_map(self):
        return {0: "a", 1: "b", 2: "c"}

    def workflow_requires(self):
        reqs = super().workflow_requires()
        reqs["sources"] = Sources.req(self)
        return reqs

    def requires(self):
        return {"sources": Sources.req(self)}
"""
        + RUN_BRANCH,
        f"{THREE}, {EACH}",
        steps=SOURCES,
    ),
    Form(
        "workflow_requires with a reduced set",
        """
class Result(Base, law.LocalWorkflow):
    def create_branch_map(self):
        return {0: "a", 1: "b"}

    def workflow_requires(self):
        return {"sources": Sources.req(self, branches=((0, 2),), _exclude=("branches",))}

    def requires(self):
        return {"source": Sources.req(self, branch=self.branch)}
"""
        + RUN_BRANCH,
        "Sources 0, Sources 1, Result 0, Result 1",
        steps=SOURCES,
    ),
    Form(
        "workflow_requires one task that branches read",
        """
class Result(Base, law.LocalWorkflow):
    def create_branch_map(self):
        return {0: "a", 1: "b"}

    def workflow_requires(self):
        return {"source": Source.req(self)}

    def requires(self):
        return Source.req(self)
"""
        + RUN_BRANCH,
        "Source 0, Result 0, Result 1",
        steps=SOURCES,
    ),
    Form(
        "branches selected by a range, each with the same inputs whatever else is selected",
        RESULTS.format(requires="{n: Sources.req(self, branch=n) for n in range(3)}"),
        f"{THREE}, Result 1, Result 2",
        steps=SOURCES,
        arguments=("--branches", "1:3"),
    ),
    Form(  # by law's own branch_map, what a branch makes would depend on which others were selected
        "branches selected by a range, and the branch map in requires()",
        RESULTS.format(requires="{n: Sources.req(self, branch=n) for n in self.branch_map}"),
        f"{THREE}, Result 1, Result 2",
        steps=SOURCES,
        arguments=("--branches", "1:3"),
        like="branches selected by a range, each with the same inputs whatever else is selected",
    ),
    Form(
        "branch n requires branch n-1 of the same workflow",
        """
class Result(Base, law.LocalWorkflow):
    def create_branch_map(self):
        return [1, 2, 3]

    def requires(self):
        return Result.req(self, branch=self.branch - 1) if self.branch > 0 else []

    def output(self):
        return self.local_target(f"result_{self.branch}.txt")

    def run(self):
        note(self)
        before = self.input().load(formatter="text") if self.branch > 0 else "before"
        self.output().dump(f"{before} {self.branch_data}", formatter="text")
""",
        EACH,
    ),
    Form(
        "branch n requires branch n-1 of another workflow",
        """
class Result(Base, law.LocalWorkflow):
    def create_branch_map(self):
        return {0: "a", 1: "b", 2: "c"}

    def requires(self):
        return [Sources.req(self, branch=self.branch - 1)] if self.branch > 0 else []
"""
        + RUN_BRANCH,
        "Sources 0, Sources 1, Result 1, Result 2",
        steps=SOURCES,
    ),
    Form(
        "branches and workflows that require each other's branches",
        """
class Later(Base, law.LocalWorkflow):
    def create_branch_map(self):
        return [1, 2]

    def requires(self):
        return Earlier.req(self, branch=self.branch)

    def output(self):
        return self.local_target(f"later_{self.branch}.txt")

    def run(self):
        note(self)
        self.output().dump(self.input().load(formatter="text") + " later", formatter="text")


class Earlier(Base, law.LocalWorkflow):
    def create_branch_map(self):
        return [1, 2]

    def requires(self):
        return Later.req(self, branch=self.branch - 1) if self.branch > 0 else []

    def output(self):
        return self.local_target(f"earlier_{self.branch}.txt")

    def run(self):
        note(self)
        before = self.input().load(formatter="text") if self.branch > 0 else "before"
        self.output().dump(f"{before} {self.branch_data}", formatter="text")


class Result(Base):
    def requires(self):
        return Later.req(self, branch=1)
"""
        + RUN,
        "Earlier 0, Later 0, Earlier 1, Later 1, Result",
    ),
    Form(
        "dynamic dependencies of branches",
        """
class Result(Base, law.LocalWorkflow):
    def create_branch_map(self):
        return ["a", "b"]

    def output(self):
        return self.local_target(f"result_{self.branch}.txt")

    def run(self):
        target = yield Source(n=self.branch)
        note(self)
        self.output().dump(repr([self.branch_data, contents(target)]), formatter="text")
""",
        "Source 0, Source 1, Result 0, Result 1",
        steps=SOURCES,
    ),
    Form(
        "dynamic dependencies that depend on what came before",
        """
class Result(Base, law.LocalWorkflow):
    def create_branch_map(self):
        return ["a", "b"]

    def requires(self):
        return Source(n=self.branch)

    def output(self):
        return self.local_target(f"result_{self.branch}.txt")

    def run(self):
        first = self.input().load()["n"]
        second = yield {"next": Source(n=first + 5)}
        third = yield Source(n=second["next"].load()["n"] + 5)
        note(self)
        self.output().dump(repr([self.branch_data, contents(second), contents(third)]), formatter="text")
""",
        "Source 0, Source 1, Source 5, Source 6, Source 10, Source 11, Result 0, Result 1",
        steps=SOURCES,
    ),
    *[
        Form(
            f"{word} of a plain law workflow",
            PLAIN_SOURCES + own_branches(values, f"def requires(self):\n        return {requires}", "self.input()"),
            " ".join(f"Result {n}," for n in range(count)),
            converted=PLAIN_SOURCES
            + own_branches(None, f'def upstream(self):\n        return {{"x": {connection}}}', 'self.input()["x"]'),
        )
        for word, values, requires, connection, count in (
            ("each", "[0, 1, 2]", "Sources.req(self)", "caselaw.each(Sources.req(self))", 3),
            (
                "batches",
                "[0, 1]",
                "[Sources.req(self, branch=n) for n in range(3)[2 * self.branch:][:2]]",
                "caselaw.batches(Sources.req(self), size=2)",
                2,
            ),
        )
    ],
]
