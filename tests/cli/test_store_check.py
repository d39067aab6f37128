"""`caselaw store check`: everything under a path against its records."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

import double as double_server
import double_door
import pytest
from made_store import FINGERPRINTS
from projects import NUMBER

from caselaw.errors import StoreUnavailable, TransferError
from caselaw.plan import check
from caselaw.records import read_records

FILE = f"Number/n_3/number.{FINGERPRINTS[0]}.txt"
FOLDER = f"Number/n_3/plots.{FINGERPRINTS[1]}"


def states(answer) -> dict[str, str]:
    return {one["path"].rpartition("/")[2]: one["state"] for one in answer["outputs"] if one["state"] != "ok"}


@pytest.fixture(params=["here", "grid", "pool"])
def store(request, desk) -> tuple[str, Path]:
    """A filled store, its name and its folder: on this machine, on apache, on XRootD."""
    if request.param == "here":
        return "here", desk.root / "data"
    folder = request.getfixturevalue({"grid": "on_apache", "pool": "on_xrootd"}[request.param])
    desk.run("sync", "data", f"{request.param}:")
    return request.param, folder


def test_untouched_outputs_are_ok(desk, store) -> None:
    name, _ = store
    answer = desk.ask("check", f"{name}:")
    assert answer["counts"] == {"ok": 6}
    assert {one["way"] for one in answer["outputs"]} == {"read"}
    assert "6 ok" in desk.run("check", f"{name}:").output


def test_a_changed_a_missing_and_an_unrecorded_output_are_named(desk, store) -> None:
    name, folder = store
    (folder / FILE).write_text("Number 0")
    (folder / FOLDER / "deep" / "plot.svg").write_text("<svg>7</svg>")
    (folder / f"Number/n_3/number.{FINGERPRINTS[2]}.txt").unlink()
    (folder / f"Number/n_3/number.{'e' * 20}.txt").write_text("unknown")
    (folder / "Number" / "n_3" / "notes.txt").write_text("no output")
    answer = desk.ask("check", f"{name}:", code=1)
    assert states(answer) == {
        Path(FILE).name: "changed", Path(FOLDER).name: "changed", f"number.{FINGERPRINTS[2]}.txt": "missing",
        f"number.{'e' * 20}.txt": "unrecorded",
    }  # fmt: skip
    printed = desk.run("check", f"{name}:", code=1).output
    assert "2 changed, 1 missing, 3 ok, 1 unrecorded" in printed


def test_fast_looks_at_sizes_and_reads_nothing(desk, store) -> None:
    name, folder = store
    (folder / FILE).write_text("Number 0")
    assert desk.ask("check", f"{name}:", "--fast")["counts"] == {"ok": 6}
    (folder / FILE).write_text("0")
    (folder / FOLDER / "deep" / "plot.svg").write_text("<svg>longer</svg>")
    answer = desk.ask("check", f"{name}:", "--fast", code=1)
    assert states(answer) == {Path(FILE).name: "changed", Path(FOLDER).name: "changed"}
    assert {one["way"] for one in answer["outputs"]} == {"size"}


def test_one_output_or_one_folder_is_checked_alone(desk, store) -> None:
    name, folder = store
    (folder / FILE).write_text("Number 0")
    assert desk.ask("check", f"{name}:{FILE}", code=1)["counts"] == {"changed": 1}
    assert desk.ask("check", f"{name}:{FOLDER}")["counts"] == {"ok": 1}
    assert desk.ask("check", f"{name}:Number", code=1)["counts"] == {"changed": 1, "ok": 5}


def sha256(state, request, path, *_) -> dict[str, str]:
    """`Digest` as a server states it that knows SHA-256."""
    if "sha-256" not in request.headers.get("Want-Digest", ""):
        return {}
    digest = hashlib.sha256(state.files[path].data).digest()
    return {"Digest": f"sha-256={base64.b64encode(digest).decode()}"}


def test_a_sha256_of_the_server_is_enough(desk, double, monkeypatch) -> None:
    desk.add("dcache", f"{double.url}/store")
    desk.run("sync", "data", "dcache:")
    stated = double_door.digests
    monkeypatch.setattr(double_door, "digests", lambda *arguments: stated(*arguments) | sha256(*arguments))
    double.log()
    ways = {one["path"].rpartition("/")[2]: one["way"] for one in desk.ask("check", "dcache:")["outputs"]}
    assert ways[Path(FILE).name] == "server"
    assert ways[Path(FOLDER).name] == "read"
    assert not [seen for seen in double.log() if seen.method == "GET" and "number." in seen.path]


def test_what_is_on_tape_is_not_read(desk, double) -> None:
    desk.add("dcache", f"{double.url}/store")
    desk.run("sync", "data", "dcache:")
    for path in (FILE, f"{FOLDER}/deep/plot.svg"):
        double.nodes()[f"/store/{path}"].locality = "NEARLINE"
    double.log()
    assert states(desk.ask("check", "dcache:", code=1)) == {Path(FILE).name: "on tape", Path(FOLDER).name: "on tape"}
    read = {seen.path for seen in double.log() if seen.method == "GET"}
    assert f"/store/{FILE}" not in read and f"/store/{FOLDER}/deep/plot.svg" not in read


def test_a_server_that_does_not_answer_is_an_error(desk, double) -> None:
    desk.add("dcache", f"{double.url}/store", patience="1 s")
    desk.run("sync", "data", "dcache:")
    double.stop()
    with pytest.raises(StoreUnavailable):
        desk.run("check", "dcache:")
    double.start()


def test_what_is_not_there_is_an_error(desk) -> None:
    with pytest.raises(TransferError):
        desk.run("check", "here:none")
    (desk.root / "empty").mkdir()
    assert "there are no outputs" in desk.run("check", "empty").output


def test_a_store_that_a_run_filled_is_complete_on_the_server_it_was_copied_to(project, apache, tmp_path: Path) -> None:
    project.write("work.py", NUMBER)
    project.run("work.Number")
    url = f"{apache.url}/store/{tmp_path.name}"
    project.write("configs/stores.yaml", f"grid: {{url: '{url}', ca: {apache.ca}, patience: 20 s}}\n")
    project.caselaw("store", "sync", "data", "grid:")
    assert json.loads(project.caselaw("store", "check", "grid:", "--json"))["counts"] == {"ok": 3}
    project.caselaw("status", "work.Number", LAW__caselaw__store="grid")


def test_a_download_that_is_cut_is_repeated_and_never_called_changed(desk, double) -> None:
    desk.add("dcache", f"{double.url}/store")
    desk.run("sync", "data", "dcache:")
    double.faults(double_server.Fault("GET", where="pool", path=Path(FILE).name, drop_after=3))
    assert desk.ask("check", "dcache:")["counts"] == {"ok": 6}


def test_a_listing_that_failed_is_asked_for_again(desk, double) -> None:
    """dCache answers it with an empty one."""
    desk.add("dcache", f"{double.url}/store")
    desk.run("sync", "data", "dcache:")
    double.faults(double_server.Fault("PROPFIND", path="/n_3$", times=2, empty_listing=True))
    assert desk.ask("check", "dcache:")["counts"] == {"ok": 6}


def test_an_output_that_appears_meanwhile_is_not_called_missing(desk, store, monkeypatch) -> None:
    name, folder = store
    (folder / FILE).rename(folder / "aside")

    def read(directory):
        found = read_records(directory)
        (folder / "aside").rename(folder / FILE)
        return found

    monkeypatch.setattr(check, "read_records", read)
    assert desk.ask("check", f"{name}:")["counts"] == {"ok": 6}
