"""What differs between two snapshots: which tasks belong together, and what made them differ."""

from __future__ import annotations

from typing import Any

import pytest

from caselaw.plan.differences import causes, differences
from caselaw.plan.snapshot import moved_entries


def node(family: str, fingerprint: str, inputs: dict | None = None, basis: dict | None = None, **params: str) -> dict:
    components = {"code": "", "parameters": str(params), "config": "", "environment": ""}
    nothing: dict[str, Any] = dict(symbols={}, sources={}, config={}, distributions={}, environment={})
    return {
        "family": family, "params": params, "fingerprint": fingerprint, "branches": 1,
        "basis": {**nothing, "components": components, "parameters": dict(params), **(basis or {})},
        "inputs": inputs or {},
    }  # fmt: skip


def whole(family: str, digest: str, connection: str = "whole", **params: str) -> dict:
    return {"connection": connection, "digest": digest, "task": dict(family=family, params=params), "values": {}}


def changed(base: list, head: list) -> dict[str, list[tuple]]:
    return {
        row.label: [(change.kind, change.name, change.old, change.new) for change in row.changes]
        for row in differences(base, head)
    }


def test_equal_snapshots_do_not_differ():
    tasks = [node("Select", "a", dataset="ttbar"), node("Fit", "b", dict(events=whole("Select", "x")))]
    assert differences(tasks, tasks) == []


def test_tasks_of_a_family_are_paired_by_most_parameters_in_common():
    base = [node("Select", "1", dataset=name, cut="1") for name in ("a", "b")]
    head = [node("Select", "2", dataset=name, cut="2") for name in ("b", "c", "a")]
    root = node("Fit", "f")
    found = changed([*base, root], [*head, root])
    assert found == {
        "Select(dataset=b, cut=2)": [("parameter", "cut", "1", "2")],
        "Select(dataset=c, cut=2)": [],
        "Select(dataset=a, cut=2)": [("parameter", "cut", "1", "2")],
    }


def test_renamed_parameter_went_and_came():
    found = changed([node("Fit", "a", old="1")], [node("Fit", "b", new="1")])
    assert found == {"Fit(new=1)": [("parameter", "new", None, "1"), ("parameter", "old", "1", None)]}


def test_last_two_tasks_left_of_a_family_are_one_that_changed():
    base, head = ([node("Select", name, dataset=name) for name in names] for names in ("ab", "ac"))
    root = node("Fit", "f")
    rows = {row.label: (row.base, row.head) for row in differences([*base, node("X", "x"), root], [*head, root])}
    assert rows["X"] == ("x", None)
    assert rows["Select(dataset=c)"] == ("b", "c")


@pytest.mark.parametrize(("old", "new"), [(1, 1.0), (1, True), ("1", 1), (None, 0), ([1, 2], [2, 1])])
def test_values_of_other_types_are_other_values(old, new):
    found = changed(
        [node("Fit", "a", basis={"config": {"cuts": {"least": old, "most": 3}}})],
        [node("Fit", "b", basis={"config": {"cuts": {"least": new, "most": 3}}})],
    )
    (((kind, name, *values),),) = found.values()
    assert (kind, name) == ("config", "cuts.least")
    assert [repr(value) for value in values] == [repr(old), repr(new)]


def test_component_that_no_part_explains_is_named_itself():
    components = {"code": "", "parameters": "", "config": "", "environment": "other"}
    found = changed([node("Fit", "a")], [node("Fit", "b", basis={"components": {**components, "parameters": "{}"}})])
    assert found == {"Fit": [("environment", "environment", "", "other")]}


def test_versions_and_sandboxes_are_named():
    old = dict(distributions={"numpy": "2.0"}, environment={"0": "venv", "1 fit.lock": "a"})
    new = dict(distributions={"numpy": "2.1", "scipy": "1.1"}, environment={"0": "venv", "1 fit.lock": "b"})
    found = changed([node("Fit", "a", basis=old)], [node("Fit", "b", basis=new)])["Fit"]
    assert found == [
        ("environment", "1 fit.lock", "a", "b"),
        ("distribution", "numpy", "2.0", "2.1"),
        ("distribution", "scipy", None, "1.1"),
    ]


def test_other_batch_size_or_other_upstream_task_is_a_change_of_the_task_itself():
    select = node("Select", "s", shift="up"), node("Select", "n", shift="down")
    base = node(
        "Fit", "a", dict(x=whole("Select", "1", "batches of 2", shift="up"), y=whole("Select", "1", shift="up"))
    )
    head = node(
        "Fit", "b", dict(x=whole("Select", "2", "batches of 3", shift="up"), y=whole("Select", "2", shift="down"))
    )
    assert changed([*select, base], [*select, head]) == {
        "Fit": [
            ("input", "x", "batches of 2 Select(shift=up)", "batches of 3 Select(shift=up)"),
            ("input", "y", "whole Select(shift=up)", "whole Select(shift=down)"),
        ]
    }


def test_cause_is_found_through_tasks_that_only_follow():
    def chain(mark: str) -> list:
        return [
            node("Generate", mark, basis={"symbols": {"work.generate": mark}}),
            node("Select", mark, dict(generated=whole("Generate", mark))),
            node("Fit", mark, dict(events=whole("Select", mark))),
        ]

    rows = differences(chain("a"), chain("b"))
    assert [row.follows for row in rows] == [False, True, True]
    assert [[cause.label for cause in causes(row, rows)] for row in rows] == [[], ["Generate"], ["Generate"]]


def test_overridden_requirements_are_named():
    assert changed([node("Fit", "a")], [node("Fit", "b")]) == {"Fit": [("input", "requires()", "a", "b")]}


def test_module_search_path_moves_to_the_revision(tmp_path):
    own, top = tmp_path / "own", tmp_path / "top"
    for folder in (own / "src", own / ".venv", top / "src", tmp_path / "elsewhere"):
        folder.mkdir(parents=True)
    entries = [str(top), str(own), str(own / "src"), str(own / ".venv"), str(tmp_path / "elsewhere")]
    assert moved_entries(entries, own, top) == [
        str(top), str(top / "src"), str(own / ".venv"), str(tmp_path / "elsewhere"),
    ]  # fmt: skip
