"""Tasks whose outputs, or what they read, lie beside their code: paths that start at `__file__`."""

from __future__ import annotations

from ways import Way, code, file

LAW_WAY = """
    import os

    {constant}

    class {name}Base(caselaw.Workflow):
        exclude_index = True

        def local_path(self, *path):
            return os.path.join(os.getenv("STORE_OF_ALL") or {folder}, *path)

        def local_target(self, *path):
            return law.LocalFileTarget(self.local_path(*path))

    class {name}Source({name}Base):
        def upstream(self):
            return caselaw.over("ab")

        def output(self):
            return {output}

        def run(self):
            note_execution("{name}Source", self.branch)
            self.output().dump(repr({made}), formatter="text")

    class {name}(Steps):
        def upstream(self):
            return {{"own": caselaw.each({name}Source.req(self))}}
"""
HERE = "os.path.dirname(os.path.abspath(__file__))"
BOTH = "{0}Source 0, {0}Source 1, {0} 0, {0} 1"


def beside(root: str, output: str, made: str = "1", constant: str = "", folder: str = HERE) -> str:
    return LAW_WAY.format(name=root, output=output, made=made, constant=constant, folder=folder)


OWN_PATHS = [
    Way(
        "own output() by a helper of the base class",
        "BesideHelper",
        beside("BesideHelper", 'self.local_target("beside_helper", f"{self.branch}.txt")'),
        code("repr(1)", "repr(2)"),
        BOTH.format("BesideHelper"),
    ),
    Way(
        "own output() in a folder that is a constant",
        "BesideConstant",
        beside(
            "BesideConstant",
            'law.LocalFileTarget(os.path.join(STORE, f"{self.branch}.txt"))',
            constant='STORE = os.path.join(os.path.dirname(__file__), "beside_constant")',
            folder="STORE",
        ),
        code("repr(1)", "repr(2)"),
        BOTH.format("BesideConstant"),
    ),
    Way(
        "file that run() reads in the folder of its own output",
        "BesideRead",
        beside(
            "BesideRead",
            'law.LocalFileTarget(str(ROOT / "beside_read" / f"{self.branch}.txt"))',
            made='(ROOT / "beside_read" / "table.json").read_text()',
        ),
        file("beside_read/table.json", "2"),
        BOTH.format("BesideRead"),
        file("beside_read/table.json", "1"),
    ),
    Way(
        "file that run() does not read in the folder of its own output",
        "BesideUnread",
        beside("BesideUnread", 'self.local_target("beside_unread", f"{self.branch}.txt")'),
        file("beside_unread/table.json", "2"),
        "",
    ),
    Way(
        "task with an own output() that run() yields",
        "BesideYielded",
        """
        class BesideYieldedSource(caselaw.Task):
            exclude_index = True

            def output(self):
                return law.LocalFileTarget(str(ROOT / "beside_yielded.txt"))

            def run(self):
                note_execution("BesideYieldedSource", 0)
                self.output().dump("1", formatter="text")

        class BesideYielded(Step):
            def run(self):
                target = yield BesideYieldedSource.req(self)
                note_execution("BesideYielded", 0)
                with self.publish() as out:
                    out["text"].write_text(Path(target.path).read_text())
        """,
        code('dump("1"', 'dump("2"'),
        "BesideYieldedSource 0, BesideYielded 0",
    ),
]
