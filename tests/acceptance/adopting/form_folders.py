"""Tasks that go beyond their own targets: folders, siblings, files of other tasks, names that helpers put together."""

from __future__ import annotations

from typing import Any

from forms import RESULT, Form

SCRIPT = 'import sys\n\nopen(sys.argv[1], "w").write("before")\n'

STORE = """
class Named(Base):
    version = luigi.Parameter(default="v1")

    def store_parts(self):
        return (self.task_family.rsplit(".", 1)[-1], self.version)

    def local_path(self, *names):
        return os.path.join(os.environ["RESULTS"], *self.store_parts(), *(str(name) for name in names))

"""


def made(
    name: str,
    source: str,
    runs: str = "Source, Result",
    requires: str = "Source.req(self)",
    after: str = "",
    **options: Any,
) -> Form:
    """A task as it stands, and `Result` that needs it and shows what it left."""
    return Form(name, source + (after or RESULT.format(requires=requires)), runs, **options)


FOLDERS = [
    made(
        "folders: names by store_parts and version",
        STORE
        + """
class Source(Named):
    def output(self):
        return self.local_target("x.json")

    def run(self):
        note(self)
        self.output().dump({"text": "before"})
""",
    ),
    made(
        "folders: a child of the folder by name downstream",
        """
class Source(Base):
    def output(self):
        return {"dir": law.LocalDirectoryTarget(self.local_path("plots"))}

    def run(self):
        note(self)
        self.output()["dir"].touch()
        for name in "abc":
            self.output()["dir"].child(f"{name}.txt", type="f").dump(f"{name} before", formatter="text")
""",
        after="""
class Result(Base):
    def requires(self):
        return Source.req(self)

    def output(self):
        return self.local_target("result.txt")

    def run(self):
        note(self)
        folder = self.input()["dir"]
        assert folder.child("a.txt").exists()
        found = [folder.child(n, type="f").load(formatter="text") for n in sorted(folder.listdir(pattern="*.txt"))]
        self.output().dump(repr(found), formatter="text")
""",
    ),
    made(
        "folders: the folder of a collection",
        """
class Source(Base):
    def output(self):
        return law.SiblingFileCollection([self.local_target(f"{n}.txt") for n in range(3)])

    def run(self):
        note(self)
        self.output().dir.touch()
        for n in range(3):
            self.output().dir.child(f"{n}.txt", type="f").dump(f"{n} before", formatter="text")
""",
    ),
    made(
        "folders: another task's output() that is not required",
        """
class Source(Base):
    def output(self):
        return self.local_target("x.json")

    def run(self):
        note(self)
        self.output().dump({"text": "before"})

class Middle(Base):
    def requires(self):
        return Source.req(self)
    def output(self):
        return self.local_target("m.json")
    def run(self):
        note(self)
        self.output().dump({"text": "middle"})
""",
        runs="Source, Middle, Result",
        after="""
class Result(Base):
    def requires(self):
        return Middle.req(self)

    def output(self):
        return self.local_target("result.txt")

    def run(self):
        note(self)
        self.output().dump(repr(contents(Source.req(self).output())) + repr(contents(self.input())), formatter="text")
""",
    ),
    made(
        "folders: written into the folder of another task",
        """
class Source(Base):
    def output(self):
        return self.local_target("x.json")

    def run(self):
        note(self)
        self.output().dump({"text": "before"})

class Beside(Base):
    def requires(self):
        return Source.req(self)
    def output(self):
        return self.input().sibling("y.json", type="f")
    def run(self):
        note(self)
        self.output().dump({"beside": self.input().load()})
""",
        runs="Source, Beside, Result",
        requires="Beside.req(self)",
    ),
    made(
        "folders: written into the folder of another task by its parent",
        """
class Source(Base):
    def output(self):
        return self.local_target("x.json")

    def run(self):
        note(self)
        self.output().dump({"text": "before"})

class Beside(Base):
    def requires(self):
        return Source.req(self)
    def output(self):
        return self.input().parent.child("y.json", type="f")
    def run(self):
        note(self)
        self.output().dump({"beside": self.input().load()})
""",
        runs="Source, Beside, Result",
        requires="Beside.req(self)",
    ),
    made(
        "folders: a name from the input's name",
        """
class Source(Base):
    def output(self):
        return self.local_target("x.json")

    def run(self):
        note(self)
        self.output().dump({"text": "before"})

class Beside(Base):
    def requires(self):
        return Source.req(self)
    def output(self):
        return law.LocalFileTarget(self.input().path.replace(".json", "_skim.json"))
    def run(self):
        note(self)
        self.output().dump({"beside": self.input().load()})
""",
        runs="Source, Beside, Result",
        requires="Beside.req(self)",
    ),
    made(
        "folders: return if the output is there",
        """
class Source(Base):
    def output(self):
        return self.local_target("x.json")

    def run(self):
        if self.output().exists():
            return
        note(self)
        self.output().dump({"text": "before"})
""",
    ),
    made(
        "folders: names by what the input holds",
        """
class Source(Base):
    def output(self):
        return self.local_target("list.json")

    def run(self):
        note(self)
        self.output().dump(["one", "before"])

class Split(Base):
    def requires(self):
        return Source.req(self)
    def output(self):
        if not self.input().exists():
            return self.local_target("unknown.txt")
        return {name: self.local_target(f"{name}.txt") for name in self.input().load()}
    def run(self):
        note(self)
        for name, target in self.output().items():
            target.dump(f"of {name}", formatter="text")
""",
        runs="Source, Split, Result",
        requires="Split.req(self)",
    ),
    made(
        "folders: localize r within w",
        """
class Source(Base):
    def output(self):
        return self.local_target("x.json")

    def run(self):
        note(self)
        self.output().dump({"text": "before"})

class Middle(Base):
    def requires(self):
        return Source.req(self)
    def output(self):
        return {"m": self.local_target("m.json"), "log": self.local_target("m.log")}
    def run(self):
        note(self)
        outputs = self.output()
        with self.input().localize("r") as tmp, outputs["m"].localize("w") as out, outputs["log"].localize("w") as log:
            out.dump({"got": tmp.load()})
            log.dump(out.ext() + tmp.ext(), formatter="text")
""",
        runs="Source, Middle, Result",
        requires="Middle.req(self)",
    ),
    made(
        "folders: a subprocess in the folder of the output",
        """
class Source(Base):
    def output(self):
        return self.local_target("x.txt")

    def run(self):
        note(self)
        self.output().parent.touch()
        subprocess.check_call("echo before > x.txt; echo log > run.log", shell=True, cwd=self.output().parent.path)
""",
    ),
    made(
        "folders: Path constants of the module",
        """
STORE = Path(os.environ["RESULTS"]) / "store"
VERSION = "v3"

class Source(Base):
    def output(self):
        return law.LocalFileTarget(str(STORE / VERSION / "x.txt"))

    def run(self):
        note(self)
        (STORE / VERSION).mkdir(parents=True, exist_ok=True)
        (STORE / VERSION / "x.txt").write_text("before")
""",
    ),
    made(
        "folders: a file system of law.cfg",
        """
class Source(Base):
    def output(self):
        return law.LocalFileTarget("store/x.txt", fs=law.LocalFileSystem("results_fs"))

    def run(self):
        note(self)
        self.output().dump("before", formatter="text")
""",
    ),
    made(
        "folders: fixed names",
        """
class Source(Base):
    fixed_names = True
    def output(self):
        return [self.local_target("x.txt"), self.local_target("y.txt")]

    def run(self):
        note(self)
        for t in self.output():
            t.dump("before", formatter="text")
""",
    ),
    made(
        "folders: fixed names, appended to",
        """
class Source(Base):
    fixed_names = True
    def output(self):
        return self.local_target("x.txt")

    def run(self):
        note(self)
        with self.output().open("a") as f:
            f.write("before")
""",
    ),
    made(
        "folders: fixed names of a folder, globbed",
        """
class Source(Base):
    fixed_names = True
    def output(self):
        return law.LocalDirectoryTarget(self.local_path("d"))

    def run(self):
        note(self)
        self.output().touch()
        self.output().child("before.txt", type="f").dump("x", formatter="text")
""",
    ),
    made(
        "folders: a file system as default_fs with relative paths",
        """
class Source(Base):
    def output(self):
        return law.LocalFileTarget("deep/x.txt", fs="results_fs")

    def run(self):
        note(self)
        self.output().parent.touch()
        Path(self.output().abspath).write_text("before")
""",
    ),
    made(
        "folders: a directory of a file system",
        """
class Source(Base):
    def output(self):
        return law.LocalDirectoryTarget("deepd", fs="results_fs")

    def run(self):
        note(self)
        self.output().touch()
        Path(self.output().abspath, "x.txt").write_text("before")
""",
    ),
    made(
        "folders: a state beside the output",
        """
class Source(Base):
    def output(self):
        return self.local_target("x.txt")
    def run(self):
        note(self)
        ck = self.output().sibling("state.json", type="f")
        n = ck.load()["n"] if ck.exists() else 0
        ck.dump({"n": n + 1, "t": "before"})
        self.output().dump("before", formatter="text")
""",
    ),
    made(
        "folders: a name after the name of the input",
        """
class Source(Base):
    def output(self): return self.local_target("x.txt")
    def run(self):
        note(self)
        self.output().dump("before", formatter="text")
class Mid(Base):
    def requires(self): return Source.req(self)
    def output(self): return self.local_target("copy_of_" + self.input().basename)
    def run(self):
        note(self)
        self.output().copy_from(self.input())
""",
        runs="Source, Mid, Result",
        requires="Mid.req(self)",
    ),
    made(
        "folders: a file beside one of several outputs",
        """
class Source(Base):
    def output(self): return {"d": self.local_target("d"), "l": [self.local_target("sub", "x.txt")]}
    def run(self):
        note(self)
        self.output()["l"][0].parent.touch()
        self.output()["d"].dump("d", formatter="text")
        self.output()["l"][0].dump("before", formatter="text")
        self.output()["l"][0].sibling("extra.txt", type="f").dump("extra before", formatter="text")
""",
        after="""
class Result(Base):
    def requires(self): return Source.req(self)
    def output(self): return self.local_target("result.txt")
    def run(self):
        note(self)
        e = self.input()["l"][0].sibling("extra.txt", type="f")
        self.output().dump(e.load(formatter="text"), formatter="text")
""",
    ),
    made(
        "folders: a file beside the output read by the next task",
        """
class Source(Base):
    def output(self): return self.local_target("x.txt")
    def run(self):
        note(self)
        self.output().dump("x before", formatter="text")
        with open(self.output().path.replace("x.txt", "extra.txt"), "w") as f: f.write("extra before")
""",
        after="""
class Result(Base):
    def requires(self): return Source.req(self)
    def output(self): return self.local_target("result.txt")
    def run(self):
        note(self)
        e = os.path.join(self.input().dirname, "extra.txt")
        self.output().dump(open(e).read(), formatter="text")
""",
    ),
    made(
        "folders: a file beside the output changes, and the output does not",
        """
class Source(Base):
    def output(self): return self.local_target("x.txt")
    def run(self):
        note(self)
        self.output().dump("x", formatter="text")
        with open(os.path.join(self.output().parent.path, "extra.txt"), "w") as f: f.write("extra before")
""",
        after="""
class Result(Base):
    def requires(self): return Source.req(self)
    def output(self): return self.local_target("result.txt")
    def run(self):
        note(self)
        e = os.path.join(self.input().dirname, "extra.txt")
        self.output().dump(open(e).read(), formatter="text")
""",
    ),
    made(
        "folders: a marker is the output, and the work lies elsewhere",
        """
class Source(Base):
    def output(self): return self.local_target("done")
    def run(self):
        note(self)
        d = os.path.join(os.environ["RESULTS"], "data"); os.makedirs(d, exist_ok=True)
        open(os.path.join(d, "data.txt"), "w").write("before")
        self.output().touch()
""",
        after="""
class Result(Base):
    def requires(self): return Source.req(self)
    def output(self): return self.local_target("result.txt")
    def run(self):
        note(self)
        self.output().dump(open(os.path.join(os.environ["RESULTS"], "data", "data.txt")).read(), formatter="text")
""",
    ),
    made(
        "folders: a script given to a command",
        """
class Source(Base):
    def output(self):
        return self.local_target("x.txt")

    def run(self):
        note(self)
        self.output().parent.touch()
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "scripts", "do.py")
        subprocess.check_call(["python", script, self.output().path])
""",
        edit=None,
        files={"scripts/do.py": SCRIPT},
        edited_files={"scripts/do.py": SCRIPT.replace("before", "after")},
    ),
]
