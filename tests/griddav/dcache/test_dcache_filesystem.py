"""`dcache://` as its users meet it, and as users of dcachefs know it."""

from __future__ import annotations

import gc
import inspect
import subprocess
import sys
import warnings
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import dcachefs
import fsspec
import pytest
from double import Double, Fault
from fsspec.core import url_to_fs
from hypothesis import given
from hypothesis import strategies as st

from griddav import WebDavFileSystem
from griddav.dcache import DCacheFileSystem
from griddav.dcache.addresses import SCHEME, door_urls, options_of, split_url
from griddav.errors import NoAnswer
from griddav.http.retry import Retry

QUICK = Retry(attempts=4, first=0.001, longest=0.01, deadline=5.0)


def test_fsspec_finds_it_by_its_name_and_url() -> None:
    fs, path = url_to_fs("dcache://door.example.org:2880/pnfs/a#b", token="secret", skip_instance_cache=True)
    assert type(fs) is DCacheFileSystem and isinstance(fs, dcachefs.dCacheFileSystem)
    assert (path, fs.webdav_url) == ("/pnfs/a#b", "https://door.example.org:2880")
    assert fs.unstrip_protocol(path) == "dcache://door.example.org:2880/pnfs/a#b"
    assert fsspec.get_filesystem_class("dcache") is DCacheFileSystem


@pytest.mark.parametrize("first", ["import griddav.dcache", "import fsspec", "import dcachefs, griddav.dcache"])
def test_whatever_is_imported_first_the_name_leads_here(first: str) -> None:
    code = f"{first}\nimport fsspec\nprint(fsspec.get_filesystem_class('dcache').__module__)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "griddav.dcache.filesystem"


def test_no_operation_of_dcachefs_is_left() -> None:
    kept = {"api_url", "webdav_url", "close_session", "encode_url", "_get_info"}  # attributes, and what nothing calls
    base = vars(dcachefs.dCacheFileSystem)
    theirs = {name for name, value in base.items() if getattr(DCacheFileSystem, name, None) is value}
    operations = {name for name in theirs if inspect.isfunction(base[name]) or isinstance(base[name], property)}
    assert operations <= kept


def test_arguments_of_dcachefs_are_understood(double: Double) -> None:
    double.settings.tokens = {"a-token"}
    ways: list[dict[str, Any]] = [
        {"token": "a-token"},
        {"client_kwargs": {"headers": {"Authorization": "Bearer a-token"}}},
        {"request_kwargs": {"headers": {"authorization": "bearer a-token"}}, "block_size": 0, "encoded": False},
    ]
    for options in ways:
        fs = DCacheFileSystem(double.rest, double.door, skip_instance_cache=True, **options)
        assert fs.ls("/", detail=False) == ["/store"]
        assert "a-token" not in repr(fs) + fs.to_json(include_password=False) + str(vars(fs.client))
        fs.close()


@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated")
def test_basic_authentication_of_dcachefs_is_understood(double: Double) -> None:
    ways: list[dict[str, Any]] = [
        {"username": "u", "password": "p"}, {"client_kwargs": {"auth": aiohttp.BasicAuth("u", "p")}},
        {"user": "u", "password": "p"},
    ]  # fmt: skip
    for options in ways:
        fs = DCacheFileSystem(double.rest, double.door, retry=QUICK, skip_instance_cache=True, **options)
        fs.ls("/store")
        assert {each.headers.get("Authorization") for each in double.log()} == {"Basic dTpw"}
        fs.close()


@pytest.mark.parametrize("options", [
    {"client_kwargs": {"connector": None}}, {"request_kwargs": {"ssl": False}}, {"username": "u"},
    {"token": "t", "username": "u", "password": "p"}, {"client_kwargs": {"headers": {"X-Other": "1"}}},
    {"client_kwargs": {"headers": {"Authorization": "Basic dTpw"}}},
])  # fmt: skip
def test_arguments_that_would_be_ignored_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"cannot be set|give|no bearer token"):
        DCacheFileSystem(None, "https://door.example.org:2880", **options)


def test_a_missing_door_is_told_at_the_first_use(tmp_path: Path) -> None:
    """As in dcachefs, whose own tests make file systems without one."""
    fs = DCacheFileSystem(token="t", skip_instance_cache=True)
    for use in (
        lambda: fs.get("/store/file", str(tmp_path / "file")), lambda: fs.pipe_file("/store/file", b""),
        lambda: fs.open("/store/file"), lambda: fs.unstrip_protocol("/store"), lambda: fs.names_in(["/store"]),
    ):  # fmt: skip
        with pytest.raises(ValueError, match="WebDAV door"):
            use()
    assert isinstance(fsspec.filesystem("dcache"), DCacheFileSystem)


def test_the_frontend_adds_details(fs: DCacheFileSystem, double: Double) -> None:
    double.write("/store/file", b"content", "ONLINE_AND_NEARLINE")
    node = double.nodes()["/store/file"]
    for there in (fs.info("/store/file", qos=True), fs.ls("/store")[0] | {"qos": "disk+tape"}):
        assert there | {"mtime": 0, "created": 0, "modified": 0} == {
            "name": "/store/file", "size": 7, "type": "file", "mtime": 0, "etag": None, "modified": 0, "created": 0,
            "checksums": {"adler32": "0bcb02fc"}, "locality": "ONLINE_AND_NEARLINE", "pnfsid": node.id,
            "qos": "disk+tape",
        }  # fmt: skip
    assert abs(fs.created("/store/file") - datetime.fromtimestamp(node.modified, UTC)).total_seconds() < 1
    assert abs(fs.modified("/store/file") - datetime.fromtimestamp(node.modified, UTC)).total_seconds() < 1
    assert fs.info("/store")["type"] == "directory" and fs.ls("/store/file")[0]["size"] == 7


def test_without_the_frontend_the_door_is_enough(door_only: DCacheFileSystem, double: Double) -> None:
    double.write("/store/file", b"content", "NEARLINE")
    assert door_only.info("/store/file")["locality"] == "NEARLINE"
    assert door_only.ls("/store", detail=False) == ["/store/file"]
    assert {each.where for each in double.log()} == {"door"}
    with pytest.raises(ValueError, match="api_url"):
        door_only.created("/store/file")


def test_folders_are_made_and_moved_and_removed(fs: DCacheFileSystem, double: Double) -> None:
    fs.mkdir("/store/a/b")
    assert fs.isdir("/store/a/b")
    with pytest.raises(FileExistsError):
        fs.mkdir("/store/a/b")
    fs.mv("/store/a", "/store/c")
    fs.rmdir("/store/c/b")
    fs.rm("/store/c", recursive=True)
    assert list(double.nodes()) == ["/", "/store"]


@pytest.mark.parametrize(
    "name", ["a b", "x#y", "q?z", "100%", "a%20b", "ünï文", "p+q", "a&b=c", "n" * 255, "semi;colon", "..x", "%zz"]
)
def test_names_stand_for_themselves(fs: DCacheFileSystem, double: Double, name: str) -> None:
    path = f"/store/{name}"
    fs.pipe_file(path, b"content")
    assert double.data == {path: b"content"}
    assert fs.ls("/store", detail=False) == [path] and fs.info(path)["size"] == 7 and fs.exists(path)
    assert fs.cat_file(path) == b"content"
    fs.rm_file(path)
    assert double.data == {}


@pytest.mark.parametrize("block_size", [None, 0, 1, 100])
def test_all_that_is_written_is_kept(double: Double, block_size: int | None) -> None:
    fs = DCacheFileSystem(double.rest, double.door, block_size=block_size, skip_instance_cache=True)
    with fs.open("/store/file", "wb") as file:
        for piece in (b"a" * 60, b"b" * 60, b"c"):
            file.write(piece)
    with fs.open("/store/file") as file:
        assert file.read(70) + file.read() == b"a" * 60 + b"b" * 60 + b"c"
    with fs.open("/store/file", "r") as text:
        assert text.read() == "a" * 60 + "b" * 60 + "c"
    fs.close()


def test_no_session_is_left_open(double: Double) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ResourceWarning)
        for _ in range(3):
            fs = DCacheFileSystem(double.rest, double.door, skip_instance_cache=True)
            fs.ls("/store")
            del fs
            gc.collect()
    assert not [each for each in caught if "nclosed" in str(each.message)]
    # A file system that was never used opens none; a long-lived one opens one, for door and frontend together.
    fs = DCacheFileSystem(double.rest, double.door, skip_instance_cache=True)
    assert fs.client.sessions._sessions == {} and fs._session is None
    fs.ls("/store")
    assert len(fs.client.sessions._sessions) == 1 and fs.frontend is not None
    assert fs.frontend.sessions is fs.client.sessions
    fs.close()
    assert fs.client.sessions._sessions == {}


def test_a_url_is_a_path_and_changes_no_door(fs: DCacheFileSystem, double: Double) -> None:
    double.write("/store/file", b"content")
    with fs.open(f"{double.door}/store/file") as file:
        assert file.read() == b"content"
    with fs.open("dcache:///store/file") as file:
        assert file.read() == b"content"
    assert fs.webdav_url == double.door


NAMES = st.text(st.characters(exclude_characters="/\0", exclude_categories=("Cs",)), min_size=1)


@given(st.lists(NAMES.filter(lambda name: "://" not in name), min_size=1, max_size=4), st.integers(1, 65535))
def test_every_path_stands_in_a_url(parts: list[str], port: int) -> None:
    path = "/" + "/".join(parts)
    assert split_url(f"{SCHEME}door.example.org:{port}{path}") == (f"door.example.org:{port}", path)
    assert DCacheFileSystem._strip_protocol(f"{SCHEME}[::1]:{port}{path}") == path
    assert DCacheFileSystem._strip_protocol(f"{SCHEME}{path}") == path


def test_options_that_stand_in_a_url() -> None:
    assert options_of("dcache://pnfs/example.org/file") == {}
    assert options_of("dcache:///pnfs/file") == {} and options_of("/pnfs/file") == {}
    assert options_of("dcache://me:p%40ss@door:2880/file") == {
        "webdav_url": "https://door:2880", "username": "me", "password": "p@ss",
    }  # fmt: skip
    assert options_of("https://door/file") == {"webdav_url": "https://door"}
    assert DCacheFileSystem._strip_protocol("dcache://pnfs/example.org/file") == "/pnfs/example.org/file"


def test_a_root_behind_the_door_is_the_frontends_as_well(double: Double) -> None:
    double.write("/store/deep/file", b"content")
    fs = DCacheFileSystem(double.rest, f"{double.door}/store/deep", retry=QUICK, skip_instance_cache=True)
    assert fs.ls("/", detail=False) == ["/file"] and fs.info("/file")["pnfsid"] and fs.cat_file("/file") == b"content"
    assert fs.unstrip_protocol("/file") == f"{double.url}/store/deep/file"
    fs.close()


def test_listings_are_kept_where_that_is_wanted(double: Double) -> None:
    double.write("/store/file", b"content", "NEARLINE")
    fs = DCacheFileSystem(double.rest, double.door, use_listings_cache=True, skip_instance_cache=True)
    for _ in range(3):
        assert fs.ls("/store")[0]["locality"] == fs.info("/store/file")["locality"] == "NEARLINE"
    assert double.count("GET", "rest") == 2
    double.write("/store/file", b"content")
    assert fs.cat_file("/store/file", 0, 3) == b"con" and fs.info("/store/file", refresh=True)["locality"] == "ONLINE"
    fs.pipe_file("/store/other", b"")
    assert fs.ls("/store", detail=False) == ["/store/file", "/store/other"]
    fs.close()


@pytest.mark.parametrize("by_operation", [False, True])
def test_another_door_is_asked_where_one_is_down(double: Double, by_operation: bool) -> None:
    double.write("/store/file", b"content")
    other = "dcache://127.0.0.1:9/"
    assert door_urls([other]) == ["https://127.0.0.1:9/"] and door_urls({"read": [other]}) == {
        "read": ["https://127.0.0.1:9/"]
    }
    doors = {name: ["http://127.0.0.1:9", double.door] for name in ("read", "list")} if by_operation else [double.door]
    first = double.door if by_operation else "http://127.0.0.1:9"
    fs = DCacheFileSystem(webdav_url=first, doors=doors, retry=QUICK, skip_instance_cache=True)
    assert fs.cat_file("/store/file") == b"content"
    fs.close()


def test_a_store_of_webdav_is_one_of_dcache(double: Double) -> None:
    fs = WebDavFileSystem(double.url, retry=QUICK, skip_instance_cache=True)
    fs.pipe_file("/store/file", b"content")
    assert fs.cat_file("/store/file") == b"content"
    fs.close()


def test_a_wrong_frontend_is_never_missing(double: Double) -> None:
    double.write("/store/file", b"content")
    fs = DCacheFileSystem(double.door + "/store", double.door, retry=QUICK, skip_instance_cache=True)
    assert fs.info("/store/file")["size"] == 7
    with pytest.raises(FileNotFoundError):
        fs.info("/store/other")
    double.faults(Fault("GET", empty=True, path="namespace", times=100))
    with pytest.raises(NoAnswer, match="something else than JSON"):
        fs.info("/store/file")
    fs.close()


WITHOUT_DCACHEFS = """
import sys
sys.modules["dcachefs"] = None  # who imports it gets an ImportError
from griddav.dcache import DCacheFileSystem
fs = DCacheFileSystem(*sys.argv[1:3], skip_instance_cache=True)
fs.pipe_file("/store/file", b"content")
with fs.open("/store/file") as file:
    print(file.read(), fs.info("/store/file")["locality"], fs.api_url, fs.webdav_url)
"""


def test_it_works_where_dcachefs_is_not_installed(double: Double) -> None:
    asked = [sys.executable, "-c", WITHOUT_DCACHEFS, double.rest, double.door]
    found = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=False)
    assert found.stdout == f"b'content' ONLINE {double.rest} {double.door}\n", found.stderr
