"""`caselaw gc` and `caselaw tag`: what is kept, what goes, and how."""

from __future__ import annotations

import os
import textwrap

import pytest
from projects import LAW_CFG, SmallProject
from record_documents import set_clocks

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
    for basis in (chain.root / "data").rglob("basis.*"):
        os.utime(basis, (0, 0))
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


OTHERS = """
    import caselaw
    class Digit(caselaw.Task):
        products = {"digit": "txt"}
        def run(self):
            with self.publish() as out:
                out["digit"].write_text("1")
"""
ALL = ("--days", "1e-9")


def test_outputs_of_a_project_that_shares_the_store_are_kept_until_they_are_named(chain, tmp_path_factory):
    chain.run()
    other = SmallProject(tmp_path_factory.mktemp("other"))
    other.write("law.cfg", LAW_CFG.format(modules="theirs:", settings=f"store: {chain.root / 'data'}"))
    other.write("theirs.py", OTHERS)
    other.run("theirs.Digit")
    for arguments in (ALL, KEEP):
        assert unreached(chain, *arguments) == set()
    assert "--family Digit lets them go" in chain.project.said("gc", *ALL, code=0)
    assert {name.partition(".")[0] for name in unreached(chain, *ALL, "--family", "Digit")} == {"digit"}
    assert "no outputs of a task that is not" in chain.project.said("gc", *ALL, "--family", "Make", code=2)


@pytest.mark.parametrize("modules", ["work:", "work,theirs:"])
def test_outputs_of_a_task_that_cannot_be_imported_here_are_kept(chain, modules):
    chain.project.write("theirs.py", f"import elsewhere\n{textwrap.dedent(OTHERS)}")
    chain.project.write("elsewhere.py", "")
    chain.project.run("theirs.Digit")
    (chain.root / "elsewhere.py").unlink()
    cfg = (chain.root / "law.cfg").read_text()
    chain.project.write("law.cfg", cfg.replace("work:", modules.replace(",", ":\n")))
    said = chain.project.said("gc", *ALL, "--delete", "--yes")
    assert "No module named 'elsewhere'" in said
    assert "Traceback" not in said
    assert len(chain.outputs("Digit")) == 1


def test_a_tag_that_is_not_there_is_an_error(chain):
    chain.run()
    chain.project.caselaw("gc", "--tag", "paper-v2", code=2)
    chain.project.caselaw("tag", "../evil", "work.Total", code=2)


def test_components_of_a_run_that_has_no_record_yet_are_kept(chain):
    renewed(chain)
    young = chain.root / "data" / "Total" / ".records" / "basis.0.json"
    young.write_text("{}")
    chain.project.caselaw("gc", *KEEP, "--delete", "--yes")
    assert young.exists()


def test_what_a_killed_removal_left_behind_is_removed_by_the_next(chain):
    old = renewed(chain)
    for family in ("Make", "Double", "Total"):
        for path in chain.outputs(family):
            if path.name in old:
                path.unlink()
    chain.project.caselaw("gc", *KEEP, "--delete", "--yes")
    folders = [path.parent for path in (chain.root / "data").rglob(".records")]
    assert sum(len(read_records(folder)) for folder in folders) == 5


def test_a_clock_that_was_ahead_keeps_nothing_for_ever(chain):
    old = renewed(chain)
    set_clocks(chain.root / "data", 9e9)
    assert unreached(chain, *KEEP) == old
    assert unreached(chain, *KEEP, "--days", "1") == set()


def test_a_clock_that_was_behind_makes_nothing_old(chain):
    old = renewed(chain)
    set_clocks(chain.root / "data", 1.0)
    assert unreached(chain, *KEEP, "--days", "1") == set()
    for path in (chain.root / "data").rglob("*.txt"):
        os.utime(path, (0, 0))
    assert unreached(chain, *KEEP, "--days", "1") == old


WRAPPED = """
    import caselaw, law, luigi

    class Scaled(caselaw.Task):
        factor = luigi.IntParameter()
        products = {"scaled": "txt"}
        def run(self):
            with self.publish() as out:
                out["scaled"].write_text(str(self.factor))

    class Everything(law.WrapperTask):
        def requires(self):
            return [Scaled(factor=2)]
"""


def test_what_only_a_task_of_plain_law_reaches_is_kept(chain):
    chain.project.write("work.py", WRAPPED)
    chain.project.run("work.Everything")
    chain.project.run("work.Scaled", "--factor", "3")
    assert unreached(chain, *KEEP) == set(), "what the command line gave, the records tell"
    chain.edit("work.py", "str(self.factor)", "str(2 * self.factor)")
    chain.project.run("work.Everything")
    assert len(unreached(chain, *KEEP)) == 2


def test_nothing_is_removed_while_it_is_not_known_what_a_task_needs(chain):
    chain.project.write("work.py", WRAPPED)
    chain.project.run("work.Scaled", "--factor", "2")
    chain.edit("work.py", "[Scaled(factor=2)]", "[Scaled(factor=caselaw.batches(Scaled(factor=2), size=0))]")
    chain.project.caselaw("gc", *KEEP, "--delete", "--yes", code=2)
    assert len(chain.outputs("Scaled")) == 1


def test_a_damaged_tag_stops_the_removal(chain):
    renewed(chain)
    for damage in ("", "[]", '{"name": "a", "created": 1, "task": "x", "outputs": {"Make": 5}}'):
        chain.project.write("data/.tags/a.json", damage)
        chain.project.caselaw("gc", *KEEP, "--delete", "--yes", code=2)
    assert len(chain.outputs("Make")) == 4
