"""Whole folders on their way between this machine and a server."""

from __future__ import annotations

import contextlib
import os
from functools import partial
from pathlib import Path

from caselaw.errors import PublishError, StoreUnavailable
from caselaw.storage.files.concurrency import side_by_side
from caselaw.storage.files.server import ServerFiles
from caselaw.storage.files.unfinished import unfinished_beside


def put_folder(files: ServerFiles, folder: Path, path: str, *, overwrite: bool = False) -> None:
    """Publish a folder of this machine; it appears as a whole, in place of what has its name where that is asked for.

    Raises `FileExistsError`, what a file system raises, and `PublishError` where there are no folders.
    """
    if not files.has_folders:
        raise PublishError(
            "an object store has no folders: half of this product would be visible", path,
            "make it a file (a tar archive, for example), or use another store",
        )  # fmt: skip
    refuse_dot_names(files, folder, path)
    temporary, aside = unfinished_beside(path), unfinished_beside(path)
    inside = sorted(
        Path(above, name) for above, *names in os.walk(folder, followlinks=True) for name in (*names[0], *names[1])
    )
    pairs = [(str(each), f"{temporary}/{each.relative_to(folder)}") for each in inside if each.is_file()]
    try:
        files.make_folder(temporary)
        side_by_side(lambda pair: files.put(*pair, overwrite=False), pairs)
        for each in inside:
            if each.is_dir() and not any(each.iterdir()):
                files.make_folder(f"{temporary}/{each.relative_to(folder)}")
        if overwrite and is_file_or_folder(files, path):
            files.rename(path, aside, overwrite=False)
        files.rename(temporary, path, overwrite=False)
    except BaseException:
        with contextlib.suppress(Exception):
            if overwrite and is_file_or_folder(files, aside) and not is_file_or_folder(files, path):
                files.rename(aside, path, overwrite=False)
        with contextlib.suppress(Exception):  # what stays behind, `caselaw store clean` finds
            files.remove_tree(temporary)
        raise
    if overwrite and is_file_or_folder(files, aside):
        files.remove_tree(aside)


def refuse_dot_names(files: ServerFiles, folder: Path, path: str) -> None:
    """Raise `PublishError` for what no reader would see."""
    hidden = next((each for each in sorted(folder.rglob("*")) if each.name.startswith(".")), None)
    if hidden is not None and files.hides_dot_names():
        raise PublishError(
            f"this server lists no names that begin with a dot: nobody would see {hidden.relative_to(folder)}", path,
            "give it another name, make the folder a tar archive, or use another store",
        )  # fmt: skip


def get_folder(files: ServerFiles, path: str, target: Path) -> None:
    """Copy a folder of a server to this machine, which may have made it. Raises what a file system raises."""
    own = path.rstrip("/")
    folders, wanted, level = [own], [], [own]
    while level:
        listings = side_by_side(files.entries, level)
        found = [each for listing in listings for each in listing]
        level = [each["name"].rstrip("/") for each in found if each["type"] == "directory"]
        wanted += [each["name"] for each in found if each["type"] != "directory"]
        folders += level
    for folder in folders:
        below(own, folder, target).mkdir(parents=True, exist_ok=True)
    side_by_side(partial(get_into, files, own, target), wanted)


def get_into(files: ServerFiles, folder: str, target: Path, path: str) -> None:
    files.get(path, str(below(folder, path, target)))


def below(folder: str, path: str, target: Path) -> Path:
    """Where a path in a folder of the server lies in `target`. Raises `StoreUnavailable` for one that leads out."""
    relative = "" if path == folder else path.removeprefix(f"{folder}/")
    if relative.startswith("/") or ".." in relative.split("/") or (relative == path and path != ""):
        raise StoreUnavailable("the server's listing holds a path of another folder", path, "look there")
    return target / relative


def is_file_or_folder(files: ServerFiles, path: str) -> bool:
    try:
        files.info(path)
    except FileNotFoundError:
        return False
    return True
