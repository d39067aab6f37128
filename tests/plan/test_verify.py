"""`caselaw verify`: outputs against their records."""

from __future__ import annotations

import json


def test_untouched_outputs_are_fine(chain):
    chain.run()
    answer = chain.project.ask("verify", "work.Total", code=0)
    assert [output["state"] for output in answer["outputs"]] == ["ok"] * 5


def test_a_changed_and_a_truncated_output_are_named(chain):
    chain.run()
    made, doubled = chain.outputs("Make")[0], chain.outputs("Double")[0]
    made.write_text("99")
    doubled.write_text("")
    answer = chain.project.ask("verify", "work.Total", code=1)
    changed = {output["path"] for output in answer["outputs"] if output["state"] == "changed"}
    assert changed == {str(made), str(doubled)}
    printed = chain.project.caselaw("verify", "work.Total", code=1)
    assert "2 changed" in printed
    assert made.name in printed
    assert chain.project.ask("verify", "work.Total", "--only", code=0)["outputs"]


def test_an_output_without_record_is_told(chain):
    chain.run()
    for path in (chain.root / "data" / "Total" / ".records").iterdir():
        path.unlink()
    answer = chain.project.ask("verify", "work.Total", "--only", code=1)
    assert [output["state"] for output in answer["outputs"]] == ["unrecorded"]


def test_missing_outputs_are_no_fault(chain):
    answer = chain.project.ask("verify", "work.Total", code=0)
    assert {output["state"] for output in answer["outputs"]} == {"missing"}


def test_an_output_that_cannot_be_read_is_not_called_changed(chain):
    chain.run()
    (total,) = chain.outputs("Total")
    total.unlink()
    total.symlink_to(total)
    assert chain.project.caselaw("verify", "work.Total", code=2) == ""


def test_of_an_output_made_twice_either_record_is_right(chain):
    """A computer whose clock is ahead wrote the other record."""
    chain.run()
    records = (chain.root / "data" / "Total" / ".records").glob("*.json")
    (path,) = (path for path in records if not path.name.startswith("basis."))
    content = json.loads(path.read_text())
    content["shared"] |= {"ended": 9e9, "outputs": {"total": {"name": "x", "bytes": 1, "sha256": "0", "digest": "0"}}}
    path.with_name("other.json").write_text(json.dumps(content))
    assert chain.project.ask("verify", "work.Total", "--only", code=0)["outputs"]
