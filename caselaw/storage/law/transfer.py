"""Copies between this machine and a store, and within a store: whole and verified before they have their name."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Callable
from glob import has_magic
from pathlib import Path
from typing import Any

from fsspec.asyn import AsyncFileSystem, sync

from caselaw.errors import PublishError, StoreUnavailable
from caselaw.storage.files.schemes import OBJECTS, WEBDAV
from caselaw.storage.files.unfinished import unfinished_beside
from caselaw.storage.law.doors import LawDoor

PIECE = 1 << 20  # bytes


def upload(door: LawDoor, source: str, path: str) -> None:
    """Publish a file of this machine; folders above it are made and a file of that name is replaced."""
    if door.scheme in WEBDAV:  # whose uploads do all of it
        door.files.put_file(source, path)
        return
    place(door, path, os.stat(source).st_size, lambda name: put(door, source, name))


def copy_within(door: LawDoor, source: str, path: str) -> None:
    """Copy a file of the store; folders above it are made and a file of that name is replaced."""
    if door.scheme in WEBDAV:
        door.files.cp_file(source, path)
        return
    place(door, path, door.info(source)["size"], lambda name: copy(door, source, name))


def put(door: LawDoor, source: str, path: str) -> None:
    try:
        door.files.put_file(source, path)
    except NotImplementedError:  # fsspec-xrootd
        with open(source, "rb") as read, door.files.open(path, "wb") as written:
            shutil.copyfileobj(read, written, PIECE)


def copy(door: LawDoor, source: str, path: str) -> None:
    try:
        door.files.cp_file(source, path)
    except NotImplementedError:
        with door.files.open(source, "rb") as read, door.files.open(path, "wb") as written:
            shutil.copyfileobj(read, written, PIECE)


def place(door: LawDoor, path: str, size: int, make: Callable[[str], object]) -> None:
    """Make a file under a temporary name, compare its size, then give it its own.

    Raises `StoreUnavailable` where another number of bytes arrived.
    """
    temporary = path if door.scheme in OBJECTS else unfinished_beside(path)
    door.files.makedirs(os.path.dirname(path), exist_ok=True)
    try:
        make(temporary)
        found = door.info(temporary)["size"]
        if found != size:
            raise StoreUnavailable(f"{found} bytes arrived of {size}", door.url + path, "look into the server's log")
        if temporary != path:
            rename(door, temporary, path)
    except BaseException:
        with contextlib.suppress(Exception):  # the error that is being raised counts
            door.files.rm_file(temporary)
        raise


def download(door: LawDoor, path: str, target: str) -> None:
    """Copy a file to this machine. Raises `StoreUnavailable` where another number of bytes arrived."""
    if door.scheme in WEBDAV:
        door.files.get_file(path, target)
        return
    door.files.invalidate_cache(path)  # fsspec-xrootd keeps files open, even those that were replaced
    temporary, size = unfinished_beside(target), door.info(path)["size"]
    try:
        door.files.get_file(path, temporary)
        found = Path(temporary).stat().st_size
        if found != size:
            raise StoreUnavailable(f"{found} bytes arrived of {size}", door.url + path, "run again")
        os.replace(temporary, target)
    finally:
        Path(temporary).unlink(missing_ok=True)


def copy_here(source: str, target: str) -> None:
    """Copy a file of this machine."""
    temporary = unfinished_beside(target)
    try:
        shutil.copyfile(source, temporary)
        os.replace(temporary, target)
    finally:
        Path(temporary).unlink(missing_ok=True)


def rename(door: LawDoor, source: str, path: str) -> None:
    """Give a file or folder another name, in place of a file that has it; folders above are made."""
    files = door.files
    if door.scheme in WEBDAV:
        sync(files.loop, files._mv_file, source, path)
        return
    files.makedirs(os.path.dirname(path), exist_ok=True)
    if has_magic(source) and isinstance(files, AsyncFileSystem):  # whose mv would take the name for a pattern
        copy(door, source, path)
        files.rm_file(source)
    else:
        files.mv(source, path, recursive=files.isdir(source))


def remove_tree(door: LawDoor, path: str) -> None:
    """Remove a folder with all that it holds; names are taken as they stand."""
    if not has_magic(path):
        door.files.rm(path, recursive=True)
        return
    for each in door.files.ls(path, detail=True):
        name = each["name"].rstrip("/")
        if each["type"] == "directory":
            remove_tree(door, name)
        else:
            door.files.rm_file(name)
    door.files.rmdir(path)


def upload_tree(door: LawDoor, source: str, path: str) -> None:
    """Publish a folder of this machine, files together; it takes the name at the end, in place of what has it."""
    temporary, aside = unfinished_beside(path), unfinished_beside(path)
    try:
        put_all(door, Path(source), temporary)
        if is_there(door, path):
            rename(door, path, aside)
        rename(door, temporary, path)
    except BaseException:
        with contextlib.suppress(Exception):
            if is_there(door, aside) and not is_there(door, path):
                rename(door, aside, path)
        with contextlib.suppress(Exception):
            remove_tree(door, temporary)
        raise
    if is_there(door, aside):
        remove_tree(door, aside)


def put_all(door: LawDoor, source: Path, path: str) -> None:
    """Upload the files of a folder.

    Raises `PublishError` for a link to a folder, and `StoreUnavailable` where a file is not whole.
    """
    inside = sorted(source.rglob("*"))
    link = next((each for each in inside if each.is_symlink() and each.is_dir()), None)
    if link is not None:
        raise PublishError("a link to a folder cannot be published", link, "put a folder there")
    for folder in (source, *(each for each in inside if each.is_dir())):
        door.files.makedirs(path_below(source, folder, path), exist_ok=True)
    files = [each for each in inside if each.is_file()]
    names = [path_below(source, each, path) for each in files]
    if door.scheme in WEBDAV:
        if files:
            door.files.put([str(each) for each in files], names)
        return
    for each, name in zip(files, names, strict=True):
        put(door, str(each), name)
        if door.info(name)["size"] != each.stat().st_size:
            raise StoreUnavailable("the upload is not whole", door.url + name, "look into the server's log")


def download_tree(door: LawDoor, path: str, target: str) -> None:
    """Copy a folder of the store, files together, to a folder of this machine that exists.

    Raises `NotADirectoryError` for a file, and `StoreUnavailable` for a listing that holds names of another folder.
    """
    if door.info(path)["type"] != "directory":
        raise NotADirectoryError(errno.ENOTDIR, "Not a directory", path)
    found: dict[str, Any] = door.files.find(path, withdirs=True, detail=True)
    below = {name: Path(target, name.removeprefix(path).strip("/")) for name in found if name.rstrip("/") != path}
    folders = [name for name in below if found[name]["type"] == "directory"]
    files = [name for name in below if found[name]["type"] == "file"]
    for local in (*(below[name] for name in folders), *(below[name].parent for name in files)):
        if not local.resolve().is_relative_to(Path(target).resolve()):
            raise StoreUnavailable("the server's listing holds a path of another folder", door.url + path, "look there")
        local.mkdir(parents=True, exist_ok=True)
    if door.scheme not in WEBDAV:
        for name in files:
            download(door, name, str(below[name]))
    elif files:
        door.files.get(files, [str(below[name]) for name in files])


def is_there(door: LawDoor, path: str) -> bool:
    try:
        door.info(path)
    except FileNotFoundError:
        return False
    return True


def path_below(source: Path, each: Path, path: str) -> str:
    return f"{path}/{each.relative_to(source).as_posix()}" if each != source else path
