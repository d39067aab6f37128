"""A file that arrives whole and is not what it should be is damaged: said soon, and told from a cut transfer."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from webdav_server import QUICK, Fault, Server

from griddav import WebDavFileSystem
from griddav.errors import ContentChanged, GridDavError, NoAnswer
from griddav.http.retry import ENOUGH

CONTENT = bytes(range(256)) * 40
Read = Callable[[WebDavFileSystem, Path], Any]
READS: dict[str, Read] = {
    "get_file": lambda fs, target: fs.get_file("/store/file", str(target)),
    "get_file of a known size": lambda fs, target: fs.get_file("/store/file", str(target), size=len(CONTENT)),
    "cat_file": lambda fs, target: target.write_bytes(fs.cat_file("/store/file")),
}
OPENED: dict[str, Read] = {
    "open": lambda fs, target: target.write_bytes(fs.open("/store/file", block_size=1000).read()),
    "open at once": lambda fs, target: target.write_bytes(fs.open("/store/file").read()),
    "open, in parts": lambda fs, target: in_parts(fs),
}


def in_parts(fs: WebDavFileSystem) -> None:
    with fs.open("/store/file", block_size=100, cache_type="none") as file:
        for start in (9000, 5000, len(CONTENT) - 10):
            file.seek(start)
            file.read(10)


@pytest.fixture(params=["plain", "pool"])
def stating(server: Server, request: pytest.FixtureRequest) -> Any:
    """The file system of a server that states checksums when it sends a file, or of every file, as dCache does."""
    server.pool, server.name = request.param == "pool", "dCache/test" if request.param == "pool" else "XrootD/test"
    server.nodes["/store/file"] = CONTENT
    fs = WebDavFileSystem(server.url(), retry=QUICK, skip_instance_cache=True)
    assert not fs.exists("/store/none")
    server.seen.clear()
    yield fs
    fs.close()


def sent(server: Server) -> int:
    """How often bytes of the file were asked for."""
    return sum(each.method == "GET" and each.door == ("pool" if server.pool else "door") for each in server.seen)


@pytest.mark.parametrize("large", [False, True], ids=["small", "large"])
@pytest.mark.parametrize("read", READS)
def test_a_checksum_that_never_fits_is_damage(
    read: str, large: bool, stating: WebDavFileSystem, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if large:
        monkeypatch.setattr("griddav.reading.download.LARGE", 0)
    server.checksums["adler32"] = lambda data: f"{zlib.adler32(data) ^ 1:08x}"
    server.faults.append(Fault("GET", corrupt=True, times=100))
    with pytest.raises(ContentChanged, match="adler32"):
        READS[read](stating, tmp_path / "file")
    assert sent(server) <= ENOUGH + large
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("more", [5, -5])
@pytest.mark.parametrize("read", READS)
def test_another_length_than_the_file_has_is_damage(
    read: str, more: int, stating: WebDavFileSystem, server: Server, tmp_path: Path
) -> None:
    server.faults.append(Fault("GET", longer=more, times=100))
    with pytest.raises(ContentChanged, match=f"{len(CONTENT) + more} bytes in place of the {len(CONTENT)}"):
        READS[read](stating, tmp_path / "file")
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("read", READS)
def test_a_transfer_that_is_cut_is_no_damage(
    read: str, stating: WebDavFileSystem, server: Server, tmp_path: Path
) -> None:
    where = "pool" if server.pool else "door"
    server.faults.append(Fault("GET", keep=100, times=100, door=where))
    with pytest.raises(NoAnswer):
        READS[read](stating, tmp_path / "file")
    server.faults[:] = [Fault("GET", keep=100, times=2, door=where), Fault("GET", corrupt=True, times=1, door=where)]
    READS[read](stating, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == CONTENT, "one attempt whose bytes are wrong is not enough"


@pytest.mark.parametrize("read", OPENED)
def test_a_file_that_becomes_shorter_while_it_is_open_is_not_read_as_if_it_were_whole(
    read: str, fs: WebDavFileSystem, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.nodes["/store/file"] = CONTENT
    opened = fs._open

    def shortened(*args: Any, **options: Any) -> Any:
        file = opened(*args, **options)
        server.nodes["/store/file"] = CONTENT[:-100]
        return file

    monkeypatch.setattr(fs, "_open", shortened)
    with pytest.raises(GridDavError):
        OPENED[read](fs, tmp_path / "file")
    assert not any(tmp_path.iterdir())
