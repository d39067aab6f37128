"""Tasks of their own ways: what they return from output(), and how they write it."""

from __future__ import annotations

from law_projects import project

ROWS = [
    project("an output() that yields", '''
class Result(Task):
    def output(self):
        yield self.local_target("a.txt")
        yield self.local_target("b.txt")

    def run(self):
        for target in self.output():
            target.dump("x")
'''),
    project("a transfer of law's", '''
import os


class Result(Task, law.tasks.TransferLocalFile):
    source_path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "given.txt")

    def single_output(self):
        return self.local_target("copied.txt")
''', files={"given.txt": "given"}),
    project("a file that is appended to", '''
class Result(Task):
    def output(self):
        return self.local_target("out.txt")

    def run(self):
        output = self.output()
        output.parent.touch()
        with open(output.path, "a") as file:
            file.write("text")
'''),
    project("another current folder", '''
import os


class Result(Task):
    def output(self):
        return self.local_target("out.txt")

    def run(self):
        self.output().parent.touch()
        before = os.getcwd()
        os.chdir(self.output().parent.path)
        with open(self.output().basename, "w") as file:
            file.write("text")
        os.chdir(before)
'''),
    project("a name beside that of an input", '''
class Result(Task):
    def requires(self):
        return CreateChars.req(self, branch=1)

    def output(self):
        return law.LocalFileTarget(self.input().path + ".done")

    def run(self):
        self.output().touch()
'''),
    project("complete() that asks for one of two outputs", '''
class Result(Task):
    def output(self):
        return [self.local_target("a.txt"), self.local_target("b.txt")]

    def complete(self):
        return self.output()[0].exists()

    def run(self):
        self.output()[0].dump("text")
'''),
    project("an input() of its own", '''
class Result(Task):
    def requires(self):
        return CreateChars.req(self)

    def input(self):
        return super().input()["collection"]

    def output(self):
        return self.local_target("out.txt")

    def run(self):
        self.output().dump(str(len(self.input())))
'''),
    project("run once", '''
class Result(Task, law.tasks.RunOnceTask):
    def requires(self):
        return CreateChars.req(self)

    @law.tasks.RunOnceTask.complete_on_success
    def run(self):
        print("all there")
'''),
    project("no output at all", '''
class Result(Task):
    def requires(self):
        return CreateChars.req(self)

    def complete(self):
        return getattr(self, "done", False)

    def run(self):
        self.done = True
'''),
]  # fmt: skip
