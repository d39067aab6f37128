"""A worker that does not begin what it was sent is reported; one that has begun is left alone."""

from __future__ import annotations

STUCK = """
    import os, time
    import caselaw

    class Value(str):
        def __reduce__(self):
            return wait, (str(self),)

    def wait(value):
        if value == "slow":
            wait_for_nothing()
        return Value(value)

    def wait_for_nothing():
        time.sleep(%s)

    class Stuck(caselaw.Workflow):
        products = {"text": "txt"}
        def upstream(self):
            return caselaw.over([Value("slow"), Value("quick")])
        def run(self):
            time.sleep(%s)
            with self.publish() as out:
                out["text"].write_text("x")
"""


def with_watchdog(project, seconds: str) -> None:
    config = (project.root / "law.cfg").read_text()
    project.write("law.cfg", config.replace("workers: 2", f"workers: 2\nwatchdog: {seconds}"))


def test_a_worker_that_does_not_begin_is_named_with_what_it_waits_for_and_not_ended(project):
    with_watchdog(project, "0.3")
    project.write("work.py", STUCK % (2, 0))
    printed = project.run("work.Stuck")
    assert "Stuck, branch 0 ('slow') has not begun since 0 s: worker " in printed
    assert " waits" in printed
    assert "CPU-s used" in printed
    assert "in wait_for_nothing" in printed
    assert 1 < printed.count("has not begun") < 5  # twice as much time passes each time
    assert len(project.made("Stuck")) == 2


def test_a_branch_that_has_begun_may_take_its_time(project):
    with_watchdog(project, "0.3")
    project.write("work.py", STUCK % (0, 1))
    printed = project.run("work.Stuck")
    assert "has not begun" not in printed
    assert "no branch has begun" not in printed


def test_the_watch_can_be_switched_off(project):
    with_watchdog(project, "0")
    project.write("work.py", STUCK % (1, 0))
    assert "has not begun" not in project.run("work.Stuck")


def test_modules_that_take_long_to_import_are_reported(project):
    with_watchdog(project, "1")
    project.write(
        "work.py",
        """
        import numpy, os, sys, time
        import caselaw
        if "law" not in os.path.basename(sys.orig_argv[1]):
            time.sleep(3)
        class Heavy(caselaw.Task):
            products = {"text": "txt"}
            def run(self):
                with self.publish() as out:
                    out["text"].write_text("x")
    """,
    )
    printed = project.run("work.Heavy")
    assert "workers still import the modules of the tasks" in printed
    assert len(project.made("Heavy")) == 1


def test_a_watchdog_that_is_no_number_of_seconds_is_refused(project):
    with_watchdog(project, "soon")
    project.write("work.py", STUCK % (0, 0))
    printed = project.run("work.Stuck", code=None)
    assert "'soon' is not a number of seconds" in printed
