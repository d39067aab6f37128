"""A sample of `benchmarks/closure_fuzz.py`: edits of installed packages that change a result change the digest."""

from __future__ import annotations

from pathlib import Path

from package_fuzz import Project, edited, fuzz


def test_an_edit_of_a_package_that_changes_a_result_changes_the_digest(tmp_path: Path) -> None:
    outcome = fuzz(Project("texts", tmp_path), edits=25, seed=1)
    assert outcome.changed
    assert not outcome.stale


def test_what_is_executed_is_run_anew_after_each_edit(tmp_path: Path) -> None:
    project = Project("texts", tmp_path)
    [entry] = [entry for entry in project.start() if entry.name == "patches"]
    path = tmp_path / "texts" / "jsonpointer.py"
    path.write_text(project.files[path].replace("def __init__(self, pointer", "def __init__(self, pointerx"))
    assert project.server.ask(entry="patches")["result"].startswith("!")
    path.write_text(project.files[path])
    assert project.server.ask(entry="patches")["result"] == entry.result
    project.server.stop()


def test_only_lines_that_were_executed_are_edited() -> None:
    import random

    for seed in range(20):
        found = edited("a = 1\nb = 2\nc = 3\n", {2}, random.Random(seed))
        assert found is not None
        assert found[1].splitlines()[::2] == ["a = 1", "c = 3"]
