"""Many questions about one folder: one listing answers them, and never with what was true before they were asked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from fsspec.asyn import sync
from webdav_server import Fault, Server
from xrootd import XRootD

from griddav import WebDavFileSystem
from griddav.errors import GridDavError
from griddav.listing.lookups import look

PATHS = [f"/store/file {number}%" for number in range(8)]


def asked(fs: WebDavFileSystem, server: Server, meanwhile: Callable[[], object] = lambda: None) -> list[Any]:
    """Answers for `PATHS`: the others are asked while the first question is on its way, and `meanwhile` is done."""
    server.slow = 0.1

    async def ask() -> list[Any]:
        first: list[Awaitable[bool]] = [asyncio.ensure_future(look(fs.client, PATHS[0]))]
        while not server.count("PROPFIND"):
            await asyncio.sleep(0.001)
        meanwhile()
        others = [look(fs.client, path) for path in PATHS[1:]]
        return await asyncio.gather(*first, *others, return_exceptions=True)

    answers: list[Any] = sync(fs.loop, ask)
    return answers


def test_one_listing_answers_for_all_that_wait(fs: WebDavFileSystem, server: Server) -> None:
    server.nodes |= {PATHS[0]: b"", PATHS[3]: b"", "/store/other": b""}
    assert asked(fs, server) == [True, False, False, True, False, False, False, False]
    assert [each.headers["Depth"] for each in server.seen if each.method == "PROPFIND"] == ["0", "1"]


def test_an_answer_is_not_older_than_its_question(fs: WebDavFileSystem, server: Server) -> None:
    assert asked(fs, server, lambda: server.nodes.update(dict.fromkeys(PATHS, b""))) == [False] + 7 * [True]


def test_files_in_a_folder_that_is_missing_are_missing(fs: WebDavFileSystem, server: Server) -> None:
    del server.nodes["/store"]
    assert asked(fs, server) == 8 * [False]
    assert server.count("PROPFIND") == 2


def test_an_outage_is_no_answer_and_is_asked_about_once(fs: WebDavFileSystem, server: Server) -> None:
    answers = asked(fs, server, lambda: server.faults.append(Fault("PROPFIND", 503, times=100)))
    assert answers[0] is False
    assert all(isinstance(answer, GridDavError) for answer in answers[1:])
    assert server.count("PROPFIND") == 1 + 4  # attempts


def test_where_listing_is_forbidden_each_file_is_asked_for(fs: WebDavFileSystem, server: Server) -> None:
    server.nodes[PATHS[5]] = b""
    answers = asked(fs, server, lambda: server.faults.append(Fault("PROPFIND", 403)))
    assert answers == [path == PATHS[5] for path in PATHS]
    assert server.count("PROPFIND") == 2 + 7


def test_an_empty_listing_of_dcache_is_not_believed(dcache: WebDavFileSystem, server: Server) -> None:
    assert asked(dcache, server) == 8 * [False]
    assert [each.headers["Depth"] for each in server.seen if each.method == "PROPFIND"] == ["0", "1"] + 7 * ["0"]


def test_many_new_files_are_published_with_few_looks(fs: WebDavFileSystem, server: Server, tmp_path: Path) -> None:
    files = [tmp_path / str(number) for number in range(100)]
    for file in files:
        file.write_text(file.name)
    server.slow = 0.01
    fs.put([str(file) for file in files], [f"/store/{file.name}" for file in files], mode="create")
    assert {path: data for path, data in server.nodes.items() if data} == {f"/store/{n}": b"%d" % n for n in range(100)}
    assert server.count("PROPFIND") < 25


def test_of_many_files_the_one_that_is_there_is_refused(fs: WebDavFileSystem, server: Server, tmp_path: Path) -> None:
    files = [tmp_path / str(number) for number in range(10)]
    for file in files:
        file.write_text("new")
    server.nodes["/store/7"] = b"old"
    with pytest.raises(FileExistsError, match="/store/7"):
        fs.put([str(file) for file in files], [f"/store/{file.name}" for file in files], mode="create")
    assert server.nodes["/store/7"] == b"old"


def test_xrootd_keeps_its_connections_while_many_files_are_published(
    xrootd: XRootD, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []
    create = aiohttp.TCPConnector._create_connection

    async def counted(*arguments: Any) -> Any:
        opened.append(arguments)
        return await create(*arguments)

    monkeypatch.setattr(aiohttp.TCPConnector, "_create_connection", counted)
    fs = WebDavFileSystem(xrootd.url, ca=str(xrootd.ca), connections=4, skip_instance_cache=True)
    folder, files = f"/store/{tmp_path.name}", [tmp_path / str(number) for number in range(60)]
    fs.mkdir(folder)
    for file in files:
        file.write_text(file.name)
    fs.put([str(file) for file in files], [f"{folder}/{file.name}" for file in files], mode="create")
    assert len(fs.ls(folder)) == 60
    assert len(opened) < 20
    fs.close()
