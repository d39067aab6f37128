"""The record that explains a file is the one whose digest the file has."""

from __future__ import annotations

import itertools

import pytest
from made_records import record

from caselaw.records.chosen_by_digest import contents_by_product, distinct, standing
from caselaw.storage.reading import Content


def written(by: str, ended: float, **products: str):
    """A record of a host, with the SHA-256 of its products."""
    outputs = {
        name: {"name": f"{name}.f.json", "bytes": 1, "sha256": sha256, "digest": f"bytes:{sha256}"}
        for name, sha256 in products.items()
    }
    return record(host=by, ended=ended, outputs=outputs)


def never(name: str) -> str:
    raise AssertionError(f"{name} is read, and all records say the same")


@pytest.mark.parametrize("hours", list(itertools.permutations([0.0, 1.0, -1.0])))
def test_no_clock_decides(hours):
    records = [written(by, 3600 * hour, fit=by) for by, hour in zip("abc", hours, strict=True)]
    for held in "abc":
        assert standing(records, lambda _, held=held: held).host == held


def test_nothing_is_read_where_all_records_say_the_same():
    assert (
        standing([written("a", 1.0, fit="1"), written("b", 2.0, fit="1")], never).holds
        == written("a", 1, fit="1").holds
    )
    assert standing([], never) is None


def test_products_of_two_writers_are_explained_by_both():
    records = [written("a", 1.0, events="1", plot="1"), written("b", 2.0, events="2", plot="2")]
    found = standing(records, {"events.f.json": "2", "plot.f.json": "1"}.get)
    assert {name: output["sha256"] for name, output in found.outputs.items()} == {"events": "2", "plot": "1"}


def test_what_no_record_explains_stands_for_nothing():
    records = [written("a", 1.0, fit="1"), written("b", 2.0, fit="2")]
    assert standing(records, lambda _: "3") is None
    assert standing(records, lambda _: None) is None


def test_one_that_nobody_has_read_explains_what_no_other_does():
    records = [written("a", 1.0, fit="1"), written("vouched", 2.0, fit="")]
    assert standing(records, lambda _: "3").host == "vouched"
    assert standing(records, lambda _: "1").host == "a"


def test_digests_of_all_records_are_possible():
    records = [written("a", 1.0, fit="1"), written("b", 2.0, fit="2"), written("c", 3.0, fit="2")]
    assert contents_by_product(records) == {"fit": (Content("1", 1), Content("2", 1))}
    assert len(distinct(records)) == 2
