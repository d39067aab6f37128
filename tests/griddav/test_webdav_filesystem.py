"""The file system as its users meet it."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import fsspec
import pytest
from fsspec.core import url_to_fs
from webdav_server import Fault, Server

from griddav import WebDavFileSystem
from griddav.errors import GridDavError, Refused
from griddav.writing.unfinished import TEMPORARY


def test_fsspec_finds_it_by_its_urls(server: Server) -> None:
    fs, path = url_to_fs(server.url() + "/store/a#b", token="secret", skip_instance_cache=True)
    assert type(fs) is WebDavFileSystem
    assert path == "/store/a#b"
    assert fs.unstrip_protocol(path) == server.url() + "/store/a#b"
    fs.pipe_file(path, b"content")
    with fsspec.open(server.url() + "/store/a#b", token="secret") as file:
        assert file.read() == b"content"


def test_properties_of_files_and_folders(fs: WebDavFileSystem, server: Server) -> None:
    server.nodes["/store/file"] = b"content"
    assert fs.info("/store/file") | {"mtime": 0} == {
        "name": "/store/file", "size": 7, "type": "file", "mtime": 0, "etag": None, "checksums": {}, "locality": None,
    }  # fmt: skip
    assert fs.info("/")["type"] == "directory"
    assert fs.ls("/", detail=False) == ["/store"]
    assert fs.ls("/store/file", detail=False) == ["/store/file"]
    assert (fs.isfile("/store/file"), fs.isdir("/store/file"), fs.exists("/none")) == (True, False, False)
    for question in (fs.info, fs.ls, fs.cat_file):
        with pytest.raises(FileNotFoundError):
            question("/none")


def test_dcache_says_checksum_and_locality_of_a_file(dcache: WebDavFileSystem, server: Server) -> None:
    server.nodes["/store/file"] = b"content"
    there = dcache.info("/store/file")
    assert there["checksums"] == {"adler32": "0bcb02fc"} and there["locality"] == "ONLINE"
    assert dcache.ls("/store")[0]["locality"] is None


@pytest.mark.parametrize(("start", "end"), [
    (0, 4), (3, None), (None, 3), (-3, None), (-5, -2), (2, -2), (5, 5), (6, 2), (8, 100), (100, 200), (None, None),
])  # fmt: skip
@pytest.mark.parametrize("content", [b"0123456789", b""])
def test_ranges_are_those_of_python(
    fs: WebDavFileSystem, server: Server, start: int | None, end: int | None, content: bytes
) -> None:
    server.nodes["/store/file"] = content
    assert fs.cat_file("/store/file", start, end) == content[start:end]


def test_a_server_that_knows_no_ranges_gives_the_right_bytes(fs: WebDavFileSystem, server: Server) -> None:
    server.nodes["/store/file"] = b"0123456789"
    server.faults.append(Fault("GET", empty=True))
    assert fs.cat_file("/store/file", 2, 5) == b"234"


def test_a_folder_is_not_read_as_a_file(fs: WebDavFileSystem, tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        fs.cat_file("/store")
    fs.get_file("/store", str(tmp_path / "store"))
    assert (tmp_path / "store").is_dir()


@pytest.mark.parametrize("block_size", [None, 0, 1, 100])
def test_what_is_written_in_pieces_is_read_back(fs: WebDavFileSystem, block_size: int | None) -> None:
    pieces = [b"a" * 60, b"b" * 60, b"", b"c"]
    with fs.open("/store/file", "wb", block_size=block_size) as file:
        for piece in pieces:
            file.write(piece)
        assert file.tell() == 121
        assert not fs.exists("/store/file")
    with fs.open("/store/file", "rb", block_size=block_size or 7) as file:
        file.seek(50)
        assert file.read(20) == b"a" * 10 + b"b" * 10
        file.seek(0)
        assert file.read() == b"".join(pieces)


def test_text_and_appending(fs: WebDavFileSystem) -> None:
    with fs.open("/store/file", "w", encoding="utf-8") as file:
        file.write("ü\n")
    with fs.open("/store/file", "ab") as file:
        file.write(b"more")
    with fs.open("/store/file", "r", encoding="utf-8") as file:
        assert list(file) == ["ü\n", "more"]


def test_a_transaction_publishes_at_its_end_or_not_at_all(fs: WebDavFileSystem, server: Server) -> None:
    with fs.transaction:
        with fs.open("/store/file", "wb") as file:
            file.write(b"content")
        assert not fs.exists("/store/file")
    assert fs.cat_file("/store/file") == b"content"
    with pytest.raises(RuntimeError), fs.transaction:
        with fs.open("/store/other", "wb") as file:
            file.write(b"content")
        raise RuntimeError
    assert not fs.exists("/store/other")


def test_a_file_that_is_never_closed_is_not_published(fs: WebDavFileSystem, server: Server) -> None:
    file = fs.open("/store/file", "wb")
    file.write(b"half")
    with pytest.warns(ResourceWarning, match="never closed"):
        del file
    assert server.nodes == {"/": None, "/store": None}


def test_an_upload_has_a_name_that_is_recognised(fs: WebDavFileSystem, server: Server) -> None:
    server.faults += [Fault("HEAD", 403, times=9), Fault("DELETE", 403, times=9)]
    with pytest.raises(GridDavError):
        fs.pipe_file("/store/file", b"content")
    left = [name for name in server.nodes if name not in ("/", "/store")]
    assert len(left) == 1 and TEMPORARY.fullmatch(left[0].removeprefix("/store/"))


def test_find_asks_once_for_each_folder(fs: WebDavFileSystem, server: Server) -> None:
    for number in range(20):
        server.nodes[f"/store/{number % 4}"] = None
        server.nodes[f"/store/{number % 4}/file{number}"] = b""
    files = sorted(f"/store/{number % 4}/file{number}" for number in range(20))
    assert fs.find("/store") == files
    assert server.count("PROPFIND") == 5
    assert set(fs.find("/store", withdirs=True)) == {"/store", "/store/0", "/store/1", "/store/2", "/store/3", *files}
    assert fs.find("/store", maxdepth=1) == []
    assert fs.find("/store/0/file0") == ["/store/0/file0"]
    assert fs.find("/none") == []
    assert fs.glob("/store/*/file1*") == sorted(name for name in files if "/file1" in name)


def test_xrootd_is_told_new_names_as_they_stand(fs: WebDavFileSystem, server: Server) -> None:
    server.name = "XrootD/v5.5.3"
    fs.pipe_file("/store/a bü", b"content")
    (move,) = (each for each in server.seen if each.method == "MOVE")
    assert move.headers["Destination"] == server.url("http") + "/store/a bü?_"
    assert server.nodes["/store/a bü"] == b"content"


def test_xrootd_is_not_told_a_name_that_it_takes_for_another(fs: WebDavFileSystem, server: Server) -> None:
    server.name = "XrootD/v5.5.3"
    for write in (fs.mkdir, fs.touch):
        with pytest.raises(Refused, match="end of a name"):
            write("/store/q?z")
    with pytest.raises(Refused, match="end of a name"):
        fs.touch("/store/new\nline")
    assert server.nodes == {"/": None, "/store": None}


def test_many_first_requests_ask_once_what_server_it_is(fs: WebDavFileSystem, server: Server) -> None:
    fs.pipe({f"/store/{number}": b"content" for number in range(50)})
    assert server.count("OPTIONS") == 1
    assert len(fs.cat([f"/store/{number}" for number in range(50)])) == 50


def test_moving_is_one_request(fs: WebDavFileSystem, server: Server) -> None:
    server.nodes |= {"/store/folder": None, "/store/folder/file": b"content", "/store/old": b"old"}
    fs.mv("/store/folder", "/store/new/place", recursive=True)
    assert server.count("MOVE") == 1 and server.nodes["/store/new/place/file"] == b"content"
    fs.mv("/store/new/place/file", "/store/old")
    assert server.nodes["/store/old"] == b"content"
    fs.mv("/store/old", "/store/new")
    assert server.nodes["/store/new/old"] == b"content"
    with pytest.raises(FileNotFoundError):
        fs.mv("/store/none", "/store/other")
    with pytest.raises(ValueError, match="into itself"):
        fs.mv("/store/new", "/store/new/place")


def test_folders(fs: WebDavFileSystem, server: Server) -> None:
    fs.mkdir("/store/a/b")
    with pytest.raises(FileExistsError):
        fs.mkdir("/store/a")
    with pytest.raises(FileNotFoundError):
        fs.mkdir("/store/x/y", create_parents=False)
    fs.makedirs("/store/a/b", exist_ok=True)
    with pytest.raises(OSError, match="not empty"):
        fs.rmdir("/store/a")
    with pytest.raises(IsADirectoryError):
        fs.rm("/store/a")
    fs.rmdir("/store/a/b")
    server.nodes["/store/file"] = b""
    for make in (fs.mkdir, fs.makedirs):
        with pytest.raises(FileExistsError):
            make("/store/file")
    with pytest.raises(NotADirectoryError):
        fs.rmdir("/store/file")
    with pytest.raises(FileNotFoundError):
        fs.rm("/store/none")
    fs.rm(["/store/a", "/store/file"], recursive=True)
    assert server.nodes == {"/": None, "/store": None}
    with pytest.raises(ValueError, match="root"):
        fs.rm("/", recursive=True)


@pytest.mark.parametrize("method", ["MKCOL", "DELETE", "MOVE"])
def test_a_lost_answer_does_not_change_the_outcome(fs: WebDavFileSystem, server: Server, method: str) -> None:
    server.nodes["/store/file"] = b"content"
    server.faults.append(Fault(method, late=True))
    fs.mkdir("/store/folder")
    fs.mv("/store/file", "/store/folder/file")
    fs.rm("/store/folder", recursive=True)
    assert server.nodes == {"/": None, "/store": None}


def test_it_serves_coroutines(server: Server) -> None:
    async def use() -> bytes:
        fs = WebDavFileSystem(server.url(), asynchronous=True, skip_instance_cache=True)
        await fs._pipe_file("/store/file", b"content")
        try:
            return bytes(await fs._cat_file("/store/file"))
        finally:
            await fs.client.sessions.close()

    assert asyncio.run(use()) == b"content"
    assert asyncio.run(use()) == b"content"


def read_in_child(fs: WebDavFileSystem) -> None:
    os._exit(0 if fs.cat_file("/store/file") == b"content" else 1)


def test_a_fork_has_connections_of_its_own(fs: WebDavFileSystem) -> None:
    fs.pipe_file("/store/file", b"content")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # forking a process with threads is what is tested
        child = multiprocessing.get_context("fork").Process(target=read_in_child, args=(fs,))
        child.start()
    child.join(20)
    assert child.exitcode == 0
    assert fs.cat_file("/store/file") == b"content"


def test_a_closed_file_system_opens_again(fs: WebDavFileSystem) -> None:
    fs.pipe_file("/store/file", b"content")
    fs.close()
    assert fs.cat_file("/store/file") == b"content"


AT_THE_END = """
import sys
from griddav import WebDavFileSystem

class File:
    def __init__(self, fs):
        self.fs = fs
    def __del__(self):
        self.fs.close()  # as uproot's files do it

fs = WebDavFileSystem(sys.argv[1])
print(fs.exists("/store"))
kept = File(fs)
kept.itself = kept
sys.modules["kept"] = kept
"""


def test_a_program_ends_that_closes_a_file_system_at_its_end(server: Server) -> None:
    done = subprocess.run(
        [sys.executable, "-c", AT_THE_END, server.url()], capture_output=True, text=True, timeout=30, check=True
    )
    assert (done.stdout, done.stderr) == ("True\n", "")


def test_a_file_system_that_one_closes_is_still_there_for_others(fs: WebDavFileSystem, server: Server) -> None:
    """Instances are shared: uproot closes the file system with each file."""
    server.nodes["/store/file"] = b"content"
    server.slow = 0.05
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(fs.ls, "/store", detail=False) for _ in range(40)]
        while not all(each.done() for each in asked):
            fs.close()
        assert {tuple(each.result()) for each in asked} == {("/store/file",)}
    assert server.count("PROPFIND") == 40  # none was broken off and repeated
