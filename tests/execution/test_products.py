"""What is no whole product is refused and named; where products lie outside of a run, and when it fails."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ODD = """
    import os, shutil, sys
    from pathlib import Path
    import caselaw, law

    class Odd(caselaw.Workflow):
        products = {"file": "txt", "folder": "/"}
        def upstream(self):
            return caselaw.over(sorted(name for name in vars(type(self)) if name.startswith("do_")))
        def run(self):
            getattr(self, self.branch_value)()
        def good(self):
            with self.publish() as out:
                out["file"].write_text("good")
                (out["folder"] / "good.txt").write_text("good")
                yield out
        def do_nothing(self):
            pass
        def do_one_of_two(self):
            self.output()["file"].dump("x", formatter="text")
        def do_another_name(self):
            (Path(self.output()["file"].path).parent / "fil.txt").write_text("x")
        def do_link(self):
            for out in self.good():
                out["file"].unlink()
                Path("elsewhere.txt").write_text("x")
                out["file"].symlink_to(Path("elsewhere.txt").resolve())
        def do_dangling_link(self):
            for out in self.good():
                out["file"].unlink()
                out["file"].symlink_to("nowhere")
        def do_link_to_folder(self):
            for out in self.good():
                shutil.rmtree(out["folder"])
                Path("elsewhere").mkdir(exist_ok=True)
                out["folder"].symlink_to(Path("elsewhere").resolve())
        def do_link_out_of_folder(self):
            for out in self.good():
                (out["folder"] / "link").symlink_to("../../../law.cfg")
        def do_absolute_link_in_folder(self):
            for out in self.good():
                (out["folder"] / "link").symlink_to(out["folder"] / "good.txt")
        def do_dangling_link_in_folder(self):
            for out in self.good():
                (out["folder"] / "link").symlink_to("nowhere")
        def do_link_in_a_circle(self):
            for out in self.good():
                (out["folder"] / "link").symlink_to(".")
        def do_folder_for_file(self):
            for out in self.good():
                out["file"].unlink()
                out["file"].mkdir()
                (out["file"] / "part").write_text("x")
        def do_file_for_folder(self):
            for out in self.good():
                shutil.rmtree(out["folder"])
                out["folder"].write_text("x")
        def do_pipe(self):
            for out in self.good():
                out["file"].unlink()
                os.mkfifo(out["file"])
        def do_pipe_in_folder(self):
            for out in self.good():
                os.mkfifo(out["folder"] / "pipe")
        def do_leave_open(self):
            for out in self.good():
                self.open_file = open(out["folder"] / "log.txt", "w")
                self.open_file.write("buffered")
        def do_publish_twice(self):
            for out in self.good():
                pass
            with self.publish() as out:
                out["file"].write_text("second")
        def do_catch_error_of_block(self):
            try:
                with self.publish() as out:
                    out["file"].write_text("half")
                    (out["folder"] / "half.txt").write_text("half")
                    raise ValueError
            except ValueError:
                pass
        def do_good_after_error(self):
            self.do_catch_error_of_block()
            for out in self.good():
                pass
        def do_good_link(self):
            for out in self.good():
                (out["folder"] / "deep").mkdir()
                (out["folder"] / "deep" / "link").symlink_to("../good.txt")
        def do_hard_link(self):
            for out in self.good():
                Path("cached.txt").write_text("hard")
                out["file"].unlink()
                os.link("cached.txt", out["file"])
                os.link("cached.txt", out["folder"] / "cached.txt")
        def do_extra(self):
            for out in self.good():
                out["file"].with_suffix(".root").write_text("x")
"""

REFUSED = {
    "do_nothing": "run() ended without publishing its products",
    "do_one_of_two": "without writing its product 'folder'",
    "do_another_name": "without writing its products 'file', 'folder' (there is fil.txt, which is none)",
    "do_link": "product 'file' is a symbolic link (to ",
    "do_dangling_link": "product 'file' is a symbolic link (to nowhere)",
    "do_link_to_folder": "product 'folder' is a symbolic link (to ",
    "do_link_out_of_folder": "holds a symbolic link that leads out of it or nowhere",
    "do_absolute_link_in_folder": "holds a symbolic link that leads out of it or nowhere",
    "do_dangling_link_in_folder": "holds a symbolic link that leads out of it or nowhere",
    "do_link_in_a_circle": "holds a symbolic link that leads back to a folder around it",
    "do_folder_for_file": "product 'file' is a folder, and the task declares a file",
    "do_file_for_folder": "product 'folder' is a file, and the task declares a folder",
    "do_pipe": "product 'file' is a named pipe",
    "do_pipe_in_folder": "the folder of product 'folder' holds a named pipe",
    "do_leave_open": "still open for writing when the task has finished: folder/log.txt",
    "do_publish_twice": "publish() is used a second time in one run()",
    "do_catch_error_of_block": "run() ended without publishing its products",
}


def test_what_is_no_whole_product_is_refused_and_named(project):
    project.write("work.py", ODD)
    printed = project.run("work.Odd", code=30)
    rows = project.ask("status", "work.Odd", "--branches", code=1)["tasks"]
    good = {"do_extra", "do_good_after_error", "do_good_link", "do_hard_link"}
    names = sorted([*REFUSED, *good])
    complete = {names[row["branch"]] for row in rows if row["state"] == "complete"}
    assert complete == good
    for name, message in REFUSED.items():
        assert message in printed.partition(f"('{name}') failed")[2].partition(" failed:\n  ")[0], name
    assert "not published, because it is no product of the task: file.root" in printed
    assert len(project.made("Odd")) == 10
    texts = [path.read_text() for path in (project.root / "data" / "Odd").glob("file.*.txt")]
    assert sorted(texts) == ["good", "good", "good", "hard"]
    assert {path.stat().st_nlink for path in (project.root / "data" / "Odd").rglob("*.txt") if path.is_file()} == {1}


def test_outside_of_a_run_outputs_have_their_final_names(project):
    project.write("work.py", ODD)
    project.write(
        "notebook.py",
        """
        import json
        import caselaw
        from work import Odd

        odd = Odd(branch=4)
        before = odd.output()["file"].path
        with odd.publish() as out:
            out["file"].write_text("by hand")
            (out["folder"] / "one.txt").write_text("by hand")
            during = odd.output()["file"].path
        states = [before == odd.output()["file"].path, before != during, odd.complete()]
        try:
            with odd.publish() as out:
                pass
        except caselaw.errors.PublishError as error:
            states.append("published already" in str(error))
        print(json.dumps(states))
    """,
    )
    printed = subprocess.run(
        [sys.executable, "notebook.py"], cwd=project.root, env=project.environment(), timeout=60,
        stdout=subprocess.PIPE, text=True, check=True,
    ).stdout  # fmt: skip
    assert json.loads(printed.splitlines()[-1]) == [True, True, True, True]


def test_a_full_disk_gives_no_name_to_what_was_cut_off(project):
    project.write(
        "work.py",
        """
        import resource
        import caselaw
        class Full(caselaw.Task):
            products = {"x": "txt"}
            def run(self):
                with self.output()["x"].open("w") as file:
                    file.write("x" * 1000)
                resource.setrlimit(resource.RLIMIT_FSIZE, (500, resource.RLIM_INFINITY))
                with open(self.output()["x"].path, "w") as file:
                    file.write("y" * 1000)
    """,
    )
    assert "File too large" in project.run("work.Full", code=30)
    assert project.made("Full") == set()


def test_an_output_that_builds_on_ours_is_published_too(project):
    source = project.write(
        "work.py",
        """
        from pathlib import Path
        import caselaw
        class Own(caselaw.Task):
            products = {"x": "txt"}
            def output(self):
                return super().output()["x"]
            def run(self):
                Path(self.output().path).write_text("whole")
                raise_here = 1
    """,
    )
    source.write_text(source.read_text().replace("raise_here = 1", "raise ValueError"))
    project.run("work.Own", code=30)
    assert project.made("Own") == set()
    source.write_text(source.read_text().replace("raise ValueError", "pass"))
    project.run("work.Own")
    (path,) = project.made("Own")
    assert (project.root / "data" / path).read_text() == "whole"
    assert Path(project.root, "data", path).parent.joinpath(".records").exists()
