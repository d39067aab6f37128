"""Nothing is removed that was not named: each way to write or move, onto each thing that may be there, on each server.

Told `Overwrite: T`, a server removes a folder with all that it holds before a file takes its name (RFC 4918, 9.9.3).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fsspec.asyn import sync
from gate import Fault, gate
from webdav_server import QUICK

from griddav import WebDavFileSystem
from griddav.copying.between import copy_between

SERVERS = ["apache", "nginx", "xrootd", "rclone", "double"]
NEW = b"new content"
Tree = dict[str, bytes | None]
Verb = Callable[[WebDavFileSystem, str, str, Path], None]


def written(fs: WebDavFileSystem, source: str, target: str, local: Path) -> None:
    with fs.open(target, "wb") as file:
        file.write(NEW)


def as_text(fs: WebDavFileSystem, source: str, target: str, local: Path) -> None:
    with fs.open(target, "w", encoding="utf-8") as file:
        file.write(NEW.decode())


def by_coroutines(fs: WebDavFileSystem, source: str, target: str, local: Path) -> None:
    async def write() -> None:
        async with await fs.open_async(target, "wb") as file:
            await file.write(NEW)

    sync(fs.loop, write)


def uploaded(fs: WebDavFileSystem, source: str, target: str, local: Path) -> None:
    local.write_bytes(NEW)
    fs.put_file(str(local), target)


WRITES: dict[str, Verb] = {
    "pipe_file": lambda fs, source, target, local: fs.pipe_file(target, NEW),
    "pipe_file, with a slash": lambda fs, source, target, local: fs.pipe_file(f"{target}/", NEW),
    "pipe_file, create": lambda fs, source, target, local: fs.pipe_file(target, NEW, mode="create"),
    "put_file": uploaded,
    "open wb": written,
    "open w": as_text,
    "open_async": by_coroutines,
    "touch": lambda fs, source, target, local: fs.touch(target),
    "cp_file": lambda fs, source, target, local: fs.cp_file(source, target),
    "copy_between": lambda fs, source, target, local: void(copy_between(fs, source, fs, target, overwrite=True)),
    "move": lambda fs, source, target, local: sync(fs.loop, fs._mv_file, source, target),
}  # fmt: skip
TARGETS = ["nothing", "file", "empty folder", "full folder"]


def void(_: object) -> None:
    """For what returns something."""


@pytest.fixture(params=SERVERS)
def fs(request: pytest.FixtureRequest) -> Iterator[WebDavFileSystem]:
    found: Any = request.getfixturevalue(request.param)
    ca = getattr(found, "ca", None)
    fs = WebDavFileSystem(found.url, ca=ca and str(ca), skip_instance_cache=True)
    yield fs
    fs.close()


@pytest.fixture
def folder() -> str:
    return f"/store/{uuid.uuid4().hex}"


def prepared(fs: WebDavFileSystem, folder: str, what: str) -> str:
    """Something that has a name, in a folder with other things; the name."""
    fs.pipe({f"{folder}/source": NEW, f"{folder}/source.d/inside": b"inside", f"{folder}/beside": b"beside"})
    target = f"{folder}/target"
    if what == "file":
        fs.pipe_file(target, b"old")
    elif what != "nothing":
        fs.makedirs(target)
    if what == "full folder":
        fs.pipe({f"{target}/kept": b"kept", f"{target}/deep/er": b"kept as well"})
    return target


def tree(fs: WebDavFileSystem, folder: str) -> Tree:
    """All that lies in a folder: the bytes of files, None for folders."""
    found = fs.find(folder, withdirs=True, detail=True)
    return {path: fs.cat_file(path) if each["type"] == "file" else None for path, each in found.items()}


@pytest.mark.parametrize("what", TARGETS)
@pytest.mark.parametrize("verb", WRITES)
def test_a_file_takes_the_place_of_a_file_and_of_nothing_else(
    fs: WebDavFileSystem, folder: str, verb: str, what: str, tmp_path: Path
) -> None:
    source, target = f"{folder}/source", prepared(fs, folder, what)
    before, error = tree(fs, folder), None
    try:
        WRITES[verb](fs, source, target, tmp_path / "local")
    except (IsADirectoryError, FileExistsError) as caught:
        error = caught
    after = tree(fs, folder)
    if what == "nothing" or (what == "file" and verb != "pipe_file, create"):
        kept = {path: data for path, data in before.items() if path != source or verb != "move"}
        assert error is None and after == kept | {target: b"" if verb == "touch" else NEW}
    else:
        assert after == before, "an unfinished upload, or something that is gone"
        assert isinstance(error, FileExistsError if verb in ("pipe_file, create", "move") else IsADirectoryError)


@pytest.mark.parametrize("what", TARGETS)
def test_a_folder_takes_the_place_of_nothing(fs: WebDavFileSystem, folder: str, what: str) -> None:
    source, target = f"{folder}/source.d", prepared(fs, folder, what)
    before = tree(fs, folder)
    if what == "nothing":
        sync(fs.loop, fs._mv_file, source, target)
        before[target], before[f"{target}/inside"] = before.pop(source), before.pop(f"{source}/inside")
    else:
        with pytest.raises(NotADirectoryError if what == "file" else FileExistsError):
            sync(fs.loop, fs._mv_file, source, target)
    assert tree(fs, folder) == before


@pytest.mark.parametrize("verb", WRITES)
def test_the_root_is_no_name_of_a_file(fs: WebDavFileSystem, folder: str, verb: str, tmp_path: Path) -> None:
    """Also where a folder of the server is the root: there it would be that folder, with all that it holds."""
    prepared(fs, folder, "full folder")
    before = tree(fs, folder)
    ca = fs.client.sessions.connection.ca
    below = WebDavFileSystem(f"{fs.base_url}{folder}", ca=ca, skip_instance_cache=True)
    with pytest.raises((IsADirectoryError, FileExistsError)):
        WRITES[verb](below, "/source", "/", tmp_path / "local")
    below.close()
    assert tree(fs, folder) == before


@pytest.mark.parametrize("kind", ["apache", "nginx", "rclone"])
def test_a_replacement_whose_answer_is_lost_removes_nothing(
    kind: str, request: pytest.FixtureRequest, folder: str
) -> None:  # fmt: skip
    """rclone removes what has the name of a target before it finds that there is nothing left to move."""
    found: Any = request.getfixturevalue(kind) if kind != "apache" else request.getfixturevalue("open_apache")
    with gate(int(found.url.rpartition(":")[2])) as between:
        fs = WebDavFileSystem(between.url("dav"), skip_instance_cache=True, retry=QUICK)
        fs.pipe({f"{folder}/target": b"old", f"{folder}/source": b"other"})
        for act in (
            lambda: fs.pipe_file(f"{folder}/target", NEW),
            lambda: sync(fs.loop, fs._mv_file, f"{folder}/source", f"{folder}/target"),
        ):
            between.play(Fault(method="MOVE", late=True, times=1), Fault(method="MOVE", late=True, times=1))
            act()
        assert tree(fs, folder) == {folder: None, f"{folder}/target": b"other"}
        fs.close()


@pytest.fixture
def open_apache() -> Iterator[Any]:
    """apache without TLS, so that the gate can read what goes through it."""
    import apache as apache_server
    from service import needed, open_folder

    needed(apache_server.PROGRAM)
    with open_folder() as place, apache_server.running(place, tls=False) as server:
        yield server


@pytest.mark.parametrize("after", ["F", "T"])
def test_a_folder_that_appears_meanwhile_is_kept(apache: Any, folder: str, after: str) -> None:
    """Between the look and the MOVE: apache obeys the condition that the target is still the file that was seen."""
    fs = WebDavFileSystem(apache.url, ca=str(apache.ca), skip_instance_cache=True)
    other = WebDavFileSystem(apache.url, ca=str(apache.ca), skip_instance_cache=True)
    fs.pipe_file(f"{folder}/target", b"old")
    ask, swapped = fs.client.request, []

    async def request(method: str, path: str, **options: Any) -> Any:
        if method == "MOVE" and options["headers"]["Overwrite"] == after and not swapped:
            swapped.append(path)
            await other._rm_file(f"{folder}/target")
            await other._pipe_file(f"{folder}/target/kept", b"kept")
        return await ask(method, path, **options)

    fs.client.request = request  # type: ignore[method-assign]
    with pytest.raises(IsADirectoryError):
        fs.pipe_file(f"{folder}/target", NEW)
    assert swapped and tree(other, folder) == {
        folder: None, f"{folder}/target": None, f"{folder}/target/kept": b"kept"
    }  # fmt: skip
    fs.close()
    other.close()
