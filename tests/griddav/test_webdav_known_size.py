"""Files whose size is known are fetched by one request; what is not as it is said to be is asked about."""

from __future__ import annotations

from pathlib import Path

import pytest
from webdav_server import QUICK, Fault, Server

from griddav import WebDavFileSystem
from griddav.errors import GridDavError

DATA = b"events" * 1000


@pytest.fixture
def known(fs: WebDavFileSystem, server: Server) -> WebDavFileSystem:
    """A file system that knows its server already, which has a file."""
    server.nodes["/store/file"] = DATA
    assert not fs.exists("/store/none")
    server.seen.clear()
    return fs


def asked(server: Server) -> list[str]:
    return [each.method for each in server.seen]


def test_it_is_fetched_by_one_request(known: WebDavFileSystem, server: Server, tmp_path: Path) -> None:
    known.get_file("/store/file", str(tmp_path / "file"), size=len(DATA))
    assert (tmp_path / "file").read_bytes() == DATA and asked(server) == ["GET"]
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(("most", "by"), [
    (len(DATA), ["GET"]), (1 << 20, ["GET"]), (len(DATA) - 1, ["GET", "PROPFIND", "GET"]),
])  # fmt: skip
def test_a_small_file_is_read_by_one_request(known: WebDavFileSystem, server: Server, most: int, by: list[str]) -> None:
    assert known.cat_file("/store/file", most=most) == DATA and asked(server) == by
    server.nodes["/store/file"] = b""
    assert known.cat_file("/store/file", most=most) == b""
    server.faults.append(Fault("GET", keep=0))
    with pytest.raises(FileNotFoundError):
        known.cat_file("/store/none", most=most)


def test_an_empty_file_is_one_too(known: WebDavFileSystem, server: Server, tmp_path: Path) -> None:
    server.nodes["/store/file"] = b""
    known.get_file("/store/file", str(tmp_path / "file"), size=0)
    assert (tmp_path / "file").read_bytes() == b""


@pytest.mark.parametrize("size", [0, len(DATA) - 1, len(DATA) + 1, 1 << 40])
def test_where_the_server_has_another_size_its_file_is_what_counts(
    known: WebDavFileSystem, server: Server, tmp_path: Path, size: int
) -> None:
    known.get_file("/store/file", str(tmp_path / "file"), size=size)
    assert (tmp_path / "file").read_bytes() == DATA and "PROPFIND" in asked(server)


def test_a_missing_file_is_missing(known: WebDavFileSystem, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        known.get_file("/store/none", str(tmp_path / "file"), size=5)
    assert not any(tmp_path.iterdir())


def test_a_folder_becomes_no_file(known: WebDavFileSystem, server: Server, tmp_path: Path) -> None:
    known.makedirs("/store/folder")
    known.get_file("/store/folder", str(tmp_path / "it"), size=5)
    assert not (tmp_path / "it").is_file()


def test_a_cut_answer_is_asked_for_again(known: WebDavFileSystem, server: Server, tmp_path: Path) -> None:
    server.faults.append(Fault("GET", keep=100))
    known.get_file("/store/file", str(tmp_path / "file"), size=len(DATA))
    assert (tmp_path / "file").read_bytes() == DATA and asked(server) == ["GET", "GET"]


def test_a_server_that_is_silent_gives_no_file(known: WebDavFileSystem, server: Server, tmp_path: Path) -> None:
    server.faults.append(Fault("GET", 503, times=1000))
    with pytest.raises(GridDavError):
        known.get_file("/store/file", str(tmp_path / "file"), size=len(DATA))
    assert not any(tmp_path.iterdir())


def test_where_files_may_be_on_tape_one_is_asked_first(server: Server, tmp_path: Path) -> None:
    server.name, server.nodes["/store/file"] = "dCache/test", DATA
    fs = WebDavFileSystem(server.url(), retry=QUICK, skip_instance_cache=True)
    fs.get_file("/store/file", str(tmp_path / "file"), size=len(DATA))
    assert (tmp_path / "file").read_bytes() == DATA and asked(server).count("PROPFIND") == 1
    fs.close()
