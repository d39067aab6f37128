"""All ways in which run() writes its outputs."""

from __future__ import annotations

from form_outputs import TASK, TWO_FILES, indented, of_luigi
from forms import RESULT, Form


def writing(name: str, run: str, file: str = "x.txt", output: str = "") -> Form:
    """How run() writes its only target."""
    output = output or f'self.local_target("{file}")'
    code = TASK.format(output=output, run=indented(run)) + RESULT.format(requires="Source.req(self)")
    return Form(f"writing: {name}", code, "Source, Result")


WAYS = [
    writing("dump json", 'self.output().dump({"n": "before"})', "x.json"),
    writing("dump json with options", 'self.output().dump({"n": "before"}, indent=4, formatter="json")', "x.json"),
    writing("dump yaml", 'self.output().dump({"n": "before"}, formatter="yaml")', "x.yaml"),
    writing("dump pickle", 'self.output().dump(["before"], formatter="pickle")', "x.pkl"),
    writing("dump text", 'self.output().dump("before", formatter="text")'),
    writing("dump by extension", 'self.output().dump("before")'),
    writing(
        "dump numpy",
        'import numpy as np\nlaw.contrib.load("numpy")\n'
        'self.output().dump(np.array([len("before")]), formatter="numpy")',
        "x.npy",
    ),
    writing(
        "dump gzip",
        'import gzip\nwith gzip.open(self.output().path, "wt") as out:\n    out.write("before")'.replace(
            "with gzip", "self.output().parent.touch()\nwith gzip"
        ),
        "x.txt.gz",
    ),
    writing(
        "dump a zip archive",
        "tmp = law.LocalDirectoryTarget(is_tmp=True)\ntmp.touch()\n"
        'Path(tmp.path, "a.txt").write_text("before")\nself.output().dump(tmp, formatter="zip")',
        "x.zip",
    ),
    writing(
        "dump a tar archive",
        "tmp = law.LocalDirectoryTarget(is_tmp=True)\ntmp.touch()\n"
        'Path(tmp.path, "a.txt").write_text("before")\nself.output().dump(tmp, formatter="tar")',
        "x.tgz",
    ),
    writing(
        "np.save to the path of one of several",
        'import numpy as np\nself.output()["x"].parent.touch()\n'
        'np.save(self.output()["x"].path, np.array([len("before")]))\n'
        'self.output()["y"].touch()',
        output='{"x": self.local_target("x.npy"), "y": self.local_target("y.txt")}',
    ),
    writing("localize", 'with self.output().localize("w") as tmp:\n    tmp.dump("before", formatter="text")'),
    writing("localize and a path", 'with self.output().localize("w") as tmp:\n    Path(tmp.path).write_text("before")'),
    writing(
        "localize several",
        'with law.localize_file_targets(self.output(), mode="w") as tmp:\n'
        '    for each in tmp.values():\n        each.dump("before", formatter="text")',
        output='{"x": self.local_target("x.txt"), "y": self.local_target("y.txt")}',
    ),
    writing(
        "localize a collection",
        'with self.output().localize("w") as tmp:\n'
        '    for each in tmp.targets:\n        each.dump("before", formatter="text")',
        output=f"law.SiblingFileCollection([{TWO_FILES}])",
    ),
    writing("touch", 'self.output().touch()\nself.output().dump("before", formatter="text")'),
    writing(
        "touch only",
        'self.output()["x"].touch()\nself.output()["y"].dump("before", formatter="text")',
        output='{"x": self.local_target("x.done"), "y": self.local_target("y.txt")}',
    ),
    writing("open", 'with self.output().open("w") as out:\n    out.write("before")'),
    writing("open and close", 'out = self.output().open("w")\nout.write("before")\nout.close()'),
    writing(
        "open to append",
        'with self.output().open("a") as out:\n    out.write("before")\n'
        'with self.output().open("a") as out:\n    out.write(" and more")',
    ),
    writing(
        "Python's open",
        'self.output().parent.touch()\nwith open(self.output().path, "w") as out:\n    out.write("before")',
    ),
    writing(
        "Python's open after makedirs",
        "output = self.output().path\nos.makedirs(os.path.dirname(output), exist_ok=True)\n"
        'with open(output, "w") as out:\n    out.write("before")',
    ),
    writing("makedirs() of the target", 'self.output().makedirs()\nPath(self.output().path).write_text("before")'),
    of_luigi(
        writing(
            "makedirs() of luigi's target",
            'self.output().makedirs()\nPath(self.output().path).write_text("before")',
            output='luigi.LocalTarget(self.local_path("x.txt"))',
        )
    ),
    of_luigi(
        writing(
            "temporary_path",
            'with self.output().temporary_path() as path:\n    Path(path).write_text("before")',
            output='luigi.LocalTarget(self.local_path("x.txt"))',
        )
    ),
    writing(
        "move_from_local",
        'tmp = law.LocalFileTarget(is_tmp="txt")\ntmp.dump("before", formatter="text")\n'
        "self.output().move_from_local(tmp)",
    ),
    writing(
        "copy_from_local",
        'tmp = law.LocalFileTarget(is_tmp="txt")\ntmp.dump("before", formatter="text")\n'
        "self.output().copy_from_local(tmp)",
    ),
    writing(
        "copy_from of another target",
        'tmp = law.LocalFileTarget(is_tmp="txt")\ntmp.dump("before", formatter="text")\nself.output().copy_from(tmp)',
    ),
    writing(
        "move_to the output",
        'tmp = law.LocalFileTarget(is_tmp="txt")\ntmp.dump("before", formatter="text")\ntmp.move_to(self.output())',
    ),
    writing(
        "move_to_local by path",
        'tmp = law.LocalFileTarget(is_tmp="txt")\ntmp.dump("before", formatter="text")\n'
        "self.output().parent.touch()\ntmp.move_to_local(self.output().path)",
    ),
    writing(
        "shutil.move",
        'import shutil, tempfile\nhandle, path = tempfile.mkstemp()\nos.write(handle, b"before")\nos.close(handle)\n'
        "self.output().parent.touch()\nshutil.move(path, self.output().path)",
    ),
    writing(
        "os.rename of a file beside it",
        "self.output().parent.touch()\npath = self.output().path\n"
        'Path(path + ".tmp").write_text("before")\nos.rename(path + ".tmp", path)',
    ),
    writing(
        "a shell command",
        'self.output().parent.touch()\nsubprocess.run(f"echo before > {self.output().path}", shell=True, check=True)',
    ),
    writing(
        "a shell command in the folder",
        "self.output().parent.touch()\n"
        'subprocess.run(["sh", "-c", f"echo before > {self.output().basename}"], cwd=self.output().dirname, '
        "check=True)",
    ),
    writing(
        "law's interruptable_popen",
        "self.output().parent.touch()\n"
        'code = law.util.interruptable_popen(f"echo before > {self.output().path}", shell=True, '
        'executable="/bin/bash")[0]\n'
        "assert code == 0",
    ),
    writing(
        "a sibling by the parent",
        "folder = self.output().parent\nfolder.touch()\n"
        'folder.child(self.output().basename, type="f").dump("before", formatter="text")',
    ),
    writing(
        "a sibling of the target",
        'self.output().sibling(self.output().basename, type="f").dump("before", formatter="text")',
    ),
    writing(
        "by pathlib",
        'path = Path(self.output().path)\npath.parent.mkdir(parents=True, exist_ok=True)\npath.write_text("before")',
    ),
    writing(
        "by the name without extension",
        'self.output().parent.touch()\nstem = self.output().path[: -len(".txt")]\n'
        'Path(stem + ".txt").write_text("before")',
    ),
    Form(
        "writing: in a helper of a base",
        'class Saves(Base):\n    def save(self, text):\n        self.output().dump(text, formatter="text")\n'
        + TASK.format(output='self.local_target("x.txt")', run='self.save("before")').replace("(Base)", "(Saves)")
        + RESULT.format(requires="Source.req(self)"),
        "Source, Result",
    ),
    writing(
        "written in a sub-process of Python",
        "import multiprocessing\nself.output().parent.touch()\n"
        'child = multiprocessing.get_context("fork").Process(target=Path(self.output().path).write_text, '
        'args=("before",))\n'
        "child.start()\nchild.join()",
    ),
    writing(
        "a file that it reads back",
        'self.output().dump({"n": "before"})\nself.output().dump({"again": self.output().load()})',
        "x.json",
    ),
    writing(
        "only if it is not there", 'if not self.output().exists():\n    self.output().dump("before", formatter="text")'
    ),
    writing("removed before", 'self.output().remove()\nself.output().dump("before", formatter="text")'),
    writing("with permissions", 'self.output().dump("before", formatter="text", perm=0o644)'),
]
