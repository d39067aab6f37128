"""Copies between servers that fail: nobody sees a part of a file or a damaged one, and what can go on goes on."""

from __future__ import annotations

import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import double as double_server
import pytest
from apache import UNFINISHED, Apache
from double import Double, Fault

from griddav import WebDavFileSystem
from griddav.copying.between import copy_between
from griddav.errors import ContentChanged, NoAnswer, Refused
from griddav.http.request import Client, Retry

CONTENT = bytes(range(256)) * 20_000
QUICK = Retry(attempts=4, first=0.001, longest=0.01, deadline=5.0)


@pytest.fixture
def near() -> Iterator[Double]:
    with double_server.running() as server:
        server.write("/store/file", CONTENT)
        yield server


@pytest.fixture
def far() -> Iterator[Double]:
    with double_server.running() as server:
        yield server


def opened(server: Double, **options: object) -> WebDavFileSystem:
    return WebDavFileSystem(server.url, retry=QUICK, skip_instance_cache=True, **options)


def copied(near: Double, far: Double, **options: object) -> str:
    return copy_between(opened(near), "/store/file", opened(far), "/store/deep/copy", **options)


def no_copy(*servers: Double) -> None:
    """These servers copy nothing by themselves."""
    for server in servers:
        server.faults(Fault("COPY", 501, times=1000))


def test_dcache_fetches(near: Double, far: Double) -> None:
    assert copied(near, far) == "pull"
    assert far.data == {"/store/deep/copy": CONTENT}
    (asked,) = [seen for seen in far.log() if seen.method == "COPY" and seen.headers.get("Source")][-1:]
    assert asked.headers["Source"] == f"{near.door}/store/file"
    assert asked.headers["RequireChecksumVerification"] == "true"
    assert "TransferHeaderAuthorization" not in asked.headers and "Authorization" not in asked.headers


def test_dcache_sends_where_the_other_cannot_fetch(near: Double, far: Double) -> None:
    no_copy(far)
    assert copied(near, far) == "push"
    assert far.data == {"/store/deep/copy": CONTENT}


def test_dcache_copies_within_itself(near: Double, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")  # where it would be kept meanwhile
    opened(near).cp_file("/store/file", "/store/deep/copy")
    assert near.data == {"/store/file": CONTENT, "/store/deep/copy": CONTENT}


def test_a_copy_within_dcache_that_it_does_not_make_is_made_by_us(near: Double) -> None:
    no_copy(near)
    opened(near).cp_file("/store/file", "/store/deep/copy")
    assert near.data == {"/store/file": CONTENT, "/store/deep/copy": CONTENT}


@pytest.mark.parametrize("status", [400, 401, 403, 405, 415, 500, 501])
def test_servers_that_do_not_copy_are_helped(near: Double, far: Double, status: int) -> None:
    for server in (near, far):
        server.faults(Fault("COPY", status, times=1000))
    assert copied(near, far) == "stream"
    assert far.data == {"/store/deep/copy": CONTENT}


@pytest.mark.parametrize("fault", [Fault("COPY", 503), Fault("COPY", 429), Fault("COPY", drop=True)])
def test_a_server_that_is_busy_is_asked_again(near: Double, far: Double, fault: Fault) -> None:
    far.faults(replace(fault))
    assert copied(near, far) == "pull"
    assert far.data == {"/store/deep/copy": CONTENT}


@pytest.mark.parametrize("fault", [
    {"status": 403}, {"status": 404}, {"drop": True}, {"corrupt": True}, {"drop_after": 100_000}, {"empty": True},
])  # fmt: skip
def test_what_goes_wrong_between_the_servers_is_noticed(near: Double, far: Double, fault: dict[str, object]) -> None:
    near.faults(Fault("GET", **fault))
    assert copied(near, far) in ("push", "pull")
    assert far.data == {"/store/deep/copy": CONTENT}


def test_a_copy_that_hangs_together_by_nothing_but_errors_is_said(near: Double, far: Double) -> None:
    far.faults(Fault("COPY", 503, times=1000))
    with pytest.raises(NoAnswer, match="503"):
        copied(near, far)
    assert far.data == {}


def test_no_token_goes_over_a_connection_that_is_not_safe(near: Double, far: Double) -> None:
    async def lend(client: Client, path: str, activities: tuple[str, ...]) -> str:
        return "a-token"

    assert copied(near, far, lend=lend) == "stream"
    assert "a-token" not in str(far.log()) + str(near.log())


def test_a_redirect_takes_no_token_along(tmp_path: Path) -> None:
    async def lend(client: Client, path: str, activities: tuple[str, ...]) -> str:
        return "a-token"

    with double_server.running(tmp_path) as far:
        fs = WebDavFileSystem(far.url, ca=str(far.ca), retry=QUICK, skip_instance_cache=True)
        far.write("/store/file", CONTENT)
        elsewhere = {"Location": f"{far.state.origins['pool']}/elsewhere"}
        far.faults(Fault("COPY", 307, where="door", times=1000, headers=elsewhere))
        assert copy_between(fs, "/store/file", fs, "/store/copy", lend=lend) == "stream"
        asked = {(seen.where, "a-token" in str(seen.headers)) for seen in far.log() if seen.method == "COPY"}
        assert asked == {("door", True), ("pool", False)}


def test_a_server_that_asks_for_credentials_is_not_asked_by_another(near: Double, far: Double) -> None:
    near.settings.tokens = {"a-token"}
    source = opened(near, token="a-token")
    assert copy_between(source, "/store/file", opened(far), "/store/copy") == "push"
    no_copy(near)
    assert copy_between(source, "/store/file", opened(far), "/store/copy", overwrite=True) == "stream"
    assert "a-token" not in str(far.log())
    assert far.data == {"/store/copy": CONTENT}


# Streamed


@dataclass(frozen=True)
class Target:
    """A server to which files of another one are streamed: a new folder there, and what that holds."""

    source: WebDavFileSystem
    fs: WebDavFileSystem
    folder: str
    files: Callable[[], dict[str, bytes]]

    def copy(self) -> str:
        """Copy the file to deep/copy in the folder."""
        return copy_between(self.source, "/store/file", self.fs, f"{self.folder}/deep/copy")


@pytest.fixture(params=["dcache", "apache"])
def target(request: pytest.FixtureRequest, near: Double, far: Double) -> Target:
    no_copy(near, far)
    folder = f"/store/{uuid.uuid4().hex}"
    if request.param == "dcache":
        return Target(opened(near), opened(far), folder, lambda: below(far, folder))
    apache: Apache = request.getfixturevalue("apache")
    fs = WebDavFileSystem(apache.url, ca=str(apache.ca), retry=QUICK, skip_instance_cache=True)
    return Target(opened(near), fs, folder, lambda: on_disk(apache.data / folder[1:]))


def below(server: Double, folder: str) -> dict[str, bytes]:
    return {name.removeprefix(f"{folder}/"): data for name, data in server.data.items() if name.startswith(folder)}


def on_disk(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(UNFINISHED)]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_a_download_that_breaks_goes_on_where_it_broke(near: Double, target: Target) -> None:
    near.faults(Fault("GET", where="pool", drop_after=2_000_000, times=2))
    near.log()
    assert target.copy() == "stream"
    assert target.files() == {"deep/copy": CONTENT}
    ranges = [seen.headers.get("Range") for seen in near.log() if seen.method == "GET" and seen.where == "pool"]
    assert len(ranges) == 3 and ranges[0] is None
    starts = [int(each.removeprefix("bytes=").removesuffix("-")) for each in ranges[1:]]
    assert 0 < starts[0] < starts[1] < len(CONTENT)


@pytest.mark.parametrize("fault", [
    {"corrupt": True}, {"empty": True, "where": "pool"}, {"status": 503}, {"status": 500, "where": "pool"},
    {"drop": True}, {"status": 404, "where": "pool"},
])  # fmt: skip
def test_a_source_that_fails_once_is_read_again(near: Double, target: Target, fault: dict[str, object]) -> None:
    near.faults(Fault("GET", **fault))
    assert target.copy() == "stream"
    assert target.files() == {"deep/copy": CONTENT}


def test_a_file_that_always_arrives_damaged_is_not_published(near: Double, target: Target) -> None:
    near.faults(Fault("GET", where="pool", corrupt=True, times=1000))
    with pytest.raises(ContentChanged, match="adler32") as raised:
        target.copy()
    assert raised.value.where == f"{near.door}/store/file"
    assert target.files() == {}


def test_a_source_that_is_down_is_said_soon(near: Double, target: Target) -> None:
    near.faults(Fault("GET", 503, times=1000))
    started = time.monotonic()
    with pytest.raises(NoAnswer, match="503") as raised:
        target.copy()
    assert raised.value.where == f"{near.door}/store/file"
    assert time.monotonic() - started < 3
    assert target.files() == {}


def test_a_source_that_vanishes_is_missing(near: Double, target: Target) -> None:
    near.faults(Fault("GET", 404, where="door", times=1000))
    with pytest.raises(FileNotFoundError):
        target.copy()
    assert target.files() == {}


@pytest.mark.parametrize("fault", [
    Fault("PUT", 500), Fault("PUT", 503, where="pool"), Fault("PUT", drop=True), Fault("PUT", drop_after=2_000_000),
    Fault("PUT", where="pool", corrupt=True), Fault("PUT", where="pool", late=True), Fault("MOVE", 500),
    Fault("MOVE", late=True), Fault("HEAD", 503), Fault("HEAD", wrong_digest=True),
    Fault("PUT", where="pool", empty=True),
])  # fmt: skip
def test_a_target_that_fails_once_is_written_again(near: Double, far: Double, fault: Fault) -> None:
    no_copy(near, far)
    far.faults(replace(fault))
    assert copied(near, far) == "stream"
    assert far.data == {"/store/deep/copy": CONTENT}


def test_a_full_target_is_said_at_once(near: Double, far: Double) -> None:
    no_copy(near, far)
    far.settings.pool_full = True
    with pytest.raises(Refused, match="507"):
        copied(near, far)
    assert far.data == {} and far.count("PUT") == 1
