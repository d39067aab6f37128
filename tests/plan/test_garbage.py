"""`caselaw gc` and `caselaw tag`: what is kept, what goes, and how."""

from __future__ import annotations

from caselaw.records import read_records

KEEP = ("--campaign", "small")


def unreached(chain, *arguments: str) -> set[str]:
    return {output["path"].rpartition("/")[2] for output in chain.project.ask("gc", *arguments)["outputs"]}


def renewed(chain) -> set[str]:
    """Names of the outputs of an earlier version, after a second one was made."""
    chain.run()
    old = {path.name for family in ("Make", "Double", "Total") for path in chain.outputs(family)}
    chain.edit("configs/small.yaml", "start: 10", "start: 20")
    chain.run()
    return old


def test_what_the_campaign_reaches_is_kept(chain):
    chain.run()
    assert unreached(chain, *KEEP) == set()
    assert "nothing to remove" in chain.project.caselaw("gc", *KEEP)


def test_outputs_of_an_earlier_version_are_listed_and_nothing_is_removed(chain):
    old = renewed(chain)
    assert unreached(chain, *KEEP) == old
    answer = chain.project.ask("gc", *KEEP)
    assert (answer["number"], answer["bytes"], answer["deleted"]) == (5, 10, False)
    assert unreached(chain, *KEEP) == old


def test_delete_removes_outputs_with_their_records_and_nothing_else(chain):
    old = renewed(chain)
    printed = chain.project.caselaw("gc", *KEEP, "--delete", "--yes")
    assert "5 outputs" in printed
    assert set(chain.states(code=0).values()) == {"complete"}
    names = {path.name for family in ("Make", "Double", "Total") for path in chain.outputs(family)}
    assert not names & old
    folders = [path.parent for path in (chain.root / "data").rglob(".records")]
    assert {record.campaign for folder in folders for record in read_records(folder)} == {None, "small"}
    assert sum(len(list(read_records(folder))) for folder in folders) == 5
    assert sum(1 for folder in folders for _ in (folder / ".records").glob("basis.*")) == 3
    assert chain.project.ask("verify", "work.Total", code=0)


def test_a_tag_protects(chain):
    chain.run()
    assert "5 outputs" in chain.project.caselaw("tag", "paper-v1", "work.Total")
    chain.edit("configs/small.yaml", "start: 10", "start: 20")
    chain.run()
    assert unreached(chain, *KEEP) == set()
    chain.project.caselaw("tag", "--remove", "paper-v1")
    assert len(unreached(chain, *KEEP)) == 5


def test_the_last_days_are_kept(chain):
    renewed(chain)
    assert unreached(chain, "--days", "1") == set()
    assert unreached(chain, *KEEP, "--days", "1") == set()
    assert len(unreached(chain, *KEEP, "--days", "0")) == 5


def test_an_adopted_output_frees_nothing_while_its_other_name_stays(chain):
    chain.run()
    chain.edit("steps.py", "output.write_text(str(value))", 'output.write_text(f"{value}")')
    chain.run()
    answer = chain.project.ask("gc", *KEEP)
    assert (answer["number"], answer["bytes"]) == (5, 4), "only the two files of Make have no second name"
    chain.project.caselaw("gc", *KEEP, "--delete", "--yes")
    assert set(chain.states(code=0).values()) == {"complete"}
    assert chain.project.ask("verify", "work.Total", code=0)


def test_nothing_named_is_an_error(chain):
    chain.run()
    chain.project.caselaw("gc", code=2)


def test_a_family_that_cannot_be_evaluated_is_kept(chain):
    renewed(chain)
    chain.project.write("configs/other.yaml", "finish: 1\n")
    answer = chain.project.ask("gc", "--campaign", "other")
    assert "Make" not in {output["path"].split("/data/")[1].split("/")[0] for output in answer["outputs"]}


def test_a_tag_that_is_not_there_is_an_error(chain):
    chain.run()
    chain.project.caselaw("gc", "--tag", "paper-v2", code=2)
    chain.project.caselaw("tag", "../evil", "work.Total", code=2)
