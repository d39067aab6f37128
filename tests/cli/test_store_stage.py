"""`caselaw store stage`: files from tape to disk, and back."""

from __future__ import annotations

import json

import pytest

from caselaw.errors import OnTape, StagingFailed, TransferError


@pytest.fixture
def tape(desk, double):
    """Three files of which two are on tape only."""
    double.write("/store/raw/a", b"a", "NEARLINE")
    double.write("/store/raw/b b", b"b", "NEARLINE")
    double.write("/store/raw/c", b"c")
    desk.add("dcache", f"{double.url}/store")
    return double


def localities(double) -> set[str]:
    return {node.locality for path, node in double.nodes().items() if not node.folder}


def test_a_folder_is_staged(desk, tape) -> None:
    answer = desk.ask("stage", "dcache:raw")
    assert (answer["online"], answer["staged"], len(answer["requests"])) == (1, 2, 1)
    assert "NEARLINE" not in localities(tape)
    assert desk.run("stage", "dcache:raw").output == "on disk: 3 files\n"


def test_a_file_on_tape_is_not_copied_by_surprise(desk, tape, tmp_path) -> None:
    with pytest.raises(OnTape, match="caselaw store stage"):
        desk.run("cp", "-r", "dcache:raw", str(tmp_path / "raw"))
    assert not [seen for seen in tape.log() if seen.method == "GET" and "/raw/a" in seen.path]
    desk.run("stage", "dcache:raw")
    desk.run("cp", "-r", "dcache:raw", str(tmp_path / "again"))
    assert (tmp_path / "again" / "a").read_bytes() == b"a"


def test_a_dcache_without_the_tape_api_stages_by_bulk_requests(desk, double_with_tls) -> None:
    double = double_with_tls
    double.settings.tape_api = False
    double.write("/store/a", b"a", "NEARLINE")
    entry = {"url": double.url.replace("davs", "dcache", 1) + "/store", "ca": str(double.ca), "api_url": double.rest}
    options = {"options": {"api_url": entry.pop("api_url")}}
    with (desk.root / "configs" / "stores.yaml").open("a") as file:
        file.write(f"bulk: {json.dumps(entry | options)}\n")
    assert desk.ask("stage", "bulk:")["staged"] == 1
    assert desk.ask("ls", "-l", "bulk:")["entries"][0]["locality"] == "ONLINE_AND_NEARLINE"
    assert desk.ask("stage", "--release", "bulk:a") == {"released": 1}


def test_without_waiting_files_come_later(desk, tape) -> None:
    tape.settings.stage_time = 60.0
    printed = desk.run("stage", "dcache:raw", "--no-wait", "--lifetime", "7 d").output
    assert "asked for: 2 files, to be kept for 7 d" in printed
    assert "NEARLINE" in localities(tape)
    tape.log()
    assert desk.ask("stage", "--release", "dcache:raw/a") == {"released": 2}
    assert [seen.method for seen in tape.log() if "/release/" in seen.path] == ["POST"]
    assert desk.ask("stage", "--release", "dcache:raw/a") == {"released": 0}


def test_a_broken_tape_is_told_by_file(desk, tape) -> None:
    tape.settings.broken_tapes = {"/store/raw/a"}
    with pytest.raises(StagingFailed, match="/store/raw/a"):
        desk.run("stage", "dcache:raw")


def test_files_of_this_machine_and_of_two_stores_are_refused(desk, tape, on_apache) -> None:
    with pytest.raises(TransferError, match="on disk"):
        desk.run("stage", "data")
    desk.run("cp", "law.cfg", "grid:file")
    with pytest.raises(TransferError, match="several stores"):
        desk.run("stage", "dcache:raw", "grid:file")
    assert json.loads(desk.run("stage", "grid:file", "--json").stdout)["staged"] == 0
