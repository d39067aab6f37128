"""`run()` that yields nothing itself, and returns the generator of something else."""

from __future__ import annotations

from forms import SOURCES, TWO, Form

STEPS = """
    def steps(self):
        targets = yield [Source(n=1), Source(n=2)]
        note(self)
        self.output().dump(repr(contents(targets)), formatter="text")
"""


def task(run: str, *, before: str = "", after: str = "", base: str = "Base") -> str:
    """A task with this body of run()."""
    return f"""
{before}

class Result({base}):
    def output(self):
        return self.local_target("result.txt")

    def run(self):
        {run}
{after}
"""


FUNCTION = """
def steps_of(task):
    targets = yield [Source(n=1), Source(n=2)]
    note(task)
    task.output().dump(repr(contents(targets)), formatter="text")
"""
MIXIN = f"""
class Steps:
    def run(self):
        return self.steps()
{STEPS}
"""

RETURNED = [
    Form(f"run() returns the generator {what}", code, TWO, steps=SOURCES)
    for what, code in {
        "of another method": task("return self.steps()", after=STEPS),
        "of a method that returns that of another": task(
            "return self.first()", after=STEPS + "\n    def first(self):\n        return self.steps()\n"
        ),
        "of the base, whose run() returns one": task("return super().run()", before=MIXIN, base="Steps, Base"),
        "of a base by its name": task("return Steps.run(self)", before=MIXIN, base="Steps, Base"),
        "of a function": task("return steps_of(self)", before=FUNCTION),
        "that it has given a name": task("made = self.steps()\n        return made", after=STEPS),
        "on a condition": task("return self.steps() if self.task_id else None", after=STEPS),
    }.items()
] + [
    Form(
        "run() of branches returns the generator of another method",
        """
class Result(Base, law.LocalWorkflow):
    def create_branch_map(self):
        return ["a", "b"]

    def output(self):
        return self.local_target(f"result_{self.branch}.txt")

    def run(self):
        return self.steps()

    def steps(self):
        target = yield Source(n=self.branch)
        note(self)
        self.output().dump(repr([self.branch_data, contents(target)]), formatter="text")
""",
        "Source 0, Source 1, Result 0, Result 1",
        steps=SOURCES,
    ),
    Form(
        "run() of some branches returns a generator, and that of others has done everything",
        """
class Result(Base, law.LocalWorkflow):
    def create_branch_map(self):
        return ["before a", "b"]

    def output(self):
        return self.local_target(f"result_{self.branch}.txt")

    def run(self):
        if self.branch:
            return self.steps()
        note(self)
        self.output().dump(self.branch_data, formatter="text")

    def steps(self):
        target = yield Source(n=self.branch)
        note(self)
        self.output().dump(repr([self.branch_data, contents(target)]), formatter="text")
""",
        "Source 1, Result 0, Result 1",
        steps=SOURCES,
    ),
]
