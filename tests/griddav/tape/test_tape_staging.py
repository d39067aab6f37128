"""Bringing files to disk, by WLCG's tape API and by dCache's bulk requests."""

from __future__ import annotations

import pickle
import threading
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from double import Double, Fault, running
from fsspec.asyn import sync
from fsspec.implementations.local import LocalFileSystem

from griddav import WebDavFileSystem
from griddav.dcache import DCacheFileSystem
from griddav.errors import GridDavError, NoAnswer, Refused, StagingFailed
from griddav.tape import (
    Locality,
    Patience,
    Stage,
    StageRequest,
    StagingProgress,
    Tape,
    ensure_online,
    localities,
    progress,
    release,
    stage,
)
from griddav.tape.bulk import BulkTape
from griddav.tape.discovery import find_tape
from griddav.tape.wlcg import WlcgTape, state

PATHS = [f"/store/{name}" for name in ("a b", "x#y", "ünï", "plain", "100%")]
PLACES = ["ONLINE", "NEARLINE", "ONLINE_AND_NEARLINE", "NEARLINE", "NEARLINE"]


@pytest.fixture
def files(double: Double) -> None:
    for path, place in zip(PATHS, PLACES, strict=True):
        double.write(path, path.encode(), place)


def tape_of(fs: DCacheFileSystem) -> Tape:
    found: Tape | None = sync(fs.loop, find_tape, fs.client, fs.frontend)
    assert found is not None
    return found


def test_the_api_that_a_server_has_is_found(fs: DCacheFileSystem, double: Double, tape: str) -> None:
    assert type(tape_of(fs)) is {"wlcg": WlcgTape, "bulk": BulkTape}[tape]


@pytest.mark.usefixtures("files")
def test_localities_are_stated(fs: DCacheFileSystem, tape: str) -> None:
    assert localities(fs, PATHS) == {path: Locality(place) for path, place in zip(PATHS, PLACES, strict=True)}
    with pytest.raises(FileNotFoundError):
        localities(fs, [*PATHS, "/store/none"])


@pytest.mark.usefixtures("files")
def test_listings_state_localities(fs: DCacheFileSystem, double: Double) -> None:
    door_only = DCacheFileSystem(webdav_url=double.door, skip_instance_cache=True)
    for own in (fs, door_only):
        found = {each["name"]: each["locality"] for each in own.ls("/store")}
        assert found == dict(zip(PATHS, PLACES, strict=True))
    door_only.close()


@pytest.mark.usefixtures("files")
def test_files_are_on_disk_afterwards_and_stay_there_until_they_are_released(
    fs: DCacheFileSystem, double: Double, tape: str
) -> None:
    seen: list[StagingProgress] = []
    requests = ensure_online(fs, PATHS, lifetime=3600, progress=seen.append, patience=fs.patience)
    assert all(place.readable for place in localities(fs, PATHS).values())
    assert seen[-1] == StagingProgress(online=4, failed=0, total=4) and seen[0].online < 4
    assert {path for _, path in double.state.pins} == set(PATHS[1:])
    (order,) = double.state.requests.values()
    if tape == "bulk":
        assert order["arguments"] == {"lifetime": "3600", "lifetimeUnit": "SECONDS"}
    else:
        assert order["arguments"] == {"diskLifetime": dict.fromkeys(PATHS[1:], "PT3600S")}
    release(fs, requests)
    wait_until(lambda: not double.state.pins)
    assert {each.id for each in requests} & set(double.state.requests) == set()


def wait_until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 5
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.usefixtures("files")
def test_who_does_not_wait_asks_how_far_it_is(fs: DCacheFileSystem, double: Double, tape: str) -> None:
    requests = stage(fs, PATHS, lifetime=60)
    again = [StageRequest(each.id, each.paths) for each in requests]  # of another process, by their numbers
    wait_until(lambda: all(each.stage is Stage.ONLINE for each in progress(fs, again).values()))
    assert set(progress(fs, again)) == set(PATHS[1:])
    assert stage(fs, PATHS) == [] and ensure_online(fs, PATHS) == []
    release(fs, again)
    wait_until(lambda: not double.state.pins)


@pytest.mark.usefixtures("files")
def test_nothing_is_asked_for_where_all_are_on_disk(fs: DCacheFileSystem, double: Double, tape: str) -> None:
    assert ensure_online(fs, [PATHS[0], PATHS[2]]) == []
    assert ensure_online(fs, []) == []
    assert double.state.requests == {}


@pytest.mark.usefixtures("files")
def test_files_that_failed_are_named_and_the_others_come(fs: DCacheFileSystem, double: Double, tape: str) -> None:
    double.settings.broken_tapes.add(PATHS[1])
    seen: list[StagingProgress] = []
    with pytest.raises(StagingFailed) as raised:
        ensure_online(fs, PATHS, progress=seen.append, patience=fs.patience)
    assert list(raised.value.failures) == [PATHS[1]] and "tape drive error" in str(raised.value)
    assert "1 of 4 files" in raised.value.what and seen[-1] == StagingProgress(3, 1, 4)
    assert double.nodes()[PATHS[3]].locality == "ONLINE_AND_NEARLINE"
    copied = pickle.loads(pickle.dumps(raised.value))
    assert (str(copied), copied.failures) == (str(raised.value), raised.value.failures)


def test_many_failures_are_counted() -> None:
    error = StagingFailed("12 failed", "dcache://door:2880/", "ask", {f"/{number:02}": "lost" for number in range(12)})
    assert str(error).count("lost") == 10 and "and 2 more" in str(error)


@pytest.mark.parametrize("place", ["LOST", "UNAVAILABLE"])
def test_what_no_tape_can_bring_is_said_at_once(fs: DCacheFileSystem, double: Double, tape: str, place: str) -> None:
    double.write("/store/gone", b"content", place)
    double.write("/store/file", b"content", "NEARLINE")
    with pytest.raises(StagingFailed, match=place) as raised:
        ensure_online(fs, ["/store/file", "/store/gone"])
    assert list(raised.value.failures) == ["/store/gone"] and double.state.requests == {}


def test_a_missing_file_is_missing_and_not_on_tape(fs: DCacheFileSystem, double: Double, tape: str) -> None:
    double.write("/store/file", b"content", "NEARLINE")
    with pytest.raises(FileNotFoundError) as raised:
        ensure_online(fs, ["/store/file", "/store/none"])
    assert raised.value.filename == "/store/none" and double.state.requests == {}


@pytest.mark.usefixtures("files")
def test_patience_ends_and_the_server_goes_on(fs: DCacheFileSystem, double: Double, tape: str) -> None:
    double.settings.stage_time = 0.5
    with pytest.raises(NoAnswer, match="4 of 4 files are still on tape") as raised:
        ensure_online(fs, PATHS, patience=Patience(0.01, 0.02, deadline=0.1))
    assert PATHS[3] in raised.value.what or PATHS[1] in raised.value.what
    wait_until(lambda: all(node.locality != "NEARLINE" for node in double.nodes().values()))
    assert ensure_online(fs, PATHS) == []


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("fault", [
    Fault("POST", 503, where="rest", times=2), Fault("GET", 500, where="rest", times=2),
    Fault("POST", where="rest", late=True), Fault("GET", where="rest", empty=True, path="stage|bulk"),
])  # fmt: skip
def test_errors_that_pass_do_no_harm(fs: DCacheFileSystem, double: Double, tape: str, fault: Fault) -> None:
    double.faults(replace(fault))
    ensure_online(fs, PATHS, patience=fs.patience)
    assert all(place.readable for place in localities(fs, PATHS).values())


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("status", [401, 403, 500, 503])
def test_an_outage_is_an_outage(fs: DCacheFileSystem, double: Double, tape: str, status: int) -> None:
    double.faults(Fault("POST", status, where="rest", times=100), Fault("GET", status, "rest", "namespace", times=100))
    with pytest.raises(GridDavError, match=rf"{status}|refused"):
        ensure_online(fs, PATHS)
    assert double.state.requests == {}


@pytest.mark.usefixtures("files")
def test_a_request_that_the_server_forgot_is_said(fs: DCacheFileSystem, double: Double, tape: str) -> None:
    double.settings.stage_time = 30
    threading.Timer(0.2, double.state.requests.clear).start()
    with pytest.raises(Refused, match="does not know the request"):
        ensure_online(fs, PATHS, patience=fs.patience)


@pytest.mark.usefixtures("files")
def test_a_request_can_be_cancelled(fs: DCacheFileSystem, double: Double, tape: str) -> None:
    double.settings.stage_time = 0.3
    api = tape_of(fs)
    request: StageRequest = sync(fs.loop, api.stage, PATHS[1:], 60.0)
    sync(fs.loop, api.cancel, request)
    states = sync(fs.loop, api.progress, request)
    assert {state.stage.value for state in states.values()} == {"cancelled"}
    time.sleep(0.4)
    assert double.nodes()[PATHS[1]].locality == "NEARLINE"


def test_many_files_are_asked_for_in_several_requests(
    fs: DCacheFileSystem, double: Double, tape: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [f"/store/{number}" for number in range(50)]
    for path in paths:
        double.write(path, b"", "NEARLINE")
    monkeypatch.setattr({"wlcg": WlcgTape, "bulk": BulkTape}[tape], "most", 20)
    double.settings.archiveinfo_limit, double.settings.bulk_page = 7, 6
    requests = ensure_online(fs, paths, patience=fs.patience)
    assert [len(request.paths) for request in requests] == [20, 20, 10]
    assert all(place is Locality.ONLINE_AND_NEARLINE for place in localities(fs, paths).values())


def test_a_server_without_tapes_is_asked_one_question(double: Double) -> None:
    double.settings.tape_api = False
    double.write("/store/file", b"content")
    fs = WebDavFileSystem(double.url, profile="plain", skip_instance_cache=True)
    assert ensure_online(fs, [f"/store/{number}" for number in range(100)]) == []
    assert len(double.log()) == 1
    assert ensure_online(LocalFileSystem(), ["/tmp/file"]) == []
    fs.close()


def test_a_door_without_any_tape_api_says_what_to_do(double: Double) -> None:
    double.settings.tape_api = False
    double.write("/store/file", b"content", "NEARLINE")
    fs = WebDavFileSystem(double.url, skip_instance_cache=True)
    with pytest.raises(Refused, match="api_url"):
        ensure_online(fs, ["/store/file"])
    fs.close()


def test_a_webdav_store_with_a_tape_api_stages(double: Double, fs: DCacheFileSystem) -> None:
    double.write("/store/file", b"content", "NEARLINE")
    own = WebDavFileSystem(f"{double.url}/store", skip_instance_cache=True)
    ensure_online(own, [f"{double.url}/store/file"], patience=fs.patience)
    assert own.cat_file("/file") == b"content"
    own.close()


def test_credentials_do_not_follow_a_document_to_another_host(double: Double) -> None:
    with running() as other:
        double.state.origins["rest"] = other.door.replace("127.0.0.1", "localhost")
        options = {"token": "a-token", "skip_instance_cache": True}
        fs = WebDavFileSystem(double.url, **options)
        with pytest.raises(Refused, match="trusted") as raised:
            localities(fs, ["/store/file"])
        assert other.log() == [] and "a-token" not in str(raised.value)
        fs.close()


def test_servers_that_state_no_words_are_understood() -> None:
    """EOS with CTA says `onDisk` and `error`."""
    assert state({"path": "/a", "onDisk": True}).stage.value == "online"
    assert state({"path": "/a", "onDisk": False}).stage.value == "waiting"
    assert state({"path": "/a", "onDisk": False, "error": "no such file"}).stage.value == "failed"
    assert state({"path": "/a", "state": "STARTED"}).stage.value == "waiting"
    assert state({}).stage.value == "waiting"
