"""Files and folders on their way between this machine and a server: whole and verified before they have their name."""

from __future__ import annotations

import contextlib
import os
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from fsspec.asyn import sync

from caselaw.errors import PublishError
from caselaw.storage.files.concurrency import side_by_side
from caselaw.storage.files.schemes import OBJECTS, WEBDAV
from caselaw.storage.files.unfinished import unfinished_beside


def fresh(scheme: str) -> dict[str, bool]:
    """What makes our own file systems ask the server, not their memory: other processes may have written meanwhile."""
    return {"refresh": True} if scheme in WEBDAV else {}


def put(fs: Any, scheme: str, local: Path, path: str) -> None:
    """Publish a file. Raises `FileExistsError` where the name is taken, and what the file system raises."""
    if scheme in WEBDAV:
        fs.put_file(str(local), path, mode="create")
        return
    if fs.exists(path):
        raise FileExistsError(path)
    from caselaw.storage.law.doors import LawDoor
    from caselaw.storage.law.transfer import upload

    upload(LawDoor(f"{scheme}://", fs, ""), str(local), path)


def put_text(fs: Any, scheme: str, text: str, path: str) -> None:
    """Publish a small file, in place of one that has its name."""
    if scheme in WEBDAV:
        fs.pipe_file(path, text.encode())
        return
    from caselaw.storage.law.doors import LawDoor
    from caselaw.storage.law.transfer import upload

    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        upload(LawDoor(f"{scheme}://", fs, ""), file.name, path)


def put_folder(fs: Any, scheme: str, folder: Path, path: str) -> None:
    """Publish a folder; it appears as a whole. Raises as `put` does, and `PublishError` where there are no folders."""
    if scheme in OBJECTS:
        raise PublishError(
            "an object store has no folders: half of this product would be visible", path,
            "make it a file (a tar archive, for example), or use another store",
        )  # fmt: skip
    temporary = unfinished_beside(path)
    inside = sorted(
        Path(here, name) for here, *names in os.walk(folder, followlinks=True) for name in (*names[0], *names[1])
    )
    files = [each for each in inside if each.is_file()]
    try:
        pairs = [(file, f"{temporary}/{file.relative_to(folder)}") for file in files]
        side_by_side(lambda pair: put(fs, scheme, *pair), pairs)
        for each in inside:
            if each.is_dir() and not any(each.iterdir()):
                fs.makedirs(f"{temporary}/{each.relative_to(folder)}", exist_ok=True)
        rename(fs, scheme, temporary, path)
    except BaseException:
        with contextlib.suppress(Exception):  # what stays behind, `caselaw store clean` finds
            remove(fs, scheme, temporary)
        raise


def rename(fs: Any, scheme: str, source: str, path: str) -> None:
    """Give a file or folder its name, never one inside a folder that has it. Raises `FileExistsError`."""
    if scheme in WEBDAV:
        sync(fs.loop, fs._mv_file, source, path)
        return
    if fs.exists(path):
        raise FileExistsError(path)
    fs.mv(source, path, recursive=bool(fs.isdir(source)))


def remove(fs: Any, scheme: str, path: str) -> None:
    """Remove a file, or a folder with all that it holds; `*` and `[` in its name are letters, where we can say so."""
    if scheme in WEBDAV:
        from griddav.writing.folders import remove_tree

        sync(fs.loop, fs._remove, remove_tree, path)
    else:
        fs.rm(path, recursive=True)


def get(fs: Any, there: dict[str, Any], target: Path) -> None:
    """Copy a file or folder to this machine. Raises what the file system raises."""
    if there["type"] != "directory":
        fs.get_file(there["name"], str(target))
        return
    own = there["name"].rstrip("/")
    inside = {name: each for name, each in fs.find(own, withdirs=True, detail=True).items() if name.rstrip("/") != own}
    folders = [name for name, each in inside.items() if each["type"] == "directory"]
    for folder in ["", *folders]:
        below(own, folder, target).mkdir(parents=True, exist_ok=True)
    side_by_side(partial(get_into, fs, own, target), [name for name in inside if name not in folders])


def below(folder: str, path: str, target: Path) -> Path:
    """Where a path in a folder of the server lies in `target`. Raises `ValueError` for one that leads out of it."""
    relative = path.removeprefix(f"{folder}/")
    if relative.startswith("/") or ".." in relative.split("/"):
        raise ValueError(f"{path} is not in {folder}")
    return target / relative


def get_into(fs: Any, folder: str, target: Path, path: str) -> None:
    to = below(folder, path, target)
    to.parent.mkdir(parents=True, exist_ok=True)
    fs.get_file(path, str(to))
