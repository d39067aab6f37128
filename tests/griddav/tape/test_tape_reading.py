"""A file on tape is never read by surprise."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from double import Double

from griddav import WebDavFileSystem
from griddav.dcache import DCacheFileSystem
from griddav.errors import NoAnswer, OnTape, StagingFailed
from griddav.tape import ensure_online

WAYS = ["cat_file", "range", "cat_ranges", "get_file", "copy", "open", "text"]


def read(fs: WebDavFileSystem, path: str, way: str, folder: Path, **options: bool) -> bytes:
    if way == "cat_file":
        return bytes(fs.cat_file(path, **options))
    if way == "range":
        return bytes(fs.cat_file(path, 0, 100, **options))
    if way == "cat_ranges":
        return bytes(fs.cat_ranges([path], [0], [100], on_error="raise", **options)[0])
    if way == "get_file":
        fs.get_file(path, str(folder / "file"), **options)
        return (folder / "file").read_bytes()
    if way == "copy":
        fs.cp_file(path, "/store/copy", **options)
        return bytes(fs.cat_file("/store/copy"))
    with fs.open(path, "r" if way == "text" else "rb", **options) as file:
        content: str | bytes = file.read()
    return content.encode() if isinstance(content, str) else content


@pytest.mark.parametrize("way", WAYS)
def test_reading_says_how_to_stage_and_starts_no_transfer(
    fs: DCacheFileSystem, double: Double, way: str, tmp_path: Path
) -> None:
    double.write("/store/file", b"content", "NEARLINE")
    with pytest.raises(OnTape, match="stage it first") as raised:
        read(fs, "/store/file", way, tmp_path)
    assert raised.value.where in (f"{double.url}/store/file", f"{double.door}/store/file")
    assert not isinstance(raised.value, NoAnswer), "it is an answer"
    assert double.count("GET", "door") == 0 and double.nodes()["/store/file"].locality == "NEARLINE"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("way", WAYS)
def test_reading_stages_where_it_is_told_to(
    fs: DCacheFileSystem, double: Double, tape: str, way: str, tmp_path: Path
) -> None:
    double.write("/store/file", b"content", "NEARLINE")
    assert read(fs, "/store/file", way, tmp_path, stage=True) == b"content"
    assert double.nodes()["/store/file"].locality == "ONLINE_AND_NEARLINE"
    assert {path for _, path in double.state.pins} == {"/store/file"}


@pytest.mark.parametrize("locality", ["ONLINE", "ONLINE_AND_NEARLINE"])
@pytest.mark.parametrize("way", WAYS)
def test_what_is_on_disk_is_read(fs: DCacheFileSystem, double: Double, way: str, locality: str, tmp_path: Path) -> None:
    double.write("/store/file", b"content", locality)
    assert read(fs, "/store/file", way, tmp_path, stage=True) == b"content"
    assert double.state.requests == {}


def test_a_file_system_stages_all_that_is_read_where_it_is_told_to(double: Double, fs: DCacheFileSystem) -> None:
    double.write("/store/file", b"content", "NEARLINE")
    staging = DCacheFileSystem(
        double.rest, double.door, stage=True, lifetime=60, patience=fs.patience, skip_instance_cache=True
    )
    assert staging.cat_file("/store/file") == b"content"
    assert next(iter(double.state.requests.values()))["arguments"] == {"diskLifetime": {"/store/file": "PT60S"}}
    staging.close()


def test_coroutines_stage_as_well(double: Double, fs: DCacheFileSystem) -> None:
    double.write("/store/file", b"content", "NEARLINE")

    async def told() -> bytes:
        own = DCacheFileSystem(
            double.rest, double.door, patience=fs.patience, asynchronous=True, skip_instance_cache=True
        )
        with pytest.raises(OnTape):
            await own.open_async("/store/file", "rb")
        file = await own.open_async("/store/file", "rb", stage=True)
        content: bytes = await file.read()
        await own.client.sessions.close()
        return content

    assert asyncio.run(told()) == b"content"


def test_of_many_ranges_those_on_disk_are_read(fs: DCacheFileSystem, double: Double) -> None:
    double.write("/store/tape", b"content", "NEARLINE")
    double.write("/store/disk", b"content")
    paths = ["/store/disk", "/store/tape", "/store/none", "/store/disk"]
    first, refused, missing, last = fs.cat_ranges(paths, [0, 0, 0, 2], 5)
    assert (first, last) == (b"conte", b"nte")
    assert isinstance(refused, OnTape) and isinstance(missing, FileNotFoundError)
    assert fs.cat_ranges(["/store/none"], [0], [1])[0].filename == "/store/none"


def test_files_that_were_staged_are_read(fs: DCacheFileSystem, double: Double, tape: str) -> None:
    double.write("/store/file", b"content", "NEARLINE")
    ensure_online(fs, ["/store/file"], patience=fs.patience)
    assert fs.cat_file("/store/file") == b"content"


def test_a_file_that_cannot_be_staged_is_not_waited_for(fs: DCacheFileSystem, double: Double, tape: str) -> None:
    double.write("/store/file", b"content", "NEARLINE")
    double.settings.broken_tapes.add("/store/file")
    with pytest.raises(StagingFailed, match="tape drive error"):
        fs.cat_file("/store/file", stage=True)


@pytest.mark.parametrize("way", ["cat_file", "get_file", "copy", "open", "text"])
def test_webdav_alone_reads_no_tape_either(double: Double, way: str, tmp_path: Path) -> None:
    double.write("/store/file", b"content", "NEARLINE")
    fs = WebDavFileSystem(double.url, skip_instance_cache=True)
    with pytest.raises(OnTape, match="stage it first"):
        read(fs, "/store/file", way, tmp_path)
    assert double.count("GET", "door") == 0
    assert fs.digest("/store/file", "adler32") == "0bcb02fc"
    fs.close()
