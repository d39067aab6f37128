"""Copies between real servers: by themselves where they can, through this machine where not, always whole."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
import tempfile
import time
import tracemalloc
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import xrootd as xrootd_server
from apache import Apache
from awkward_names import AWKWARD
from macaroons import created
from service import open_folder
from xrootd import SITE, XRootD

from griddav import WebDavFileSystem
from griddav.auth.tokens import BearerToken
from griddav.copying.between import copy_between
from griddav.copying.thirdparty import own_token
from griddav.errors import NotAllowed
from griddav.http.request import Client
from griddav.writing.unfinished import TEMPORARY

CONTENT = bytes(range(256)) * 20_000


@pytest.fixture(scope="module")
def near(apache: Apache, xrootd: XRootD) -> Iterator[XRootD]:
    """An XRootD that trusts the servers of apache's CA: `far`, and apache itself."""
    with open_folder() as folder, xrootd_server.running(folder, authority=apache.authority) as server:
        yield server


@pytest.fixture(scope="module")
def far(apache: Apache, xrootd: XRootD) -> Iterator[XRootD]:
    with open_folder() as folder, xrootd_server.running(folder, authority=apache.authority) as server:
        yield server


@pytest.fixture(scope="module")
def guarded(apache: Apache, xrootd: XRootD) -> Iterator[list[XRootD]]:
    """Two that ask for macaroons and trust each other's certificates."""
    with (
        open_folder() as one,
        open_folder() as two,
        xrootd_server.running(one, "macaroons", authority=apache.authority) as first,
        xrootd_server.running(two, "macaroons", authority=apache.authority) as second,
    ):
        yield [first, second]


def opened(server: Apache | XRootD, **options: object) -> WebDavFileSystem:
    return WebDavFileSystem(server.url, ca=str(server.ca), **options)


def new_name() -> str:
    return f"/store/{uuid.uuid4().hex}"


def left_over(server: Apache | XRootD) -> list[Path]:
    """Temporary names that are still there, beside the files of these tests and below them."""
    store = server.data / "store"
    own = [path for path in store.iterdir() if re.fullmatch("[0-9a-f]{32}", path.name) and path.is_dir()]
    return [*store.glob(".upload-*"), *(each for folder in own for each in folder.rglob(".upload-*"))]


def test_a_server_fetches_a_file_from_another(near: XRootD, far: XRootD) -> None:
    name, progress = new_name(), []
    opened(near).pipe_file(name, CONTENT)
    assert copy_between(opened(near), name, opened(far), f"{name}/deep/file", progress=progress.append) == "pull"
    assert (far.data / name[1:] / "deep" / "file").read_bytes() == CONTENT
    assert progress[-1] == len(CONTENT) and progress == sorted(progress)
    assert left_over(far) == []


def test_a_server_sends_a_file_to_one_that_cannot_fetch(near: XRootD, apache: Apache) -> None:
    name = new_name()
    opened(near).pipe_file(name, CONTENT)
    assert copy_between(opened(near), name, opened(apache), f"{name}/deep/file") == "push"
    assert (apache.data / name[1:] / "deep" / "file").read_bytes() == CONTENT
    assert left_over(apache) == []


def test_a_server_fetches_from_one_that_knows_nothing_of_it(near: XRootD, apache: Apache) -> None:
    name = new_name()
    opened(apache).pipe_file(name, CONTENT)
    assert copy_between(opened(apache), name, opened(near), name) == "pull"
    assert (near.data / name[1:]).read_bytes() == CONTENT


def test_servers_that_do_not_trust_each_other_are_helped(near: XRootD, xrootd: XRootD) -> None:
    """XRootD answers 201 to a copy that then fails, and leaves an empty file."""
    name, progress = new_name(), []
    opened(near).pipe_file(name, CONTENT)
    assert copy_between(opened(near), name, opened(xrootd), f"{name}/deep/file", progress=progress.append) == "stream"
    assert (xrootd.data / name[1:] / "deep" / "file").read_bytes() == CONTENT
    assert progress[-1] == len(CONTENT)
    assert left_over(xrootd) == []


def test_every_name_goes_over_in_each_way(near: XRootD, far: XRootD, apache: Apache) -> None:
    folder = new_name()
    source = opened(near)
    for name in AWKWARD:
        if "?" in name or not name.isprintable() or len(name.encode()) > 254:
            continue  # XRootD takes it for the end of a name, or lists a part of it
        source.pipe_file(f"{folder}/{name}", name.encode())
        assert copy_between(source, f"{folder}/{name}", opened(far), f"{folder}/{name}") == "pull"
        assert copy_between(source, f"{folder}/{name}", opened(apache), f"{folder}/{name}") == "push"
        for server in (far, apache):
            assert (server.data / folder[1:] / name).read_bytes() == name.encode()


@pytest.mark.parametrize("size", [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 9_000_000])
def test_a_file_of_any_size_is_copied(near: XRootD, far: XRootD, apache: Apache, xrootd: XRootD, size: int) -> None:
    name, content = new_name(), os.urandom(size)
    opened(near).pipe_file(name, content)
    ways = {copy_between(opened(near), name, opened(server), name) for server in (far, apache, xrootd)}
    assert ways == {"pull", "push", "stream"}
    assert {(server.data / name[1:]).read_bytes() for server in (far, apache, xrootd)} == {content}


def test_an_existing_file_is_replaced_only_where_that_is_wanted(near: XRootD, far: XRootD, apache: Apache) -> None:
    name = new_name()
    opened(near).pipe_file(name, b"new")
    for server in (far, apache):
        opened(server).pipe_file(name, b"old")
        with pytest.raises(FileExistsError):
            copy_between(opened(near), name, opened(server), name)
        assert (server.data / name[1:]).read_bytes() == b"old"
        copy_between(opened(near), name, opened(server), name, overwrite=True)
        assert (server.data / name[1:]).read_bytes() == b"new"


def test_what_is_missing_or_a_folder_is_said(near: XRootD, far: XRootD) -> None:
    with pytest.raises(FileNotFoundError):
        copy_between(opened(near), "/store/missing", opened(far), new_name())
    with pytest.raises(IsADirectoryError):
        copy_between(opened(near), "/store", opened(far), new_name())


def macaroon_of(server: XRootD, path: str, *activities: str) -> str:
    made = created(server.secret, SITE, uuid.uuid4().hex)
    return made.restricted(path=path, activities=activities, before=time.time() + 3600).serialized()


ALL = ("DOWNLOAD", "UPLOAD", "DELETE", "MANAGE", "LIST")


def test_servers_show_each_other_tokens_that_were_lent(guarded: list[XRootD], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    here, there = guarded
    full = [macaroon_of(server, "/store", *ALL) for server in guarded]
    source, target = opened(here, token=full[0]), opened(there, token=full[1])
    lent: list[tuple[str, str, tuple[str, ...]]] = []

    async def lend(client: Client, path: str, activities: tuple[str, ...]) -> str:
        lent.append((client.origin, path, activities))
        return macaroon_of(here, path, *activities)

    name = new_name()
    source.pipe_file(name, CONTENT)
    assert copy_between(source, name, target, name, lend=lend) == "pull"
    assert (there.data / name[1:]).read_bytes() == CONTENT
    assert lent == [(source.client.origin, name, ("DOWNLOAD",))]
    assert not any(token in caplog.text for token in full)


def test_the_full_token_is_given_away_only_where_that_is_wanted(guarded: list[XRootD]) -> None:
    here, there = guarded
    source = opened(here, token=macaroon_of(here, "/store", *ALL))
    target = opened(there, token=macaroon_of(there, "/store", *ALL))
    name = new_name()
    source.pipe_file(name, CONTENT)
    assert copy_between(source, name, target, name) == "stream"
    assert copy_between(source, name, target, name, overwrite=True, lend=own_token) == "pull"
    assert (there.data / name[1:]).read_bytes() == CONTENT


def test_a_lent_token_that_does_not_do_is_no_failure(guarded: list[XRootD]) -> None:
    here, there = guarded
    source = opened(here, token=macaroon_of(here, "/store", *ALL))
    target = opened(there, token=macaroon_of(there, "/store", *ALL))

    async def lend(client: Client, path: str, activities: tuple[str, ...]) -> str:
        return macaroon_of(here, "/store/elsewhere", "LIST")

    name = new_name()
    source.pipe_file(name, CONTENT)
    assert copy_between(source, name, target, name, lend=lend) == "stream"
    assert (there.data / name[1:]).read_bytes() == CONTENT
    assert left_over(there) == []


def test_who_may_not_write_is_told_so(guarded: list[XRootD]) -> None:
    here, there = guarded
    source = opened(here, token=macaroon_of(here, "/store", *ALL))
    target = opened(there, token=macaroon_of(there, "/store", "DOWNLOAD", "LIST"))
    assert isinstance(target.client.credentials, BearerToken)
    name = new_name()
    source.pipe_file(name, CONTENT)
    with pytest.raises(NotAllowed, match=r"40[13]") as raised:
        copy_between(source, name, target, name, lend=own_token)
    assert target.client.credentials.given not in str(raised.value)
    assert not (there.data / name[1:]).exists()


def test_a_copy_within_xrootd_does_not_pass_through_this_machine(
    near: XRootD, guarded: list[XRootD], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")  # where it would be kept meanwhile
    for server, token in ((near, None), (guarded[0], macaroon_of(guarded[0], "/store", *ALL))):
        fs, name = opened(server, token=token), new_name()
        fs.pipe_file(name, CONTENT)
        fs.cp_file(name, f"{name}.copy")
        assert (server.data / f"{name}.copy"[1:]).read_bytes() == CONTENT


def test_a_large_file_needs_little_memory_here(near: XRootD, xrootd: XRootD) -> None:
    name, size = new_name(), 200 << 20
    with (near.data / name[1:]).open("wb") as file:
        file.truncate(size)
    tracemalloc.start()
    try:
        assert copy_between(opened(near), name, opened(xrootd), name) == "stream"
        assert tracemalloc.get_traced_memory()[1] < 32 << 20
    finally:
        tracemalloc.stop()
    assert (xrootd.data / name[1:]).stat().st_size == size


def test_many_copies_in_both_directions_do_not_wait_for_each_other(near: XRootD, xrootd: XRootD) -> None:
    sides = [
        opened(near, connections=2, skip_instance_cache=True),
        opened(xrootd, connections=2, skip_instance_cache=True),
    ]
    name = new_name()
    for side in sides:
        side.pipe_file(f"{name}/0", CONTENT)

    def copy(number: int) -> str:
        source, target = sides[number % 2], sides[1 - number % 2]
        return copy_between(source, f"{name}/0", target, f"{name}/{number}")

    with ThreadPoolExecutor(16) as threads:
        assert set(threads.map(copy, range(1, 33))) == {"stream"}
    for server in (near, xrootd):
        assert {path.read_bytes() for path in (server.data / name[1:]).iterdir()} == {CONTENT}


COPIES = """
import sys
from griddav import WebDavFileSystem
from griddav.copying.between import copy_between
source, target = (WebDavFileSystem(each.split()[0], ca=each.split()[1]) for each in sys.argv[1:3])
for number in range(1000):
    print(copy_between(source, sys.argv[3], target, f"{sys.argv[3]}.copies/{sys.argv[4]}/{number}"), flush=True)
"""


@pytest.mark.parametrize("way", ["pull", "stream"])
def test_a_killed_copy_leaves_whole_files_only(near: XRootD, far: XRootD, xrootd: XRootD, way: str) -> None:
    name, server = new_name(), far if way == "pull" else xrootd
    opened(near).pipe_file(name, CONTENT)
    for moment in range(5):
        sides = [f"{each.url} {each.ca}" for each in (near, server)]
        command = [sys.executable, "-c", COPIES, *sides, name, str(moment)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None and process.stdout.readline() == f"{way}\n"
            time.sleep(0.017 * moment)
            process.kill()
    files = [path for path in (server.data / f"{name}.copies"[1:]).rglob("*") if path.is_file()]
    copies = [path for path in files if not TEMPORARY.fullmatch(path.name)]
    assert len(copies) >= 5 and {path.read_bytes() for path in copies} == {CONTENT}
