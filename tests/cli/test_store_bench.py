"""`caselaw store bench`: times a store and leaves nothing there."""

from __future__ import annotations

from pathlib import Path

import pytest

from caselaw.errors import StoreRefused

NAMES = [
    "small files up", "small files down", "exists: one that is there", "exists: one that is not", "list the folder",
    "large file up", "large file down",
]  # fmt: skip


def test_a_store_is_timed_beside_the_local_disk(desk, server) -> None:
    name, folder = server
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    answer = desk.ask("bench", name, "--files", "5", "--size", "1 MB")
    assert len(answer["results"]) == 2
    for rows in answer["results"].values():
        assert [row["name"] for row in rows] == NAMES
        assert all(row["seconds"] > 0 for row in rows)
        assert rows[0]["files_per_second"] == pytest.approx(5 / rows[0]["seconds"], rel=0.01, abs=0.001)
        assert rows[5]["megabytes_per_second"] == pytest.approx(1 / rows[5]["seconds"], rel=0.01, abs=0.001)
    assert list(folder.iterdir()) == []


def test_the_table_names_both(desk, on_apache: Path) -> None:
    printed = desk.run("bench", "grid", "--files", "2", "--size", "0 B").output
    assert "local disk" in printed
    assert "small files up" in printed
    assert "large file up" not in printed


def test_a_store_that_cannot_be_written_is_an_error(desk, double) -> None:
    double.settings.readonly = True
    desk.add("dcache", f"{double.url}/store")
    with pytest.raises(StoreRefused):
        desk.run("bench", "dcache", "--files", "1", "--size", "0 B")
