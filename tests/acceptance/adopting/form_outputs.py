"""Outputs that a project names itself, in all their shapes, and all ways of writing them."""

from __future__ import annotations

import dataclasses

from forms import EACH, RESULT, Form

TASK = """
class Source(Base):
    def output(self):
        return {output}

    def run(self):
        note(self)
        {run}
"""

WORKFLOW = """
class Sources(Base, law.LocalWorkflow):
    def create_branch_map(self):
        return {{0: "a", 1: "b", 2: "c"}}

    def output(self):
        return {output}

    def run(self):
        note(self)
        {run}
"""

TWO_FILES = 'self.local_target("one.txt"), self.local_target("two.txt")'
ALL = '[each.dump("before", formatter="text") for each in law.util.flatten(self.output())]'
TARGETS = '[each.dump("before", formatter="text") for each in self.output().targets]'


def indented(lines: str) -> str:
    return "\n        ".join(lines.strip().splitlines())


def shape(name: str, output: str, run: str = ALL) -> Form:
    """What a task returns in output(); the task below shows in which shape it gets it."""
    code = TASK.format(output=output, run=indented(run)) + RESULT.format(requires="Source.req(self)")
    return Form(f"output: {name}", code, "Source, Result")


def branches(name: str, output: str, run: str = ALL) -> Form:
    """What branches return in output()."""
    code = WORKFLOW.format(output=output, run=indented(run)) + RESULT.format(requires="Sources.req(self)")
    return Form(f"output of branches: {name}", code, "Sources 0, Sources 1, Sources 2, Result")


def of_luigi(form: Form) -> Form:
    """The same task on luigi's base class, whose targets law's tasks do not take."""
    code = form.code.replace("class Source(Base)", "class Source(luigi.Task)")
    code = code.replace('self.local_path("x.txt")', 'os.path.join(os.environ["RESULTS"], "x.txt")')
    code = code.replace("return Source.req(self)", "return Source()")
    return dataclasses.replace(form, code=code)


SHAPES = [
    shape("one target", 'self.local_target("x.txt")'),
    shape("a list", f"[{TWO_FILES}]"),
    shape("a list of one", '[self.local_target("x.txt")]'),
    shape("a tuple", f"({TWO_FILES})"),
    shape(
        "a dict",
        '{"one": self.local_target("one.txt"), "two": self.local_target("two.json")}',
        'self.output()["one"].dump("before", formatter="text")\nself.output()["two"].dump({"n": "before"})',
    ),
    shape("a dict of one", '{"one": self.local_target("one.txt")}'),
    shape(
        "a DotDict",
        'law.util.DotDict(one=self.local_target("one.txt"), two=self.local_target("two.txt"))',
        'self.output().one.dump("before", formatter="text")\nself.output().two.dump("2", formatter="text")',
    ),
    shape("an OrderedDict", f"OrderedDict(zip('ab', [{TWO_FILES}]))"),
    shape("nested", f'{{"deep": [{{"x": ({TWO_FILES})}}], "single": self.local_target("s.txt")}}'),
    shape("a SiblingFileCollection of a list", f"law.SiblingFileCollection([{TWO_FILES}])", TARGETS),
    shape(
        "a SiblingFileCollection of a dict",
        'law.SiblingFileCollection({n: self.local_target(f"{n}.txt") for n in range(3)})',
        '[each.dump(f"{n} before", formatter="text") for n, each in self.output().targets.items()]',
    ),
    shape(
        "a NestedSiblingFileCollection",
        'law.NestedSiblingFileCollection({"a": [self.local_target("a0.txt"), self.local_target("a1.txt")], '
        '"b": self.local_target("b.txt")})',
        '[each.dump("before", formatter="text") for each in law.util.flatten(self.output().targets)]',
    ),
    shape(
        "a TargetCollection",
        'law.TargetCollection([self.local_target("x", "1.txt"), self.local_target("y", "2.txt")])',
        TARGETS,
    ),
    shape(
        "a FileCollection in a dict",
        f'{{"all": law.FileCollection([{TWO_FILES}]), "one": self.local_target("s.txt")}}',
        '[each.dump("before", formatter="text") for each in self.output()["all"].targets]\n'
        'self.output()["one"].dump("1", formatter="text")',
    ),
    shape(
        "a collection with a threshold",
        f"law.SiblingFileCollection([{TWO_FILES}], threshold=0.5)",
        'self.output().targets[0].dump("before", formatter="text")',
    ),
    shape(
        "an optional target that is not written",
        '{"one": self.local_target("one.txt"), "other": self.local_target("other.txt", optional=True)}',
        'self.output()["one"].dump("before", formatter="text")',
    ),
    shape(
        "an optional target that is written",
        '{"one": self.local_target("one.txt"), "other": self.local_target("other.txt", optional=True)}',
    ),
    shape("a list in a loop", '[self.local_target(f"{name}_{n}.txt") for name in "ab" for n in range(2)]'),
    shape("names by parameters", 'self.local_target(f"{self.task_family}_{self.task_id}.txt")'),
    shape("names without an extension", 'self.local_target("outcome")'),
    shape("names with many dots", 'self.local_target("v1.0.events.tar.txt")'),
    shape("in folders of their own", '[self.local_target("a", "x.txt"), self.local_target("b", "x.txt")]'),
    shape(
        "a LocalDirectoryTarget",
        'law.LocalDirectoryTarget(self.local_path("folder"))',
        'self.output().child("x.txt", type="f").dump("before", formatter="text")',
    ),
    shape(
        "a LocalDirectoryTarget that is touched",
        'law.LocalDirectoryTarget(self.local_path("folder"))',
        'self.output().touch()\nPath(self.output().path, "x.txt").write_text("before")',
    ),
    shape(
        "children of a LocalDirectoryTarget",
        '[law.LocalDirectoryTarget(self.local_path("folder")).child(f"{n}.txt", type="f") for n in range(2)]',
    ),
    of_luigi(
        shape(
            "a LocalTarget of luigi",
            'luigi.LocalTarget(self.local_path("x.txt"))',
            'with self.output().open("w") as out:\n    out.write("before")',
        )
    ),
    of_luigi(
        shape(
            "a LocalTarget of luigi with a format",
            'luigi.LocalTarget(self.local_path("x.txt"), format=luigi.format.UTF8)',
            'with self.output().open("w") as out:\n    out.write("before ä")',
        )
    ),
    shape("a target with a file system of law.cfg", 'law.LocalFileTarget("store/x.txt", fs="results_fs")'),
    shape("a target by a URL", 'law.LocalFileTarget("file://" + self.local_path("x.txt"))'),
    branches("a name of its own each", 'self.local_target(f"{self.branch_data}.txt")'),
    branches("names by number", 'self.local_target("events_{}.txt".format(self.branch))'),
    branches("a folder each", 'self.local_target(self.branch_data, "events.txt")'),
    branches(
        "a dict each",
        '{"events": self.local_target(f"e_{self.branch}.txt"), "stats": self.local_target(f"s_{self.branch}.txt")}',
    ),
    branches("a list each", '[self.local_target(f"{self.branch}_{n}.txt") for n in range(2)]'),
    branches("a DotDict each", 'law.util.DotDict(x=self.local_target(f"{self.branch}.txt"))'),
    branches(
        "a collection each",
        'law.SiblingFileCollection([self.local_target(f"{self.branch}_{n}.txt") for n in range(2)])',
        TARGETS,
    ),
    branches(
        "a folder target each",
        "law.LocalDirectoryTarget(self.local_path(self.branch_data))",
        'self.output().child("x.txt", type="f").dump("before", formatter="text")',
    ),
    branches(
        "different numbers of targets", '[self.local_target(f"{self.branch}_{n}.txt") for n in range(self.branch + 1)]'
    ),
    branches(
        "optional ones",
        '{"x": self.local_target(f"{self.branch}.txt"), "y": self.local_target(f"y{self.branch}.txt", optional=True)}',
        'self.output()["x"].dump("before", formatter="text")',
    ),
    Form(
        "the same file name in every branch is not law's, but one folder each is",
        WORKFLOW.format(output='self.local_target(str(self.branch), "x.txt")', run=ALL).replace(
            "class Sources", "class Result"
        ),
        EACH,
    ),
]
