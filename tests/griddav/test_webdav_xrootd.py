"""XRootD 5.5.3: what the server itself does not do, with its answers, and that our file system does it all the same."""

from __future__ import annotations

import http.client
import ssl
import time
import uuid
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fsspec.asyn import sync
from xrootd import XRootD

from griddav import WebDavFileSystem
from griddav.writing.moving import move
from griddav.writing.unfinished import TEMPORARY


@pytest.fixture
def fs(xrootd: XRootD) -> WebDavFileSystem:
    return WebDavFileSystem(xrootd.url, ca=str(xrootd.ca))


@pytest.fixture
def folder(fs: WebDavFileSystem) -> Iterator[str]:
    path = f"/store/{uuid.uuid4().hex}"
    fs.mkdir(path)
    yield path
    fs.rm(path, recursive=True)


def connection(server: XRootD) -> http.client.HTTPSConnection:
    return http.client.HTTPSConnection(
        urlsplit(server.url).netloc, timeout=20, context=ssl.create_default_context(cafile=str(server.ca))
    )


def answer(
    server: XRootD, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, dict[str, str]]:
    """Status and headers of a plain request, without our file system."""
    asked = connection(server)
    asked.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    response = asked.getresponse()
    response.read()
    asked.close()
    return response.status, dict(response.getheaders())


def test_it_overwrites_whatever_was_asked(xrootd: XRootD, fs: WebDavFileSystem, folder: str) -> None:
    fs.pipe({f"{folder}/taken": b"old", f"{folder}/other": b"other"})
    time.sleep(1.1)  # it keeps the checksum of what is overwritten within a second
    assert answer(xrootd, "PUT", f"{folder}/taken", b"new", If_None_Match="*")[0] == 200
    assert fs.cat_file(f"{folder}/taken") == b"new"
    url = xrootd.url.replace("davs", "https")
    assert answer(xrootd, "MOVE", f"{folder}/other", Destination=f"{url}{folder}/taken", Overwrite="F")[0] == 201
    assert fs.cat_file(f"{folder}/taken") == b"other"


def test_we_look_before_we_write(fs: WebDavFileSystem, folder: str) -> None:
    fs.pipe_file(f"{folder}/taken", b"old")
    with pytest.raises(FileExistsError):
        fs.pipe_file(f"{folder}/taken", b"new", mode="create")
    assert fs.cat_file(f"{folder}/taken") == b"old" and fs.ls(folder, detail=False) == [f"{folder}/taken"]


def test_it_shows_half_an_upload_and_keeps_it(xrootd: XRootD, fs: WebDavFileSystem, folder: str) -> None:
    upload = connection(xrootd)
    upload.putrequest("PUT", f"{folder}/half")
    upload.putheader("Content-Length", "1000000")
    upload.endheaders()
    upload.send(b"x" * 300_000)
    half = xrootd.data / folder.lstrip("/") / "half"
    for _ in range(200):
        if half.exists() and half.stat().st_size:
            break
        time.sleep(0.01)
    assert fs.info(f"{folder}/half")["size"] < 1_000_000  # visible
    upload.close()
    time.sleep(0.1)
    assert fs.exists(f"{folder}/half")  # and left there


def test_ours_has_another_name_until_it_is_whole(xrootd: XRootD, fs: WebDavFileSystem, folder: str) -> None:
    seen: list[set[str]] = []

    class Slow:
        """A callback that looks at the server's disk whenever a piece was sent."""

        def set_size(self, size: int) -> None:
            pass

        def absolute_update(self, sent: int) -> None:
            seen.append({path.name for path in (xrootd.data / folder.lstrip("/")).iterdir()})

    source = xrootd.data.parent / "source"
    source.write_bytes(b"x" * (5 << 20))
    fs.put_file(str(source), f"{folder}/file", callback=Slow())
    names = set().union(*seen)
    assert names and all(TEMPORARY.fullmatch(name) for name in names)
    assert fs.ls(folder, detail=False) == [f"{folder}/file"] and fs.info(f"{folder}/file")["size"] == 5 << 20


def test_it_takes_bytes_whose_checksum_is_wrong_and_states_the_right_one(xrootd: XRootD, folder: str) -> None:
    assert answer(xrootd, "PUT", f"{folder}/file", b"content", Digest="adler32=00000001")[0] == 200
    digest = answer(xrootd, "HEAD", f"{folder}/file", Want_Digest="adler32")[1]["Digest"]
    assert digest == f"adler32={zlib.adler32(b'content'):08x}"
    assert answer(xrootd, "HEAD", f"{folder}/file", Want_Digest="sha-256")[1]["Digest"].startswith("adler32=")


def test_it_removes_no_folder_that_holds_something(xrootd: XRootD, fs: WebDavFileSystem, folder: str) -> None:
    fs.pipe_file(f"{folder}/deep/er/file", b"content")
    assert answer(xrootd, "DELETE", f"{folder}/deep/")[0] == 500 and fs.exists(f"{folder}/deep/er/file")
    fs.rm(f"{folder}/deep", recursive=True)
    assert fs.ls(folder) == []


def test_a_range_past_the_end_is_promised_and_not_sent(xrootd: XRootD, fs: WebDavFileSystem, folder: str) -> None:
    fs.pipe_file(f"{folder}/file", b"0123456789")
    asked = connection(xrootd)
    asked.request("GET", f"{folder}/file", headers={"Range": "bytes=8-98"})
    response = asked.getresponse()
    assert (response.status, response.headers["Content-Range"]) == (206, "bytes 8-98/10")
    with pytest.raises(http.client.IncompleteRead):
        response.read()
    asked.close()
    assert fs.cat_file(f"{folder}/file", start=8, end=99) == b"89"
    assert fs.cat_file(f"{folder}/file", start=20, end=30) == b"" and fs.cat_file(f"{folder}/file", start=-3) == b"789"


def test_many_files_are_verified_at_once(fs: WebDavFileSystem, folder: str, tmp_path: Path) -> None:
    files = {f"{folder}/{number}": str(number).encode() * 1000 for number in range(200)}
    started = time.monotonic()
    fs.pipe(files)
    assert fs.cat(list(files)) == files
    assert time.monotonic() - started < 20  # with too few digests at once, XRootD stalls for half a minute


def test_a_folder_moved_onto_one_that_holds_something_finds_the_name_taken(fs: WebDavFileSystem, folder: str) -> None:
    fs.pipe({f"{folder}/.upload-mine/file": b"mine", f"{folder}/plots/file": b"theirs"})
    began = time.monotonic()
    answer = sync(fs.loop, move, fs.client, f"{folder}/.upload-mine/", f"{folder}/plots/")
    assert answer.status == 412 and time.monotonic() < began + 5  # it says 500: no outage
    assert fs.cat_file(f"{folder}/plots/file") == b"theirs" and fs.cat_file(f"{folder}/.upload-mine/file") == b"mine"
