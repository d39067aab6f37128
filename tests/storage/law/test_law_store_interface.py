"""Operations on a store as law calls them: three answers each, from the first server that gives one."""

from __future__ import annotations

import errno
import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from webdav_server import Fault, Server, running

from caselaw.errors import ConfigError, StoreError, StoreRefused, StoreUnavailable
from caselaw.storage.law import StoreFileInterface, StoreFileSystem, StoreFileTarget
from caselaw.storage.law.doors import LawDoor
from caselaw.storage.law.settings import LawSettings, read_settings


@pytest.fixture
def second() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture
def nobody() -> Iterator[str]:
    """The URL of a server that does not answer."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"dav://127.0.0.1:{taken.getsockname()[1]}"


def interface_of(section, **options) -> StoreFileInterface:
    return StoreFileInterface(read_settings(section(attempts=1, **options)))


def test_what_is_there_is_told(any_store: StoreFileSystem, tmp_path: Path):
    (tmp_path / "a").write_text("abc")
    files = any_store.file_interface
    assert files.filecopy(f"file://{tmp_path}/a", "/deep/a") == (f"file://{tmp_path}/a", files.uri("/deep/a"))
    assert files.exists("/deep/a") and files.exists("/deep")
    assert not files.exists("/deep/b") and files.exists("/b", stat=True) is None
    state = files.stat("/deep/a")
    assert (state.st_size, stat.S_ISREG(state.st_mode)) == (3, True)
    assert files.exists("/deep/a", stat=True) == state
    assert files.isfile("/deep/a") and not files.isfile("/deep") and not files.isfile("/b")
    assert files.isdir("/deep") and not files.isdir("/deep/a") and not files.isdir("/b")
    assert files.isfile("/anything", stat=state) and not files.isdir("/anything", stat=state)
    assert files.chmod("/deep/a", 0o600) and files.chmod("/b", 0o600)
    with pytest.raises(FileNotFoundError):
        files.stat("/b")


def test_what_lies_below_a_file_is_missing(folder_store: StoreFileSystem, tmp_path: Path):
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "a").touch()
    assert not folder_store.exists("/a/b")


def test_folders_are_made_once(any_store: StoreFileSystem):
    files = any_store.file_interface
    assert files.mkdir_rec("/a/b", 0o770)
    assert not files.mkdir_rec("/a/b", 0o770)
    assert files.mkdir("/a/c", 0o770)
    assert not files.mkdir("/a/c", 0o770)
    for make in (files.mkdir, files.mkdir_rec):
        with pytest.raises(FileExistsError):
            make("/a/c", 0o770, silent=False)
    with pytest.raises(FileNotFoundError):
        files.mkdir("/x/y", 0o770)
    assert sorted(files.listdir("/a")) == ["b", "c"]


def test_a_file_is_no_folder(any_store: StoreFileSystem, tmp_path: Path):
    (tmp_path / "a").touch()
    files = any_store.file_interface
    files.filecopy(f"file://{tmp_path}/a", "/a")
    with pytest.raises(FileExistsError):
        files.mkdir_rec("/a", 0o770)
    with pytest.raises(NotADirectoryError):
        files.listdir("/a")
    with pytest.raises(FileNotFoundError):
        files.listdir("/b")


def test_removing_tells_whether_there_was_something(any_store: StoreFileSystem, tmp_path: Path):
    (tmp_path / "a").touch()
    files = any_store.file_interface
    for name in ("/a", "/b/c", "/d/e/f"):
        files.filecopy(f"file://{tmp_path}/a", name)
    assert files.unlink("/a") and not files.unlink("/a")
    for remove in (files.unlink, files.rmdir, files.remove):
        with pytest.raises(FileNotFoundError):
            remove("/a", silent=False)
    with pytest.raises(IsADirectoryError):
        files.unlink("/b")
    with pytest.raises(OSError, match="not empty") as caught:
        files.rmdir("/b")
    assert caught.value.errno == errno.ENOTEMPTY
    assert files.unlink("/b/c") and files.rmdir("/b") and not files.rmdir("/b")
    assert files.rmdir("/d/e", recursive=True) and files.remove("/d") and not files.remove("/d")
    assert files.listdir("/") == []


@pytest.mark.parametrize("path", ["/", "", "/.", "/..", "/a/..", "../.."])
def test_the_base_is_never_removed(any_store: StoreFileSystem, path):
    any_store.file_interface.mkdir_rec("/a", 0o770)
    for remove in (any_store.file_interface.remove, any_store.file_interface.unlink, any_store.file_interface.rmdir):
        with pytest.raises(ValueError, match="never removed"):
            remove(path)
    assert any_store.exists("/a")


@pytest.mark.parametrize("path", ["../secret", "/../secret", "/a/../../secret"])
def test_no_path_leads_out_of_the_base(folder_store: StoreFileSystem, tmp_path: Path, path):
    (tmp_path / "secret").touch()
    (tmp_path / "store").mkdir()
    assert not folder_store.file_interface.exists(path)
    assert folder_store.file_interface.uri(path) == f"file://{tmp_path}/store/secret"


def test_a_url_of_another_place_is_refused(store: StoreFileSystem):
    with pytest.raises(ConfigError, match="copy between stores with their targets"):
        store.copy("/a", "davs://elsewhere.example.org/a")


def test_urls_of_the_store_are_paths(any_store: StoreFileSystem):
    url = f"{any_store.base[0]}/deep/a.txt"
    target = StoreFileTarget(url, any_store)
    assert (target.path, target.uri()) == ("/deep/a.txt", url)
    target.dump("x")
    assert any_store.exists(url) and any_store.stat(url).st_size == 1 and any_store.isfile(url)
    any_store.copy(url, f"{any_store.base[0]}/b.txt")
    assert sorted(any_store.listdir(any_store.base[0])) == ["b.txt", "deep"]
    any_store.remove(url)
    assert not target.exists()
    with pytest.raises(ConfigError, match="this URL is not in the store"):
        StoreFileTarget("davs://elsewhere.example.org/a.txt", any_store)


def test_options_that_do_not_fit_are_named(section):
    files = StoreFileInterface(read_settings(section(base="dav://a/b", option_base_url="c")))
    with pytest.raises(ConfigError, match=r"\[store_0\] in law.cfg: the options do not fit: .*base_url"):
        files.exists("/a")


def test_a_file_that_is_not_on_this_machine_is_missing(any_store: StoreFileSystem, tmp_path: Path):
    with pytest.raises(FileNotFoundError, match=str(tmp_path / "nothing")):
        any_store.file_interface.filecopy(f"file://{tmp_path}/nothing", "/a")


@pytest.mark.parametrize("status", [401, 403, 423, 500, 503])
def test_no_failure_is_an_answer(section, server: Server, tmp_path: Path, status):
    (tmp_path / "a").touch()
    files = interface_of(section, base=f"{server.url()}/store")
    server.faults += [Fault(method, status=status, times=100) for method in ("PROPFIND", "MKCOL", "DELETE", "PUT")]
    for question in (
        files.exists, files.stat, files.isdir, files.isfile, files.listdir, files.unlink, files.rmdir, files.remove,
        lambda path: files.exists(path, stat=True), lambda path: files.mkdir(path, None),
        lambda path: files.mkdir_rec(path, None), lambda path: files.filecopy(path, "/b"),
        lambda path: files.filecopy(path, f"file://{tmp_path}/b"), lambda path: files.rename(path, "/b"),
        lambda path: files.filecopy(f"file://{tmp_path}/a", path),
    ):  # fmt: skip
        with pytest.raises(StoreError, match=str(status)):
            question("/a")
    assert not (tmp_path / "b").exists()


@pytest.mark.parametrize(
    "failure", [PermissionError(errno.EACCES, "Permission denied"), TimeoutError(), RuntimeError("internal")]
)
def test_a_failure_of_any_file_system_is_no_answer(section, tmp_path: Path, monkeypatch, failure):
    files = StoreFileInterface(read_settings(section(base=f"file://{tmp_path}")))

    def broken(*_: object, **__: object) -> None:
        raise failure

    for name in ("info", "ls"):
        monkeypatch.setattr(type(fsspec.filesystem("file")), name, broken)
    for question in (files.exists, files.stat, files.isdir, files.listdir, files.remove):
        with pytest.raises(StoreUnavailable, match="it failed"):
            question("/a")


def test_a_server_that_is_down_is_no_answer(section, nobody):
    with pytest.raises(StoreUnavailable, match="no connection"):
        interface_of(section, base=nobody).exists("/a")


def test_another_server_answers(section, server: Server, nobody):
    files = interface_of(section, base=f"{nobody}/store, {server.url()}/store")
    assert files.mkdir_rec("/a", None)
    assert files.listdir("/") == ["a"]
    assert files.uri("/a") == f"{nobody}/store/a"


def test_a_server_that_did_not_answer_is_asked_last(section, server: Server, second: Server):
    files = interface_of(section, base=f"{server.url()}/store, {second.url()}/store")
    server.faults.append(Fault("PROPFIND", status=503))
    assert not files.exists("/a")
    assert (server.count("PROPFIND"), second.count("PROPFIND")) == (1, 1)
    assert not files.exists("/a")
    assert (server.count("PROPFIND"), second.count("PROPFIND")) == (1, 2)


def test_missing_is_an_answer_and_nobody_else_is_asked(section, server: Server, second: Server):
    files = interface_of(section, base=f"{server.url()}/store, {second.url()}/store")
    assert not files.exists("/a")
    assert second.count("PROPFIND") == 0


def test_when_no_server_answers_the_error_names_all(section, server: Server, nobody):
    server.faults.append(Fault("PROPFIND", status=503, times=9))
    files = interface_of(section, base=f"{nobody}/store, {server.url()}/store")
    with pytest.raises(StoreUnavailable, match=r"none of 2 servers answered: .*no connection.*503"):
        files.exists("/a")


def test_what_one_server_removed_before_it_fell_silent_is_removed(section, server: Server):
    server.nodes["/store/a"] = b"x"
    server.faults.append(Fault("DELETE", late=True))
    files = interface_of(section, base=f"{server.url()}/store, {server.url().replace('127.0.0.1', 'localhost')}/store")
    assert files.unlink("/a", silent=False)


def test_operations_have_servers_of_their_own(section, server: Server, second: Server, nobody):
    files = interface_of(section, base=f"{nobody}/store", base_stat=f"{server.url()}/store",
                         base_listdir=f"{second.url()}/store", base_mkdir=f"{second.url()}/store")  # fmt: skip
    second.nodes["/store/a"] = None
    assert not files.exists("/a")
    assert files.listdir("/") == ["a"]
    assert files.mkdir_rec("/b", None)
    assert "/store/b" in second.nodes
    assert files.exists("/a", base=f"{second.url()}/store")


def test_a_question_is_repeated_as_often_as_law_says(section, server: Server):
    files = interface_of(section, base=f"{server.url()}/store", retries=2)
    server.faults.append(Fault("PROPFIND", status=503, times=2))
    assert not files.exists("/a")
    server.faults.append(Fault("PROPFIND", status=503, times=9))
    asked = server.count("PROPFIND")
    with pytest.raises(StoreUnavailable):
        files.exists("/a", retries=0)
    assert server.count("PROPFIND") == asked + 1
    with pytest.raises(StoreUnavailable):
        files.exists("/a", retries=1, retry_delay=0)
    assert server.count("PROPFIND") == asked + 3


def test_secrets_of_the_section_are_in_no_error(section, server: Server):
    server.token = "other"
    files = interface_of(section, base=f"{server.url()}/store", token="SeCrEt123")
    with pytest.raises(StoreRefused) as caught:
        files.exists("/a")
    shown = [str(caught.value), repr(caught.value), repr(files), repr(files.doors), repr(files.settings)]
    assert not [text for text in shown if "SeCrEt123" in text]


def test_a_forked_process_has_connections_of_its_own(any_store: StoreFileSystem):
    any_store.file_interface.mkdir_rec("/a", None)
    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if any_store.exists("/a") and not any_store.exists("/b") else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert any_store.exists("/a")


@given(st.lists(st.sampled_from(["..", ".", "", "a", "b c", "%2e%2e", "..."]), max_size=8), st.booleans())
def test_every_path_lies_in_the_base(parts, absolute):
    files = StoreFileInterface(LawSettings("any", ("file:///data/me",), {}, {}, {}, {}))
    path = files.sanitize_path("/" * absolute + "/".join(parts))
    assert path.startswith("/") and ".." not in path.split("/")
    assert files.sanitize_path(path) == path
    full = LawDoor("file:///data/me", None, "/data/me").path(path)
    assert os.path.normpath(full) == full and f"{full}/".startswith("/data/me/")
    assert files.uri(path) == f"file://{full}"


@given(st.text(min_size=1).filter(lambda name: "/" not in name and name not in (".", "..")))
def test_every_name_stands_for_itself(name):
    files = StoreFileInterface(LawSettings("any", ("davs://a/me",), {}, {}, {}, {}))
    assert files.sanitize_path(f"deep/{name}") == f"/deep/{name}"
    assert LawDoor("davs://a/me", None, "/me").path(f"/deep/{name}") == f"/me/deep/{name}"
