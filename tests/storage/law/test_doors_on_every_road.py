"""Doors of stores.yaml are those of everything that asks the store: by the store itself and by targets."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from webdav_server import PREFIX, Server

from caselaw.config import Project, StoreSettings, resolve_store
from caselaw.storage.copying.reading import sha256_of
from caselaw.storage.files.filesystem import file_system
from caselaw.storage.files.remote import RemotePlace
from caselaw.storage.remote_store import RemoteStore
from caselaw.storage.remote_target import RemoteFileTarget, law_file_system

CONTENT = b"content"
Read = Callable[[StoreSettings, Path], bytes]


def by_store(settings: StoreSettings, folder: Path) -> bytes:
    return RemoteStore(settings).local(f"{settings.root}/file").read_bytes()


def by_place(settings: StoreSettings, folder: Path) -> bytes:
    place = RemotePlace(RemoteStore(settings).server, f"{settings.root}/file")
    assert sha256_of(place)
    place.fetch(folder / "fetched", lambda _: None)
    return (folder / "fetched").read_bytes()


def by_target(settings: StoreSettings, folder: Path) -> bytes:
    target = RemoteFileTarget("/file", law_file_system(settings))
    assert target.exists() and target.fs.listdir("/") == ["file"]
    with target.open("r") as file:
        assert file.read() == CONTENT.decode()
    target.copy_to_local(str(folder / "copied"))
    return (folder / "copied").read_bytes()


def by_fsspec(settings: StoreSettings, folder: Path) -> bytes:
    return bytes(file_system(settings).cat_file("/file"))


READS = {read.__name__: read for read in (by_store, by_place, by_target, by_fsspec)}


def settings_of(folder: Path, **entry: Any) -> StoreSettings:
    (folder / "configs").mkdir(exist_ok=True)
    (folder / "configs" / "stores.yaml").write_text(f"grid: {json.dumps({'patience': '2 s', **entry})}\n")
    return resolve_store(Project(folder, folder / "law.cfg"), "grid")


def doors_by_method(server: Server) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = {}
    for seen in server.seen:
        found.setdefault(seen.method, set()).add(seen.door)
    return found


@pytest.mark.parametrize("name", READS)
def test_bytes_come_from_the_doors_for_reading(server: Server, tmp_path: Path, name: str) -> None:
    server.nodes["/store/file"] = CONTENT
    url, other = f"{server.url()}/store", f"{server.url(door='second')}{PREFIX}/store"
    settings = settings_of(tmp_path, url=url, doors={"read": [other]})
    assert READS[name](settings, tmp_path) == CONTENT
    found = doors_by_method(server)
    assert found.pop("GET") == {"second"}
    assert set().union(*found.values()) == {"door"}


@pytest.mark.parametrize("name", READS)
def test_another_door_is_asked_where_the_first_is_down(server: Server, tmp_path: Path, name: str) -> None:
    server.nodes["/store/file"] = CONTENT
    settings = settings_of(tmp_path, url=["dav://127.0.0.1:9/store", f"{server.url(door='second')}{PREFIX}/store"])
    assert READS[name](settings, tmp_path) == CONTENT


def test_a_folder_behind_a_door_of_dcache_is_the_root_at_all_doors(double_with_tls, tmp_path: Path) -> None:
    port = double_with_tls.url.rpartition(":")[2]
    settings = settings_of(
        tmp_path, url=["dcache://localhost:9/store", f"dcache://localhost:{port}/store"], ca=str(double_with_tls.ca),
        api_url=double_with_tls.rest, patience="20 s",
    )  # fmt: skip
    fs = file_system(settings)
    fs.pipe_file("/file", CONTENT)
    assert fs.info("/file")["locality"] == "ONLINE"
    assert by_store(settings, tmp_path) == by_target(settings, tmp_path) == CONTENT
    assert "/store/file" in double_with_tls.state.files
