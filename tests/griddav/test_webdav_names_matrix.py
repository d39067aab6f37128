"""Awkward names on every server: written, listed, read, moved and removed as they are, or refused with a reason."""

from __future__ import annotations

import unicodedata
import uuid
from pathlib import Path
from typing import Any

import pytest
from awkward_names import AWKWARD, combined
from fsspec.asyn import sync

from griddav import WebDavFileSystem
from griddav.errors import Refused

NAMES = [
    *AWKWARD, *(unicodedata.normalize(form, "é Å 각") for form in ("NFC", "NFD")), ".hidden", "...", "-rf", "~",
    "$HOME", "a;b?c", "a%2Fb", "%00", "{x}", "a|b", "^`", "😀", "\u200b", "ｆｕｌｌ", "file.root?authz=x",
    "x" * 251 + ".txt",
]  # fmt: skip
SERVERS = ["apache", "xrootd", "nginx", "rclone", "double"]


def unlike(server: str, name: str) -> str | None:
    """What a server does to a name in place of keeping it."""
    if server == "xrootd" and ("?" in name or not name.isprintable()):
        return "ends there"  # XRootD 5.5.3, however it is encoded; we refuse such names
    if server == "xrootd" and len(name.encode()) > 254:
        return "cut"  # XRootD 5.5.3: the file is right, and its name in a listing lacks the end; we refuse it
    if server == "nginx" and name.startswith("."):
        return "hidden"  # nginx's dav-ext leaves it out of listings
    return None


@pytest.fixture(scope="module")
def folder() -> str:
    return f"/store/{uuid.uuid4().hex}"


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest) -> tuple[str, WebDavFileSystem]:
    """Which server, and its file system."""
    found: Any = request.getfixturevalue(request.param)
    ca = getattr(found, "ca", None)
    return request.param, WebDavFileSystem(found.url, ca=ca and str(ca))


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_name_goes_there_and_back(server: tuple[str, WebDavFileSystem], folder: str, name: str) -> None:
    kind, fs = server
    path, other, difference = f"{folder}/{name}", f"{folder}/moved", unlike(kind, name)
    if difference in ("ends there", "cut"):
        with pytest.raises(Refused, match="use another name"):
            fs.pipe_file(path, b"content")
        assert not fs.exists(folder) or fs.ls(folder) == []
        return
    fs.pipe_file(path, b"content")
    assert fs.cat_file(path) == b"content" and fs.info(path)["name"] == path
    assert fs.ls(folder, detail=False) == ([] if difference == "hidden" else [path])
    sync(fs.loop, fs._mv_file, path, other)  # `mv` would take "[1]" for a pattern
    assert fs.ls(folder, detail=False) == [other] and not fs.exists(path)
    sync(fs.loop, fs._mv_file, other, path)
    fs.rm_file(path)
    assert fs.ls(folder) == [] and not fs.exists(path)


@pytest.mark.parametrize(
    "name", [name for name in NAMES if all(unlike(kind, name) is None for kind in SERVERS)], ids=ascii
)
def test_a_folder_s_name_is_as_free_as_a_file_s(server: tuple[str, WebDavFileSystem], folder: str, name: str) -> None:
    _, fs = server
    path = f"{folder}/{name}"
    fs.pipe_file(f"{path}/file", b"content")
    assert fs.ls(folder, detail=False) == [path] and fs.ls(path, detail=False) == [f"{path}/file"]
    fs.rm(folder, recursive=True)
    assert not fs.exists(folder)


def test_two_names_that_look_alike_are_two(server: tuple[str, WebDavFileSystem], folder: str) -> None:
    _, fs = server
    names = [f"{folder}/{unicodedata.normalize(form, 'é')}" for form in ("NFC", "NFD")]
    for number, path in enumerate(names):
        fs.pipe_file(path, bytes([number]))
    assert [fs.cat_file(path) for path in names] == [b"\0", b"\1"] and fs.ls(folder, detail=False) == sorted(names)
    fs.rm(folder, recursive=True)


def test_awkward_letters_meet_in_one_name(server: tuple[str, WebDavFileSystem], folder: str, tmp_path: Path) -> None:
    """Some servers encode an href in part: a blank as %20, a bracket not at all."""
    kind, fs = server
    names = [name for name in combined() if unlike(kind, name) is None]
    files = {f"{folder} [in]/{name}": name.encode() for name in names}
    fs.pipe(files)
    assert fs.names_in([f"{folder} [in]"]) == {f"{folder} [in]": set(names)}
    assert sorted(fs.ls(f"{folder} [in]", detail=False)) == sorted(files) == fs.find(f"{folder} [in]")
    assert {path: each["size"] for path, each in fs.find(folder + " [in]", detail=True).items()} == {
        path: len(data) for path, data in files.items()
    }
    assert fs.cat(list(files)) == files
    for path, data in list(files.items())[::12]:
        assert fs.isfile(path) and fs.info(path)["name"] == path
        fs.get_file(path, str(tmp_path / "here"))
        assert (tmp_path / "here").read_bytes() == data
        fs.cp_file(path, f"{path} copy")
        fs.mv(f"{path} copy", f"{path} moved")
        assert fs.cat_file(f"{path} moved") == data
        fs.rm(f"{path} moved")
    assert fs.find(f"{folder} [in]") == sorted(files)
    fs.rm(f"{folder} [in]", recursive=True)
    assert not fs.exists(f"{folder} [in]")


def test_a_name_that_is_there_is_no_pattern(
    server: tuple[str, WebDavFileSystem], folder: str, tmp_path: Path
) -> None:  # fmt: skip
    """`[1]` would be a pattern for `1`: nothing is read, moved or removed that was not named."""
    _, fs = server
    for recursive in (False, True):
        fs.pipe({f"{folder}/run [1].root": b"with", f"{folder}/run 1.root": b"without"})
        assert fs.cat(f"{folder}/run [1].root") == b"with"
        fs.cp(f"{folder}/run [1].root", f"{folder}/copy")
        fs.get(f"{folder}/run [1].root", str(tmp_path / "here" / "one"))
        assert fs.cat_file(f"{folder}/copy") == (tmp_path / "here" / "one").read_bytes() == b"with"
        fs.rm(f"{folder}/copy")
        fs.mv(f"{folder}/run [1].root", f"{folder}/run [2].root")
        assert fs.ls(folder, detail=False) == [f"{folder}/run 1.root", f"{folder}/run [2].root"]
        fs.rm(f"{folder}/run [2].root", recursive=recursive)
        with pytest.raises(FileNotFoundError):
            fs.rm(f"{folder}/run [1].root", recursive=recursive)
        assert fs.ls(folder, detail=False) == [f"{folder}/run 1.root"]
    fs.rm(f"{folder}/run *.root")
    assert fs.ls(folder) == []
    fs.rm(folder, recursive=True)
