"""Open files: what is written appears when it is closed, whole, or not at all."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import gzip
import io
from collections.abc import Callable
from typing import Any

import fsspec
import pytest
from webdav_server import Fault, Server

from griddav import WebDavFileSystem
from griddav.errors import Refused

NOTHING = {"/": None, "/store": None}
KINDS: list[dict[str, Any]] = [
    {"mode": "wb"}, {"mode": "wt"}, {"mode": "w", "encoding": "utf-8"}, {"mode": "xt"},
    {"mode": "wb", "compression": "gzip"}, {"mode": "wt", "compression": "bz2"}, {"mode": "wb", "compression": "xz"},
]  # fmt: skip
Opener = Callable[..., Any]


@pytest.fixture(params=["fs.open", "fsspec.open", "wrapped"])
def opener(request: pytest.FixtureRequest, fs: WebDavFileSystem, server: Server) -> Opener:
    """Three ways to open the same file."""

    def through_fsspec(path: str, **options: Any) -> Any:
        mode = options["mode"].replace("x", "w")  # it knows no other
        return fsspec.open(server.url() + path, retry=fs.client.retry, **options | {"mode": mode})

    def wrapped(path: str, **options: Any) -> Any:
        file = fs.open(
            path, **{**options, "mode": options["mode"].replace("t", "").rstrip("b") + "b", "encoding": None}
        )
        return file if "b" in options["mode"] else io.TextIOWrapper(file)

    return {"fs.open": fs.open, "fsspec.open": through_fsspec, "wrapped": wrapped}[request.param]


def content(kind: dict[str, Any]) -> Any:
    return b"x" * 100 if "b" in kind["mode"] else "x" * 100


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_block_that_ends_well_publishes(opener: Opener, fs: WebDavFileSystem, kind: dict[str, Any]) -> None:
    with opener("/store/file", **kind) as file:
        file.write(content(kind))
        assert not fs.exists("/store/file")
    with fs.open("/store/file", "rb", compression=kind.get("compression")) as file:
        assert file.read() == b"x" * 100


@pytest.mark.filterwarnings("ignore:.*is not published")
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_block_that_fails_publishes_nothing(opener: Opener, server: Server, kind: dict[str, Any]) -> None:
    with pytest.raises(KeyError), opener("/store/file", **kind) as file:
        file.write(content(kind))
        raise KeyError
    with pytest.raises(KeyError), contextlib.ExitStack() as stack:
        stack.enter_context(opener("/store/file", **kind)).write(content(kind))
        raise KeyError
    gc.collect()
    assert server.nodes == NOTHING


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_file_that_is_written_while_an_error_is_handled_is_published(
    opener: Opener, server: Server, kind: dict[str, Any]
) -> None:
    try:
        raise KeyError
    except KeyError:
        with opener("/store/file", **kind) as file:
            file.write(content(kind))
    assert "/store/file" in server.nodes


def test_a_file_that_is_closed_on_the_way_of_an_error_is_not_published_and_says_so(
    fs: WebDavFileSystem, server: Server
) -> None:
    def write() -> None:
        file = fs.open("/store/file", "wt")
        try:
            file.write("half")
            raise KeyError
        finally:
            file.close()

    with pytest.warns(UserWarning, match="/store/file is not published"), pytest.raises(KeyError):
        write()
    assert server.nodes == NOTHING


@pytest.mark.parametrize("kind", KINDS[1:], ids=str)
def test_a_file_that_is_never_closed_is_not_published(
    fs: WebDavFileSystem, server: Server, kind: dict[str, Any]
) -> None:
    file = fs.open("/store/file", **kind)
    file.write(content(kind))
    with pytest.warns(ResourceWarning, match="never closed"):
        del file
        gc.collect()
    assert server.nodes == NOTHING


def test_a_compressed_file_is_recognised_by_its_name(fs: WebDavFileSystem, server: Server) -> None:
    with fs.open("/store/file.gz", "wt", compression="infer") as file:
        file.write("text\n")
    assert gzip.decompress(server.nodes["/store/file.gz"] or b"") == b"text\n"
    with fs.open("/store/plain", "wt", compression="infer") as file:
        file.write("text\n")
    assert server.nodes["/store/plain"] == b"text\n"


def test_a_transaction_takes_compressed_text_too(fs: WebDavFileSystem, server: Server) -> None:
    with fs.transaction:
        with fs.open("/store/file.gz", "wt", compression="gzip") as file:
            file.write("text\n")
        assert server.nodes == NOTHING
    assert gzip.decompress(server.nodes["/store/file.gz"] or b"") == b"text\n"
    with pytest.raises(KeyError), fs.transaction, fs.open("/store/other.gz", "wt", compression="gzip") as file:
        file.write("text\n")
        raise KeyError
    assert "/store/other.gz" not in server.nodes


def test_appending_keeps_what_was_there(fs: WebDavFileSystem, server: Server) -> None:
    server.nodes["/store/file"] = bytes(9 << 20)
    with fs.open("/store/file", "ab") as file:
        assert file.tell() == 9 << 20
        file.write(b"more")
    assert server.nodes["/store/file"] == bytes(9 << 20) + b"more"


@pytest.mark.parametrize("block_size", [None, 0, -1, 1, 100])
def test_the_block_size_does_not_change_the_bytes(fs: WebDavFileSystem, block_size: int | None) -> None:
    for kind in KINDS[:2]:
        with fs.open("/store/file", kind["mode"], block_size=block_size) as file:
            file.write(content(kind))
        with fs.open("/store/file", "rb", block_size=block_size) as file:
            assert file.read(10) + file.read() == b"x" * 100


# Files of coroutines


def in_loop(server: Server, use: Callable[[WebDavFileSystem], Any]) -> None:
    async def run() -> None:
        fs = WebDavFileSystem(server.url(), asynchronous=True, skip_instance_cache=True)
        try:
            await use(fs)
        finally:
            await fs.client.sessions.close()

    asyncio.run(run())


def test_coroutines_write_and_read(server: Server) -> None:
    pieces = [bytes([number]) * 100_000 for number in range(20)]

    async def use(fs: WebDavFileSystem) -> None:
        async with await fs.open_async("/store/file", "wb") as file:
            for piece in pieces:
                assert await file.write(piece) == len(piece)
            await file.flush()
            assert not await fs._exists("/store/file")
        async with await fs.open_async("/store/file") as file:
            assert [await file.read(100_000) for _ in pieces] == pieces
            assert await file.read(5) == b""
        async with await fs.open_async("/store/file") as file:
            assert await file.read() == b"".join(pieces)
        assert server.count("GET") == 2
        with pytest.raises(FileExistsError):
            await fs.open_async("/store/file", "xb")
        for mode in ("r", "ab", "wt"):
            with pytest.raises(ValueError, match="open_async"):
                await fs.open_async("/store/file", mode)
        with pytest.raises(FileNotFoundError):
            await fs.open_async("/none")

    in_loop(server, use)


def test_coroutines_that_fail_publish_nothing(server: Server) -> None:
    async def use(fs: WebDavFileSystem) -> None:
        with pytest.raises(KeyError):
            async with await fs.open_async("/store/file", "wb") as file:
                await file.write(b"half")
                raise KeyError
        file = await fs.open_async("/store/file", "wb")
        await file.write(b"half")
        with pytest.warns(ResourceWarning, match="never closed"):
            del file
            gc.collect()

    in_loop(server, use)
    assert server.nodes == NOTHING


def test_a_file_of_coroutines_that_cannot_be_published_says_so(server: Server) -> None:
    async def use(fs: WebDavFileSystem) -> None:
        server.faults.append(Fault("PUT", 507, times=9))
        with pytest.raises(Refused, match="no space"):
            async with await fs.open_async("/store/file", "wb") as file:
                await file.write(b"content")

    in_loop(server, use)
    assert server.nodes == NOTHING
