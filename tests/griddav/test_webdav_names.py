"""Names: every one that a file system allows goes to the server and back unchanged."""

from __future__ import annotations

import fsspec
import pytest
from awkward_names import AWKWARD
from hypothesis import example, given
from hypothesis import strategies as st
from webdav_server import Server

from griddav import WebDavFileSystem
from griddav.errors import BadPath
from griddav.http.names import absolute, origin_of, parent, path_of, path_of_href, quoted

LETTERS = st.characters(blacklist_characters="/\0", blacklist_categories=("Cs",))
NAMES = st.text(LETTERS, min_size=1, max_size=40).filter(lambda name: name not in (".", ".."))
PATHS = st.lists(NAMES, max_size=4).map(lambda names: "/" + "/".join(names))


@given(PATHS)
@example("/a%20b")
@example("/%")
def test_a_path_goes_there_and_back(path: str) -> None:
    assert path_of_href(quoted(path)) == path
    assert path_of_href(f"https://host:443{quoted(path)}/") == path
    assert quoted(path).isascii() and not set(quoted(path)) & set(' #?+\n"<>')


@given(PATHS)
def test_a_path_of_a_server_that_does_not_encode_is_taken_as_it_stands(path: str) -> None:
    assert path_of_href(path, encoded=False) == path


@pytest.mark.parametrize("href", ["/a b", "/100%", "/ü", "/x#y"])
def test_an_href_that_cannot_be_encoded_is_taken_as_it_stands(href: str) -> None:
    assert path_of_href(href) == href


def test_bytes_that_are_no_unicode_are_kept() -> None:
    path = b"/caf\xe9".decode(errors="surrogateescape")
    assert quoted(path) == "/caf%E9"
    assert path_of_href("/caf%E9") == path


@given(PATHS)
def test_a_url_holds_the_path_as_it_stands(path: str) -> None:
    assert path_of(f"davs://host:8443{path}") == path
    assert WebDavFileSystem._strip_protocol(f"dav://host{path}/") == path


@pytest.mark.parametrize(("path", "expected"), [("", "/"), ("/", "/"), ("a//b/", "/a/b"), ("/a", "/a")])
def test_paths_are_absolute(path: str, expected: str) -> None:
    assert absolute(path) == expected


def test_the_parent_of_the_root_is_the_root() -> None:
    assert [parent(path) for path in ("/a/b", "/a", "/")] == ["/a", "/", "/"]


@pytest.mark.parametrize(("url", "origin"), [
    ("davs://host", "https://host"), ("dav://host:80", "http://host:80"), ("davs://u:secret@[::1]:1/x", "https://[::1]:1"),
])  # fmt: skip
def test_the_origin_holds_no_password(url: str, origin: str) -> None:
    assert origin_of(url) == origin


@pytest.mark.parametrize("url", ["ftp://user:secret@host", "davs:///path", "path"])
def test_another_url_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ValueError, match="not the URL") as raised:
        origin_of(url)
    assert "secret" not in str(raised.value)


def test_awkward_names_are_written_listed_read_and_removed(fs: WebDavFileSystem, server: Server) -> None:
    folder = "/store/a b#c?d%20e"
    for name in AWKWARD:
        fs.pipe_file(f"{folder}/{name}", name.encode())
    assert sorted(fs.ls(folder, detail=False)) == sorted(f"{folder}/{name}" for name in AWKWARD)
    assert {name: server.nodes[f"{folder}/{name}"] for name in AWKWARD} == {name: name.encode() for name in AWKWARD}
    for name in AWKWARD:
        assert fs.cat_file(f"{folder}/{name}") == name.encode()
        fs.rm_file(f"{folder}/{name}")
    assert fs.ls(folder) == []


@pytest.mark.parametrize("path", ["a/../b", "..", "/../b", "a/..", "davs://host/a/../b"])
def test_a_path_that_leads_up_is_refused_before_anything_is_asked(
    fs: WebDavFileSystem, server: Server, path: str
) -> None:  # fmt: skip
    for ask in (fs.info, fs.exists, fs.ls, fs.mkdir, fs.rm, fs.cat_file, lambda at: fs.pipe_file(at, b"x")):
        with pytest.raises(BadPath, match=r"without '\.\.'"):
            ask(path)
    with pytest.raises(BadPath):
        fs.mv("/x", path)
    assert not server.seen


def test_a_dot_is_the_folder_itself() -> None:
    assert [path_of(path) for path in ("./a/./b", ".", "a/.", "davs://host/./a", "/a/.b/..c")] == [
        "/a/b", "/", "/a", "/a", "/a/.b/..c",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("options", "said"),
    [({}, "give the server: base_url='davs://host:port'"), ({"host": "x"}, "the server is given as base_url=")],
)
@pytest.mark.parametrize("scheme", ["dav", "davs"])
def test_a_file_system_without_a_server_says_what_to_give(scheme: str, options: dict[str, str], said: str) -> None:
    with pytest.raises(TypeError, match=said):
        fsspec.filesystem(scheme, **options)
