"""The table of what law and luigi users write."""

from __future__ import annotations

from own_path_rows import OWN_PATHS
from ways import Way, all_of, code, file

EXTERNAL = """
    class {name}Data(luigi.ExternalTask):
        def output(self):
            return {target}

    class {name}(Step):
        def upstream(self):
            return {{"data": caselaw.whole({name}Data())}}
"""


def external(name: str, root: str, target: str, files: dict[str, str], edited: tuple[str, str], runs: str) -> Way:
    """An ExternalTask upstream whose output changes."""
    return Way(
        name, root, EXTERNAL.format(name=root, target=target), file(*edited), runs,
        before=all_of(*(file(*each) for each in files.items())),
    )  # fmt: skip


PLAIN = """
    class FromPlainSource(PlainStep):
        n = luigi.IntParameter(default=1)
        options = luigi.DictParameter(default={"a": 1, "b": 2})

    class FromPlain(Step):
        def upstream(self):
            return {"plain": FromPlainSource()}
"""

LOCAL = 'luigi.LocalTarget(str(ROOT / "raw" / "{0}"))'

OUTPUTS = [
    external(
        "content of an ExternalTask", "External", LOCAL.format("x1"), {"raw/x1": "1"}, ("raw/x1", "2"), "External 0"
    ),
    external(
        "same content of an ExternalTask again", "Again", LOCAL.format("x2"), {"raw/x2": "1"}, ("raw/x2", "1"), ""
    ),
    external(
        "folder of an ExternalTask",
        "ExternalFolder",
        '[law.LocalFileTarget(str(ROOT / "raw/f3/a")), law.LocalDirectoryTarget(str(ROOT / "raw/d3"))]',
        {"raw/f3/a": "1", "raw/d3/b": "1", "raw/d3/c": "2"},
        ("raw/d3/c", "3"),
        "ExternalFolder 0",
    ),
    external(
        "nested outputs of an ExternalTask",
        "ExternalNested",
        '{"a": [luigi.LocalTarget(str(ROOT / "raw/n4/a"))], "b": law.SiblingFileCollection('
        '[law.LocalFileTarget(str(ROOT / f"raw/n4/s{i}")) for i in range(2)])}',
        {"raw/n4/a": "1", "raw/n4/s0": "1", "raw/n4/s1": "2"},
        ("raw/n4/s1", "3"),
        "ExternalNested 0",
    ),
    Way("output of a plain task edited", "FromPlain", PLAIN, file("plain/FromPlainSource.txt", "other"), "FromPlain 0"),
    Way(
        "output of a plain task removed, made as before",
        "FromRemade",
        PLAIN.replace("FromPlain", "FromRemade"),
        file("plain/FromRemadeSource.txt", None),
        "FromRemadeSource 0",
    ),
    Way(
        "output of a plain task removed, made otherwise",
        "FromOther",
        PLAIN.replace("FromPlain", "FromOther"),
        all_of(file("plain/FromOtherSource.txt", None), code('return "text"', 'return "other"')),
        "FromOtherSource 0, FromOther 0",
    ),
    Way(
        "two steps after a plain task",
        "AfterAfter",
        """
        class AfterPlain(PlainStep):
            pass

        class After(Step):
            def upstream(self):
                return {"plain": AfterPlain()}

        class AfterAfter(Steps):
            def upstream(self):
                return {"value": caselaw.over("ab"), "after": caselaw.whole(After.req(self))}
        """,
        all_of(file("plain/AfterPlain.txt", None), code('return "text"', 'return "other"')),
        "AfterPlain 0, After 0, AfterAfter 0, AfterAfter 1",
    ),
    Way(
        "order of a dictionary parameter of a plain task",
        "FromOrdered",
        PLAIN.replace("FromPlain", "FromOrdered"),
        code('{"a": 1, "b": 2}', '{"b": 2, "a": 1}'),
        "",
    ),
    Way(
        "value of a parameter of a plain task",
        "FromValued",
        PLAIN.replace("FromPlain", "FromValued"),
        code('"b": 2', '"b": 3'),
        "FromValued 0",
    ),
    Way(
        "plain task in an overridden requires()",
        "Requires",
        """
        class RequiresPlain(PlainStep):
            pass

        class Requires(Step):
            def requires(self):
                return {"deep": [[], (RequiresPlain(),)]}

            def run(self):
                note_execution("Requires", 0)
                with self.publish() as out:
                    out["text"].write_text(contents(self.input()["deep"][-1]).__repr__())
        """,
        file("plain/RequiresPlain.txt", "other"),
        "Requires 0",
    ),
    Way(
        "plain task in requires() of branches",
        "RequiresEach",
        """
        class RequiresEachPlain(PlainStep):
            n = luigi.IntParameter()

            def output(self):
                return law.LocalFileTarget(str(ROOT / "plain" / f"each{self.n}.txt"))

        class RequiresEach(Steps):
            def create_branch_map(self):
                return [5, 7]

            def requires(self):
                return RequiresEachPlain(n=self.branch_data)
        """,
        file("plain/each7.txt", "other"),
        "RequiresEach 1",
    ),
    Way(
        "plain task in workflow_requires()",
        "RequiresAll",
        """
        class RequiresAllPlain(PlainStep):
            pass

        class RequiresAll(Steps):
            def upstream(self):
                return caselaw.over("ab")

            def workflow_requires(self):
                return {**super().workflow_requires(), "plain": RequiresAllPlain()}
        """,
        file("plain/RequiresAllPlain.txt", "other"),
        "RequiresAll 0, RequiresAll 1",
    ),
    Way(
        "wrapper around an external task",
        "Wrapped",
        """
        class WrappedData(luigi.ExternalTask):
            def output(self):
                return luigi.LocalTarget(str(ROOT / "raw/wrapped"))

        class Wrapper(luigi.WrapperTask):
            def requires(self):
                return [WrappedData()]

        class LawWrapper(law.WrapperTask):
            def requires(self):
                return {"inner": Wrapper()}

        class Wrapped(Step):
            def upstream(self):
                return {"data": LawWrapper()}

            def run(self):
                note_execution("Wrapped", 0)
                with self.publish() as out:
                    out["text"].write_text((ROOT / "raw/wrapped").read_text())
        """,
        file("raw/wrapped", "2"),
        "Wrapped 0",
        before=file("raw/wrapped", "1"),
    ),
    Way(
        "wrapper around a caselaw task that makes the same",
        "WrappedSame",
        """
        class WrappedSameStep(Step):
            def run(self):
                note_execution("WrappedSameStep", 0)
                with self.publish() as out:
                    out["text"].write_text("1" * 1)

        class WrapperOfSame(law.WrapperTask):
            def requires(self):
                return {"inner": WrappedSameStep()}

        class WrappedSame(Step):
            def upstream(self):
                return {"data": WrapperOfSame()}

            def run(self):
                note_execution("WrappedSame", 0)
                with self.publish() as out:
                    out["text"].write_text("made")
        """,
        code('"1" * 1', '"1"'),
        "WrappedSameStep 0",
    ),
    Way(
        "plain workflow, branch by branch",
        "EachPlain",
        """
        class PlainWorkflow(law.LocalWorkflow):
            def create_branch_map(self):
                return {0: "a", 1: "b"}

            def output(self):
                return law.LocalFileTarget(str(ROOT / "plain" / f"branch_{self.branch_data}.txt"))

            def run(self):
                note_execution("PlainWorkflow", self.branch)
                self.output().dump(self.branch_data, formatter="text")

        class EachPlain(Steps):
            def upstream(self):
                return {"plain": caselaw.each(PlainWorkflow.req(self))}
        """,
        file("plain/branch_b.txt", "other"),
        "EachPlain 1",
    ),
    Way(
        "plain workflow as a whole",
        "WholePlain",
        """
        class PlainWorkflow2(law.LocalWorkflow):
            def create_branch_map(self):
                return {0: "a", 1: "b"}

            def output(self):
                return law.LocalFileTarget(str(ROOT / "plain2" / f"branch_{self.branch_data}.txt"))

            def run(self):
                note_execution("PlainWorkflow2", self.branch)
                self.output().dump(self.branch_data, formatter="text")

        class WholePlain(Step):
            def upstream(self):
                return {"plain": PlainWorkflow2.req(self)}

            def run(self):
                note_execution("WholePlain", 0)
                with self.publish() as out:
                    out["text"].write_text(repr(contents(self.input()["plain"]["collection"])))
        """,
        file("plain2/branch_b.txt", "other"),
        "WholePlain 0",
    ),
]

OWN = """
    class OwnOutputSource(Steps):
        def upstream(self):
            return caselaw.over("ab")

        def output(self):
            return law.LocalFileTarget(str(ROOT / "own" / f"OwnOutput{self.branch}.txt"))

        def run(self):
            note_execution("OwnOutputSource", self.branch)
            self.output().dump("1" * 1, formatter="text")

    class OwnOutput(Steps):
        def upstream(self):
            return {"own": caselaw.each(OwnOutputSource.req(self))}
"""

OWN_OUTPUTS = [
    Way(
        "own output(), edited",
        "OwnOutput",
        OWN,
        code('"1" * 1', '"2"'),
        "OwnOutputSource 0, OwnOutputSource 1, OwnOutput 0, OwnOutput 1",
    ),
    Way(
        "own output(), edited, which makes the same",
        "OwnSame",
        OWN.replace("OwnOutput", "OwnSame"),
        code('"1" * 1', '"1"'),
        "OwnSameSource 0, OwnSameSource 1",
    ),
    Way(
        "own output() of a task without branches",
        "OwnTask",
        """
        class OwnTaskSource(caselaw.Task):
            def output(self):
                return luigi.LocalTarget(str(ROOT / "own_task.txt"))

            def run(self):
                note_execution("OwnTaskSource", 0)
                Path(self.output().path).write_text("1")

        class OwnTask(Step):
            def requires(self):
                return OwnTaskSource()
        """,
        code('write_text("1")', 'write_text("2")'),
        "OwnTaskSource 0, OwnTask 0",
    ),
]

ASSIGNED = [
    Way(
        "@luigi.util.requires on a task",
        "Decorated",
        """
        class DecoratedSource(Step):
            def run(self):
                note_execution("DecoratedSource", 0)
                with self.publish() as out:
                    out["text"].write_text("1")

        @luigi.util.requires(DecoratedSource)
        class Decorated(Step):
            pass
        """,
        code('write_text("1")', 'write_text("2")'),
        "DecoratedSource 0, Decorated 0",
    ),
    Way(
        "@luigi.util.requires on a workflow",
        "DecoratedFlow",
        """
        class DecoratedFlowSource(Steps):
            letter = luigi.Parameter(default="x")

            def upstream(self):
                return caselaw.over("ab")

            def run(self):
                note_execution("DecoratedFlowSource", self.branch)
                with self.publish() as out:
                    out["text"].write_text(self.letter + "1")

        @luigi.util.requires(DecoratedFlowSource)
        class DecoratedFlow(Steps):
            def upstream(self):
                return caselaw.over("ab")
        """,
        code('self.letter + "1"', 'self.letter + "2"'),
        "DecoratedFlowSource 0, DecoratedFlowSource 1, DecoratedFlow 0, DecoratedFlow 1",
    ),
    Way(
        "@luigi.util.inherits",
        "Inherits",
        """
        class InheritsSource(Step):
            letter = luigi.Parameter(default="x")

            def run(self):
                note_execution("InheritsSource", 0)
                with self.publish() as out:
                    out["text"].write_text(self.letter)

        @luigi.util.inherits(InheritsSource)
        class Inherits(Step):
            def requires(self):
                return {"source": self.clone_parent()}
        """,
        code('default="x"', 'default="y"'),
        "InheritsSource 0, Inherits 0",
    ),
    Way(
        "requires() assigned later",
        "LaterRequires",
        """
        class LaterRequiresSource(PlainStep):
            pass

        class LaterRequires(Step):
            pass

        LaterRequires.requires = lambda self: [LaterRequiresSource()]
        """,
        file("plain/LaterRequiresSource.txt", "other"),
        "LaterRequires 0",
    ),
    Way(
        "upstream() assigned later",
        "LaterUpstream",
        """
        class LaterUpstream(Steps):
            pass

        def upstream(self):
            return caselaw.over([1, 2])

        LaterUpstream.upstream = upstream
        """,
        code("over([1, 2])", "over([1, 3])"),
        "LaterUpstream 0, LaterUpstream 1",
    ),
    Way(
        "create_branch_map() assigned later",
        "LaterMap",
        """
        class LaterMap(Steps):
            pass

        LaterMap.create_branch_map = lambda self: [1, 2]
        """,
        code("[1, 2]", "[1, 3]"),
        "LaterMap 0, LaterMap 1",
    ),
    Way(
        "output() assigned later",
        "LaterOutput",
        """
        class LaterOutput(Step):
            def run(self):
                note_execution("LaterOutput", 0)
                self.output().dump("1", formatter="text")

        LaterOutput.output = lambda self: law.LocalFileTarget(str(ROOT / "later.txt"))
        """,
        code('dump("1"', 'dump("2"'),
        "LaterOutput 0",
    ),
    Way(
        "run() assigned later",
        "LaterRun",
        """
        class LaterRun(Step):
            pass

        def written_later(self):
            note_execution("LaterRun", 0)
            with self.publish() as out:
                out["text"].write_text("1")

        LaterRun.run = written_later
        """,
        code('write_text("1")', 'write_text("2")'),
        "LaterRun 0",
    ),
    Way(
        "run() assigned by a decorator",
        "PatchedRun",
        """
        def run_of_patch(self):
            note_execution("PatchedRun", 0)
            with self.publish() as out:
                out["text"].write_text("1")

        def patched(cls):
            cls.run = run_of_patch
            return cls

        @patched
        class PatchedRun(Step):
            pass
        """,
        code('write_text("1")', 'write_text("2")'),
        "PatchedRun 0",
    ),
    Way(
        "class derived by a decorator",
        "DerivedRun",
        """
        def derived(cls):
            class Derived(cls):
                def run(self):
                    note_execution("DerivedRun", 0)
                    with self.publish() as out:
                        out["text"].write_text("1")
            Derived.__name__ = Derived.__qualname__ = cls.__name__
            Derived.__module__ = cls.__module__
            return Derived

        @derived
        class DerivedRun(Step):
            pass
        """,
        code('write_text("1")', 'write_text("2")'),
        "DerivedRun 0",
    ),
]

FOUR = """
    class {root}Source(Steps):
        def upstream(self):
            return caselaw.over("abcd")

        def run(self):
            note_execution("{root}Source", self.branch)
            with self.publish() as out:
                out["text"].write_text(self.branch_value)

    class {root}({base}):
        def upstream(self):
            return {{"source": caselaw.{connection}}}
"""


def selection(name: str, root: str, connection: str, edit: tuple[str, str], runs: str, base: str = "Step") -> Way:
    """Some of four branches upstream."""
    return Way(name, root, FOUR.format(root=root, base=base, connection=connection), code(*edit), runs)


SELECTIONS = [
    selection(
        "other branches of a whole", "WholeOfTwo", "whole(WholeOfTwoSource.req(self, branches=((1, 3),)))",
        ("((1, 3),)", "((1, 4),)"), "WholeOfTwoSource 3, WholeOfTwo 0",
    ),
    selection(
        "all branches instead of some", "WholeOfAll", "whole(WholeOfAllSource.req(self, branches=((0, 2),)))",
        (", branches=((0, 2),)", ""), "WholeOfAllSource 2, WholeOfAllSource 3, WholeOfAll 0",
    ),
    selection(
        "all branches, in other words", "SameOfAll", "whole(SameOfAllSource.req(self, branches=((0, 4),)))",
        (", branches=((0, 4),)", ""), "",
    ),
    selection(
        "another single branch", "WholeOfOne", "whole(WholeOfOneSource.req(self, branch=1))",
        ("branch=1", "branch=2"), "WholeOfOneSource 2, WholeOfOne 0",
    ),
    selection(
        "as_branch()", "AsBranch", "whole(AsBranchSource.req(self).as_branch(1))",
        ("as_branch(1)", "as_branch(2)"), "AsBranchSource 2, AsBranch 0",
    ),
    selection(
        "each of other branches", "EachOfTwo", "each(EachOfTwoSource.req(self, branches=((1, 3),)))",
        ("((1, 3),)", "((2, 4),)"), "EachOfTwoSource 3, EachOfTwo 1", "Steps",
    ),
    selection(
        "batches of other branches", "BatchOfThree",
        "batches(BatchOfThreeSource.req(self, branches=((1, 3),)), size=2)",

        ("((1, 3),)", "((1, 4),)"), "BatchOfThreeSource 3, BatchOfThree 1", "Steps",
    ),
    Way(
        "other branches in requires()", "RequiresTwo",
        FOUR.format(root="RequiresTwo", base="Step", connection="over([])").replace(
            'def upstream(self):\n            return {"source": caselaw.over([])}',
            "def requires(self):\n            return {'source': RequiresTwoSource.req(self, branches=((1, 3),))}",
        ),
        code("((1, 3),)", "((1, 4),)"), "RequiresTwoSource 3, RequiresTwo 0",
    ),
]  # fmt: skip

YIELDS = """
    class {root}Source(Step):
        n = luigi.IntParameter(default=1)

        def run(self):
            note_execution("{root}Source", self.n)
            with self.publish() as out:
                out["text"].write_text(f"{{self.n}}" * 1)

    class {root}Choice(Step):
        def run(self):
            note_execution("{root}Choice", 0)
            with self.publish() as out:
                out["text"].write_text("2")

    class {root}Dynamic(Step):
        def run(self):
            choice = yield {root}Choice()
            number = int(Path(choice.path).read_text())
            made = yield [{root}Source(n=number), {root}Source(n=7)]
            note_execution("{root}Dynamic", 0)
            with self.publish() as out:
                out["text"].write_text(repr(contents(made)))

    class {root}(Step):
        def upstream(self):
            return {{"dynamic": {root}Dynamic()}}
"""


def yielding(name: str, root: str, edit: tuple[str, str], runs: str) -> Way:
    """A task that yields one task, and then others by what that made."""
    return Way(name, root, YIELDS.format(root=root), code(*edit), runs.replace("%", root))


YIELDED = [
    yielding("yielded task edited", "Yields", ("* 1)", "* 2)"), "%Source 2, %Source 7, %Dynamic 0, % 0"),
    yielding(
        "another task yielded",
        "YieldsOther",
        ('write_text("2")', 'write_text("3")'),
        "%Choice 0, %Source 3, %Dynamic 0, % 0",
    ),
    yielding(
        "yielded task edited, which makes the same",
        "YieldsSame",
        ("* 1)", "* (2 - 1))"),
        "%Source 2, %Source 7, %Dynamic 0",
    ),
    yielding(
        "yielding task edited", "YieldsEdited", ("repr(contents(made))", "repr(contents(made)) * 2"), "%Dynamic 0, % 0"
    ),
]

CONDITIONS = [
    Way(
        "dynamic workflow condition",
        "Condition",
        """
        class ConditionList(PlainStep):
            def text(self):
                return "ab"

        class Condition(Steps):
            def workflow_requires(self):
                return {**super().workflow_requires(), "letters": ConditionList()}

            def requires(self):
                return [ConditionList()] if self.branch_data < "z" else []

            @law.dynamic_workflow_condition
            def workflow_condition(self):
                return ConditionList().output().exists()

            @workflow_condition.create_branch_map
            def create_branch_map(self):
                return list(ConditionList().output().load(formatter="text"))

            def run(self):
                note_execution("Condition", self.branch)
                with self.publish() as out:
                    out["text"].write_text(self.branch_data)
        """,
        file("plain/ConditionList.txt", "abc"),
        "Condition 0, Condition 1, Condition 2",
    ),
    Way(
        "whole tasks by requires_from_branch()",
        "FromBranch",
        """
        class FromBranchSource(Steps):
            def upstream(self):
                return caselaw.over("ab")

            def run(self):
                note_execution("FromBranchSource", self.branch)
                with self.publish() as out:
                    out["text"].write_text("1" * 1)

        class FromBranch(Steps):
            def upstream(self):
                return {"source": caselaw.each(FromBranchSource.req(self))}

            def workflow_requires(self):
                return {**super().workflow_requires(), **self.requires_from_branch()}
        """,
        code('"1" * 1', '"2"'),
        "FromBranchSource 0, FromBranchSource 1, FromBranch 0, FromBranch 1",
    ),
    Way(
        "caselaw task after a plain task after a caselaw task",
        "Sandwich",
        """
        class SandwichFirst(Step):
            def run(self):
                note_execution("SandwichFirst", 0)
                with self.publish() as out:
                    out["text"].write_text("1")

        class SandwichPlain(PlainStep):
            def requires(self):
                return SandwichFirst()

            def text(self):
                return Path(self.input().path).read_text()

        class Sandwich(Step):
            def upstream(self):
                return {"plain": SandwichPlain()}
        """,
        all_of(code('write_text("1")', 'write_text("2")'), file("plain/SandwichPlain.txt", None)),
        "SandwichFirst 0, SandwichPlain 0, Sandwich 0",
    ),
    Way(
        "@luigi.util.copies",
        "CopiedEnd",
        """
        class CopiedSource(luigi.ExternalTask):
            def output(self):
                return luigi.LocalTarget(str(ROOT / "raw/copied"))

        @luigi.util.copies(CopiedSource)
        class Copied(caselaw.Task):
            def output(self):
                return luigi.LocalTarget(str(ROOT / "copied.txt"))

        class CopiedEnd(Step):
            def requires(self):
                return Copied()
        """,
        file("raw/copied", "2"),
        "CopiedEnd 0",
        before=file("raw/copied", "1"),
    ),
]

ROWS = [*OUTPUTS, *OWN_OUTPUTS, *OWN_PATHS, *ASSIGNED, *SELECTIONS, *YIELDED, *CONDITIONS]
