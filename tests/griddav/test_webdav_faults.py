"""Three answers, whole files and nothing lost, whatever the server and the connection do."""

from __future__ import annotations

import io
import time
from dataclasses import replace
from pathlib import Path

import pytest
from fsspec.asyn import sync
from webdav_server import Fault, Server

from griddav import WebDavFileSystem
from griddav.errors import ContentChanged, GridDavError, NoAnswer, Refused, SourceChanged
from griddav.http.retry import Retry
from griddav.writing.upload import UploadSource, upload

CONTENT = bytes(range(256)) * 4096


@pytest.mark.parametrize("status", [404, 410])
def test_not_found_and_gone_mean_missing(fs: WebDavFileSystem, server: Server, status: int) -> None:
    server.faults.append(Fault("PROPFIND", status))
    assert not fs.exists("/store")


@pytest.mark.parametrize("status", [400, 401, 403, 405, 418, 423, 429, 500, 502, 503, 507])
@pytest.mark.parametrize("question", ["exists", "isfile", "isdir", "info", "ls", "find", "glob"])
def test_an_error_is_never_missing(fs: WebDavFileSystem, server: Server, question: str, status: int) -> None:
    server.faults.append(Fault("PROPFIND", status, times=100))
    with pytest.raises(GridDavError) as raised:
        getattr(fs, question)("/store/*" if question == "glob" else "/store")
    assert str(status) in raised.value.what
    assert raised.value.where == server.url("http") + "/store"


def test_a_server_that_is_down_is_never_missing(fs: WebDavFileSystem) -> None:
    down = WebDavFileSystem("dav://127.0.0.1:9", retry=fs.client.retry, skip_instance_cache=True)
    with pytest.raises(NoAnswer, match="no connection"):
        down.exists("/store")


@pytest.mark.parametrize("fault", [Fault("PROPFIND", empty=True), Fault("PROPFIND", keep=120)])
def test_half_a_listing_is_asked_for_again(fs: WebDavFileSystem, server: Server, fault: Fault) -> None:
    server.nodes["/store/file"] = b"content"
    server.faults.append(fault)
    assert fs.ls("/store", detail=False) == ["/store/file"]
    assert server.count("PROPFIND") == 2


def test_a_folder_that_cannot_be_listed_is_not_empty(fs: WebDavFileSystem, server: Server) -> None:
    server.faults.append(Fault("PROPFIND", empty=True, times=100))
    with pytest.raises(GridDavError):
        fs.ls("/store")


@pytest.mark.parametrize("fault", [
    Fault("GET", keep=1000), Fault("GET", empty=True), Fault("GET", 500), Fault("GET", 503), Fault("GET", late=True),
])  # fmt: skip
def test_a_broken_download_is_repeated(fs: WebDavFileSystem, server: Server, fault: Fault, tmp_path: Path) -> None:
    server.nodes["/store/file"] = CONTENT
    server.faults.append(fault)
    fs.get_file("/store/file", str(tmp_path / "file"))
    assert (tmp_path / "file").read_bytes() == CONTENT
    server.faults.append(fault)
    fault.times = 1
    assert fs.cat_file("/store/file") == CONTENT


@pytest.mark.parametrize("status", [400, 404, 410])
def test_a_redirect_that_is_used_up_is_asked_for_again(dcache: WebDavFileSystem, server: Server, status: int) -> None:
    server.nodes["/store/file"] = CONTENT
    server.faults += [Fault("GET", status, door="pool"), Fault("PUT", status, door="pool")]
    assert dcache.cat_file("/store/file") == CONTENT
    dcache.pipe_file("/store/other", CONTENT)
    assert server.nodes["/store/other"] == CONTENT


def test_a_body_that_stalls_is_waited_for_no_longer_than_the_deadline(fs: WebDavFileSystem, server: Server) -> None:
    fs.client.sessions.connection = replace(fs.client.sessions.connection, read_timeout=0.3)
    fs.client.retry = Retry(attempts=100, first=0.001, longest=0.01, deadline=1.0)
    server.nodes["/store/file"] = CONTENT
    server.faults.append(Fault("GET", keep=1000, stall=True, times=100))
    with pytest.raises(NoAnswer, match="no answer in time"):
        fs.cat_file("/store/file")
    assert 3 <= server.count("GET") <= 5


def test_a_server_that_hangs_is_asked_a_second_time_before_the_deadline(server: Server) -> None:
    fs = WebDavFileSystem(server.url(), attempts=None, deadline=3, skip_instance_cache=True)
    server.nodes["/store/file"] = CONTENT
    server.faults.append(Fault("GET", keep=1000, stall=True))
    assert fs.cat_file("/store/file") == CONTENT
    assert server.count("GET") == 2


def test_a_failed_download_leaves_nothing(fs: WebDavFileSystem, server: Server, tmp_path: Path) -> None:
    server.nodes["/store/file"] = CONTENT
    server.faults.append(Fault("GET", keep=1000, times=100))
    with pytest.raises(GridDavError):
        fs.get_file("/store/file", str(tmp_path / "file"))
    assert list(tmp_path.iterdir()) == []


def test_corrupted_bytes_are_noticed_where_the_server_states_a_checksum(
    dcache: WebDavFileSystem, server: Server
) -> None:
    server.nodes["/store/file"] = CONTENT
    server.faults.append(Fault("GET", corrupt=True, times=2))
    assert dcache.cat_file("/store/file") == CONTENT
    server.faults.append(Fault("PUT", corrupt=True))
    dcache.pipe_file("/store/other", CONTENT)
    assert server.nodes["/store/other"] == CONTENT


def test_an_upload_that_always_arrives_damaged_is_not_published(dcache: WebDavFileSystem, server: Server) -> None:
    server.faults.append(Fault("PUT", corrupt=True, times=100))
    with pytest.raises(ContentChanged, match="adler32"):
        dcache.pipe_file("/store/file", CONTENT)
    assert server.nodes == {"/": None, "/store": None}


@pytest.mark.parametrize("method", ["PUT", "HEAD", "MOVE"])
@pytest.mark.parametrize("mode", ["overwrite", "create"])
def test_an_answer_that_is_lost_loses_no_upload(fs: WebDavFileSystem, server: Server, method: str, mode: str) -> None:
    server.faults.append(Fault(method, late=True))
    fs.pipe_file("/store/file", CONTENT, mode=mode)
    assert server.nodes == {"/": None, "/store": None, "/store/file": CONTENT}


@pytest.mark.parametrize("status", [500, 502, 503, 429, 423])
@pytest.mark.parametrize("method", ["PUT", "HEAD", "MOVE"])
def test_an_upload_survives_an_error_that_passes(
    fs: WebDavFileSystem, server: Server, method: str, status: int
) -> None:
    server.faults.append(Fault(method, status, times=2))
    fs.pipe_file("/store/file", CONTENT)
    assert server.nodes == {"/": None, "/store": None, "/store/file": CONTENT}


def test_a_full_server_is_said_at_once_and_keeps_what_was_there(fs: WebDavFileSystem, server: Server) -> None:
    server.nodes["/store/file"] = b"before"
    server.faults.append(Fault("PUT", 507, times=100))
    with pytest.raises(Refused, match="no space left"):
        fs.pipe_file("/store/file", CONTENT)
    assert server.nodes["/store/file"] == b"before"
    assert server.count("PUT") == 1


def test_a_new_file_never_replaces_another(fs: WebDavFileSystem, server: Server) -> None:
    server.nodes["/store/file"] = b"theirs"
    with pytest.raises(FileExistsError):
        fs.pipe_file("/store/file", b"ours", mode="create")
    assert server.nodes == {"/": None, "/store": None, "/store/file": b"theirs"}


def test_retry_after_is_honoured_and_given_up_beyond_the_deadline(fs: WebDavFileSystem, server: Server) -> None:
    server.faults.append(Fault("PROPFIND", 503, headers={"Retry-After": "3600"}))
    with pytest.raises(NoAnswer, match="503"):
        fs.exists("/store")
    assert server.count("PROPFIND") == 1


def test_an_outage_is_not_asked_about_by_every_file(fs: WebDavFileSystem, server: Server) -> None:
    server.nodes |= {f"/store/{number}": None for number in range(200)}
    assert fs.exists("/store")
    server.seen.clear()
    server.faults.append(Fault("DELETE", 403, times=1000))
    with pytest.raises(GridDavError):
        fs.rm([f"/store/{number}" for number in range(200)], recursive=True)
    time.sleep(0.1)
    assert server.count("DELETE") < 100


def test_a_redirect_in_circles_ends(fs: WebDavFileSystem, server: Server) -> None:
    server.nodes["/store/file"] = CONTENT
    location = server.url("http") + "/store/file"
    server.faults.append(Fault("GET", 302, times=100, headers={"Location": location}))
    with pytest.raises(NoAnswer, match="in circles"):
        fs.cat_file("/store/file")


def test_a_redirect_to_another_protocol_is_not_followed(fs: WebDavFileSystem, server: Server) -> None:
    server.nodes["/store/file"] = CONTENT
    server.faults.append(Fault("GET", 302, headers={"Location": "file:///etc/passwd"}))
    with pytest.raises(NoAnswer, match="protocol file"):
        fs.cat_file("/store/file")


def test_a_file_that_changes_while_it_is_sent_is_not_published(fs: WebDavFileSystem, server: Server) -> None:
    source = UploadSource("file", 2 * len(CONTENT), lambda: io.BytesIO(CONTENT))
    with pytest.raises(SourceChanged, match="changed"):
        sync(fs.loop, upload, fs.client, source, "/store/file", overwrite=True)
    assert server.nodes == {"/": None, "/store": None}


def test_a_block_that_fails_publishes_nothing(fs: WebDavFileSystem, server: Server) -> None:
    with pytest.raises(RuntimeError), fs.open("/store/file", "wb") as file:
        file.write(b"half of ")
        raise RuntimeError
    assert server.nodes == {"/": None, "/store": None}
