"""However a branch writes its products, they get their names when its run() has ended well, and only then."""

from __future__ import annotations

import pytest

WAYS = '''
    import os, shutil, signal, subprocess
    from pathlib import Path
    import caselaw, law
    import numpy as np

    FIRST, REST = "half of it, ", "all of it"

    def pause():
        """What happens after one half is written: by the file `stop`, the branch goes on, fails, or is killed."""
        how = Path("stop").read_text() if Path("stop").exists() else ""
        if how == "raise":
            raise ValueError("in the middle")
        if how == "kill":
            os.kill(os.getpid(), signal.SIGKILL)

    def halves(file):
        file.write(FIRST)
        file.flush()
        pause()
        file.write(REST)

    def by_open(task):
        with open(task.output()["x"].path, "w") as file:
            halves(file)

    def by_pathlib(task):
        path = Path(task.output()["x"])
        path.write_text(FIRST)
        pause()
        path.write_text(path.read_text() + REST)

    def by_target(task):
        with task.output()["x"].open("w") as file:
            halves(file)

    def by_dump(task):
        task.output()["x"].dump(FIRST, formatter="text")
        pause()
        task.output()["x"].dump(FIRST + REST, formatter="text")

    def by_localize(task):
        with task.output()["x"].localize("w") as local, open(local.path, "w") as file:
            halves(file)

    def by_touch(task):
        task.output()["x"].touch()
        pause()
        Path(task.output()["x"].path).write_text(FIRST + REST)

    def by_move(task):
        Path(f"mine{task.branch}").write_text(FIRST)
        shutil.copy(f"mine{task.branch}", task.output()["x"].path)
        pause()
        Path(f"mine{task.branch}").write_text(FIRST + REST)
        task.output()["x"].move_from_local(f"{Path.cwd()}/mine{task.branch}")

    def by_copy(task):
        Path(f"mine{task.branch}").write_text(FIRST)
        task.output()["x"].copy_from_local(f"{Path.cwd()}/mine{task.branch}")
        pause()
        Path(f"mine{task.branch}").write_text(FIRST + REST)
        task.output()["x"].copy_from_local(f"{Path.cwd()}/mine{task.branch}")

    def by_shell(task):
        path = task.output()["x"].path
        subprocess.run(f"printf '{FIRST}' > {path}", shell=True, check=True)
        pause()
        subprocess.run(f"printf '{REST}' >> {path}", shell=True, check=True)

    def by_rename(task):
        path = task.output()["x"].path
        with open(path + ".part", "w") as file:
            halves(file)
        os.rename(path + ".part", path)

    def by_numpy(task):
        path = task.output()["x"].path
        np.savetxt(path, [FIRST], fmt="%s", newline="")
        pause()
        np.savetxt(path, [FIRST + REST], fmt="%s", newline="")

    def by_publish(task):
        with task.publish() as out, open(out["x"], "w") as file:
            halves(file)
            assert task.output()["x"].path == str(out["x"])

    def by_both(task):
        with task.publish() as out:
            out["log"].write_text("by publish()")
        by_open(task)

    def by_both_turned(task):
        with open(task.output()["log"].path, "w") as file:
            file.write("by output()")
        by_publish(task)

    def by_reading_back(task):
        target = task.output()["x"]
        assert not target.exists() and not task.complete()
        target.parent.touch()
        by_open(task)
        assert target.exists() and target.load(formatter="text") == FIRST + REST
        task.output()["log"].dump("", formatter="text")
        task.output()["folder"].touch()
        assert task.complete()

    def by_single_files(task):
        by_open(task)
        folder = task.output()["folder"]
        assert not folder.exists()
        folder.child("deep", type="d").child("one.txt", type="f").dump("1", formatter="text")
        with folder.localize("a") as local:
            local.child("two.txt", type="f").dump("2", formatter="text")

    WAYS = [value for name, value in list(globals().items()) if name.startswith("by_")]

    class Ways(caselaw.Workflow):
        products = {"x": "txt", "log": "txt", "folder": "/"}

        def upstream(self):
            return caselaw.over([way.__name__ for way in WAYS])

        def run(self):
            way, = [way for way in WAYS if way.__name__ == self.branch_value]
            way(self)
            outputs = self.output()
            if not outputs["log"].exists():
                outputs["log"].dump("", formatter="text")
            if not outputs["folder"].exists():
                outputs["folder"].touch()
            if not outputs["folder"].listdir():
                outputs["folder"].child("one.txt", type="f").dump("1", formatter="text")

    class Safe(Ways):
        """The same with a decorator that removes outputs after an error."""

        @law.decorator.safe_output
        def run(self):
            super().run()

    class Localized(Ways):
        @law.decorator.localize(input=False)
        def run(self):
            path = self.output()["x"].path
            self.output()["log"].touch()
            self.output()["folder"].touch()
            self.output()["folder"].child("one.txt", type="f").touch()
            with open(path, "w") as file:
                halves(file)

    class Yielding(caselaw.Task):
        """Asks luigi for more in its run(), which is then begun from the start again."""

        products = {"x": "txt"}

        def run(self):
            with open(self.output()["x"].path, "a") as file:
                file.write(FIRST)
            yield Ways()
            assert Path(self.output()["x"]).read_text() == FIRST
            by_open(self)

    class All(caselaw.Task):
        """Reads everything."""

        products = {"n": "txt"}

        def upstream(self):
            return {cls.__name__: caselaw.whole(cls()) for cls in (Ways, Safe, Localized)}

        def run(self):
            made = [each for of_task in self.input().values() for each in of_task]
            for each in made:
                assert Path(each["x"]).read_text() == FIRST + REST, each["x"].path
                assert any(path.name == "one.txt" for path in Path(each["folder"]).rglob("*"))
            Path(self.output()).write_text(str(len(made)))
'''

NUMBER = 3 * 16


def named(project) -> list[str]:
    """All that has a final name."""
    return sorted(path for family in ("Ways", "Safe", "Localized", "All") for path in project.made(family))


@pytest.fixture
def ways(project):
    project.write("work.py", WAYS)
    return project


def test_every_way_of_writing_publishes_with_its_record(ways):
    ways.run("work.All")
    (total,) = ways.made("All")
    assert (ways.root / "data" / total).read_text() == str(NUMBER)
    for family in ("Ways", "Safe", "Localized", "All"):
        found = ways.ask("verify", f"work.{family}", "--only")["outputs"]
        assert {output["state"] for output in found} == {"ok"}
    assert not list((ways.root / "data" / ".staging").iterdir())


@pytest.mark.parametrize("how", ["kill", "raise"])
def test_a_branch_that_ends_in_the_middle_leaves_nothing_by_any_way(ways, how):
    ways.write("stop", how)
    for family in ("Ways", "Safe", "Localized"):
        assert "16 of 16 branches failed" in ways.run(f"work.{family}", code=30)
    assert named(ways) == []
    (ways.root / "stop").unlink()
    ways.run("work.All")  # reads every file to its end


def test_branches_in_this_process_and_resumed_ones_write_as_those_in_the_pool(ways):
    ways.run("work.Ways", "--workflow", "local")
    assert {output["state"] for output in ways.ask("verify", "work.Ways", "--only")["outputs"]} == {"ok"}
    ways.write("stop", "raise")
    assert "in the middle" in ways.run("work.Safe", "--branch", "3", code=30)
    assert ways.made("Safe") == set()
    (ways.root / "stop").unlink()
    ways.run("work.Safe", "--branch", "3")
    assert len(ways.made("Safe")) == 3
    for path in list((ways.root / "data" / "Ways").rglob("x.*")):
        path.unlink()
    ways.run("work.Yielding")
    (x,) = ways.made("Yielding")
    assert (ways.root / "data" / x).read_text() == "half of it, all of it"
    assert not list((ways.root / "data" / ".staging").iterdir())
