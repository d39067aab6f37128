"""The table of branches: values, fingerprints, inputs."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

import caselaw
from caselaw.branches import Look, Seen, branch_table
from caselaw.errors import FingerprintError, UpstreamError
from caselaw.fingerprint import FileDigests
from caselaw.storage.location import Location


@pytest.fixture
def table(tmp_path):
    digests = FileDigests(tmp_path / "digests.sqlite")

    def make(own="own", **connections):
        return branch_table(own, connections, "Select", tmp_path, Look(digests))

    return make


def workflow(*fingerprints: str):
    """A stand-in for an upstream workflow that made these branches."""
    return SimpleNamespace(
        output_location=Location("/store/Up", (("events", "parquet"),)), fingerprints=fingerprints,
        branch_values=tuple(range(len(fingerprints))), output_declared=True, get_branch_map=lambda: None,
        output_named=False,
        taken_numbers=range(len(fingerprints)), has_branches=False, run_yields=False, upstream_seen=Seen(),
        own_components=SimpleNamespace(digest="own"),
    )  # fmt: skip


def test_each_gives_one_branch_per_upstream_branch(table):
    found = table(up=caselaw.each(workflow("aa", "bb")))
    assert found.values == (0, 1)
    assert found.branch(1).inputs["up"].outputs().path == "/store/Up/events.bb.parquet"


def test_batches_join_consecutive_branches_and_the_last_may_be_smaller(table):
    found = table(up=caselaw.batches(workflow("a", "b", "c"), size=2))
    assert [[Path(o).name for o in found.branch(i).inputs["up"].outputs()] for i in range(2)] == [
        ["events.a.parquet", "events.b.parquet"], ["events.c.parquet"],
    ]  # fmt: skip


def test_whole_gives_every_branch_all_outputs(table):
    found = table(n=caselaw.over("xy"), up=caselaw.whole(workflow("a", "b", "c")))
    assert [len(found.branch(i).inputs["up"].outputs()) for i in range(2)] == [3, 3]


def test_fingerprint_does_not_know_the_branch_number(table):
    one, other = table(up=caselaw.over(["a", "b"])), table(up=caselaw.over(["b", "a", "c"]))
    assert one.fingerprints == (other.fingerprints[1], other.fingerprints[0])


@pytest.mark.parametrize(
    "change",
    [
        dict(own="other"),
        dict(up=caselaw.over([1, 3])),
        dict(up=caselaw.over([1.0, 2.0])),
        dict(all=caselaw.whole(workflow("a", "c"))),
        dict(renamed=caselaw.over([1, 2]), up=None),
    ],
)
def test_fingerprint_knows_everything_else(table, change):
    base = dict(own="own", up=caselaw.over([1, 2]), all=caselaw.whole(workflow("a", "b")))
    changed = {name: value for name, value in {**base, **change}.items() if value is not None}
    assert set(table(**base).fingerprints).isdisjoint(table(**changed).fingerprints[1:])


def test_named_inputs_swapped_are_other_inputs(table):
    a, b = workflow("a"), workflow("b")
    one = table(left=caselaw.each(a), right=caselaw.each(b))
    assert one.fingerprints != table(left=caselaw.each(b), right=caselaw.each(a)).fingerprints


def test_added_file_adds_one_branch_and_keeps_the_others(table, tmp_path):
    (tmp_path / "data").mkdir()
    for name in "bc":
        (tmp_path / "data" / f"{name}.root").write_text(name)
    before = table(nano=caselaw.files("data/*.root"))
    (tmp_path / "data" / "a.root").write_text("a")
    after = table(nano=caselaw.files("data"))
    assert before.values == ("data/b.root", "data/c.root")
    assert after.fingerprints[1:] == before.fingerprints
    assert Path(after.branch(0).inputs["nano"].outputs()).read_text() == "a"


def test_content_of_a_file_counts_and_its_time_does_not(table, tmp_path):
    file = tmp_path / "a.root"
    file.write_text("one")
    before = table(nano=caselaw.files([file])).fingerprints
    file.write_text("two")
    assert table(nano=caselaw.files([file])).fingerprints != before
    file.write_text("one")
    assert table(nano=caselaw.files([file])).fingerprints == before


def test_pinned_digest_stands_for_the_content_of_a_url(table):
    url = "https://example.org/a.root"
    one, other = (table(nano=caselaw.files([url], digests={url: text})).fingerprints for text in ("1", "2"))
    assert one != other
    assert table(nano=caselaw.files([url])).branch(0).inputs["nano"].keys == (url,)


def test_no_file_is_an_error(table):
    with pytest.raises(FingerprintError, match=r"no file matches nothing/\*"):
        table(nano=caselaw.files("nothing/*.root"))


def test_connections_of_different_lengths_are_an_error(table):
    with pytest.raises(UpstreamError, match="disagree in their number of branches"):
        table(a=caselaw.over([1]), b=caselaw.over([1, 2]))


def test_equal_branches_are_an_error(table):
    with pytest.raises(UpstreamError, match="same value 1"):
        table(a=caselaw.over([1, 2, 1]))


def test_workflow_without_branching_connection_is_an_error(table):
    with pytest.raises(UpstreamError, match="no connection makes branches"):
        table(all=caselaw.whole(workflow("a")))


def test_each_of_a_task_without_branches_is_an_error():
    with pytest.raises(UpstreamError, match="has no branches"):
        caselaw.each(object())
