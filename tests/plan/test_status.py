"""`caselaw status`: what is complete, missing, stale, adoptable or unknown."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ALL = {"Make 0", "Make 1", "Double 0", "Double 1", "Total None"}


def test_everything_is_missing_before_and_complete_after_the_first_run(chain):
    assert chain.states(code=1) == dict.fromkeys(ALL, "missing")
    assert sum(chain.run().values()) == 5
    assert chain.states(code=0) == dict.fromkeys(ALL, "complete")
    assert chain.run() == {}


def test_an_edited_step_is_stale_and_so_is_what_depends_on_it(chain):
    chain.run()
    chain.edit("steps.py", "str(factor * int", "str(1 + factor * int")
    states = chain.states(code=1)
    assert {name for name, state in states.items() if state == "stale"} == {"Double 0", "Double 1", "Total None"}
    assert chain.run() == {"Double 1": 1, "Double 2": 1, "Total None": 1}


def test_equal_output_upstream_makes_everything_downstream_adopted(chain):
    chain.run()
    chain.edit("steps.py", "output.write_text(str(value))", 'output.write_text(f"{value}")')
    assert {chain.states()[f"Double {n}"] for n in (0, 1)} == {"stale"}
    assert chain.run("--branches", "0:2", task="work.Make") == {"Make 1": 1, "Make 2": 1}
    states = chain.states(code=1)
    assert {name for name, state in states.items() if state == "adoptable"} == {"Double 0", "Double 1", "Total None"}
    assert chain.run() == {}
    assert set(chain.states(code=0).values()) == {"complete"}
    first, second = chain.outputs("Total")
    assert first.stat().st_ino == second.stat().st_ino


def test_an_added_branch_runs_alone(chain):
    chain.run()
    chain.edit("work.py", "VALUES = (1, 2)", "VALUES = (1, 2, 3)")
    assert chain.states()["Make 2"] == "missing"
    assert chain.run() == {"Make 3": 1, "Double 3": 1, "Total None": 1}
    chain.edit("work.py", "VALUES = (1, 2, 3)", "VALUES = (1, 2)")
    assert chain.run() == {}


def test_a_deleted_output_runs_again_alone(chain):
    chain.run()
    chain.outputs("Make")[0].unlink()
    states = chain.states(code=1)
    assert sorted(state for name, state in states.items() if name.startswith("Make")) == ["complete", "missing"]
    assert set(states.values()) == {"complete", "missing"}
    assert sum(chain.run().values()) == 0, "law asks for what is missing only: the end of the chain is complete"
    assert sum(chain.run(task="work.Make").values()) == 1


def test_counts_of_a_workflow_are_one_row(chain):
    chain.run()
    answer = chain.project.ask("status", "work.Total")
    make = next(row for row in answer["tasks"] if row["family"] == "Make")
    assert make["branches"] == {"complete": 2}
    assert (make["branch"], make["state"], make["params"]) == (None, "complete", {"campaign": "small"})
    assert "complete" in chain.project.caselaw("status", "work.Total")


def test_one_branch_asks_for_what_it_needs_only(chain):
    states = chain.states("--branch", "1", task="work.Double")
    assert states == {"Make 1": "missing", "Double 1": "missing"}
    chain.run("--branch", "1", task="work.Double")
    assert set(chain.states("--branch", "1", task="work.Double", code=0).values()) == {"complete"}
    assert set(chain.states("--branches", "0:2", task="work.Double", code=1)) == {
        "Make 0",
        "Make 1",
        "Double 0",
        "Double 1",
    }


def test_a_store_that_does_not_answer_is_unknown(chain):
    chain.run()
    folder = chain.root / "data" / "Double" / "factor_2"
    folder.rename(folder.with_name("elsewhere"))
    folder.symlink_to(folder)  # a loop: the answer is an error, also for root
    states = chain.states(code=3)
    assert {name for name, state in states.items() if state == "unknown"} == {"Double 0", "Double 1"}


def test_adoption_survives_the_loss_of_the_index(chain):
    chain.run()
    for file in (chain.root / ".caselaw").iterdir():
        file.unlink()
    chain.edit("steps.py", "output.write_text(str(value))", 'output.write_text(f"{value}")')
    assert chain.run() == {"Make 1": 1, "Make 2": 1}


def test_a_tampered_output_is_not_adopted(chain):
    chain.run()
    chain.outputs("Total")[0].write_text("99")
    chain.edit("steps.py", "output.write_text(str(value))", 'output.write_text(f"{value}")')
    assert chain.run() == {"Make 1": 1, "Make 2": 1, "Total None": 1}
    assert "not what its record says" in chain.printed


def test_a_tampered_input_is_found_before_it_is_used(chain):
    chain.run()
    chain.outputs("Double")[0].write_text("99")
    chain.outputs("Total")[0].unlink()
    chain.run("--verify-inputs", code=30)
    assert "not what its record says" in chain.printed
    assert chain.outputs("Total") == []


def test_local_workflow_adopts_too(chain):
    chain.run()
    chain.edit("steps.py", "output.write_text(str(value))", 'output.write_text(f"{value}")')
    assert chain.run("--workflow", "local", task="work.Double") == {"Make 1": 1, "Make 2": 1}


def test_switching_back_runs_nothing(chain):
    chain.run()
    chain.edit("configs/small.yaml", "start: 10", "start: 11")
    assert sum(chain.run().values()) == 5
    chain.edit("configs/small.yaml", "start: 11", "start: 10")
    assert chain.run() == {}
    chain.edit("configs/small.yaml", "other: 1", "other: 2")
    assert chain.run() == {}


def test_a_store_holds_few_record_files(chain):
    chain.run()
    records = [path for path in (chain.root / "data").rglob("*") if path.parent.name == ".records"]
    assert len(records) == 6, "a document and its basis for each of three tasks"
    assert {path.suffix for path in records} == {".json"}


def test_a_task_is_found_without_an_index(chain):
    assert chain.states(task="Total", code=1) == dict.fromkeys(ALL, "missing")


def test_a_task_that_is_not_there_is_an_error_with_advice(chain):
    for name in ("Nowhere", "work.Nowhere", "nowhere.Total"):
        done = chain.project.caselaw("status", name, code=2)
        assert done == ""


def test_a_wrong_or_missing_parameter_is_one_message(chain):
    for wrong in (("--nonsense", "3"), ("--factor", "two")):
        done = subprocess.run(
            [str(Path(sys.executable).parent / "caselaw"), "status", "work.Double", *wrong],
            cwd=chain.root, env=chain.project.environment(), capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 2
        assert done.stderr.startswith("caselaw: work.Double: ")
        assert "--factor" in done.stderr
        assert "Traceback" not in done.stderr
