"""What a task has left under the names of its products: regular files and folders, whole in themselves."""

from __future__ import annotations

import contextlib
import fcntl
import functools
import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from caselaw.errors import PublishError
from caselaw.fingerprint import file_digest
from caselaw.fingerprint.content import content_digest

KINDS = {
    stat.S_IFIFO: "a named pipe", stat.S_IFSOCK: "a socket", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device",
    stat.S_IFDIR: "a folder", stat.S_IFREG: "a file", stat.S_IFLNK: "a symbolic link",
}  # fmt: skip


def lacking(paths: Mapping[str, Path]) -> list[str]:
    """Products that were not written, or not yet."""
    return [product for product, path in paths.items() if not os.path.lexists(path)]


def beside(folder: str, paths: Mapping[str, Path]) -> list[str]:
    """Names of what lies in a staging folder and is no product."""
    return sorted(set(os.listdir(folder)) - {path.name for path in paths.values()})


def clear(folder: str) -> None:
    """Remove all that lies in a staging folder."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path, ignore_errors=True)
            else:
                os.unlink(entry.path)


def refuse_open(folder: str) -> None:
    """Raise `PublishError` where this process may still write to a file below a staging folder."""
    if names := _written_to(folder):
        raise PublishError(
            f"still open for writing when the task has finished: {', '.join(names)}", folder,
            "close files before run() ends: with open(…) as file:",
        )  # fmt: skip


def _written_to(folder: str) -> list[str]:
    """Files below a folder that this process has open for writing, where the system tells."""
    top, found = real_path(folder) + os.sep, set()
    with contextlib.suppress(FileNotFoundError, PermissionError):
        for number in os.listdir("/proc/self/fd"):
            with contextlib.suppress(OSError):  # closed meanwhile
                path = os.readlink(f"/proc/self/fd/{number}")
                if path.startswith(top) and _may_write(int(number)):
                    found.add(path.removeprefix(top))
    return sorted(found)


real_path = functools.lru_cache(maxsize=64)(os.path.realpath)
"""A process has few staging folders, and asks for each of its branches."""


def _may_write(handle: int) -> bool:
    """Whether a file is open for writing, and was not removed."""
    return fcntl.fcntl(handle, fcntl.F_GETFL) & os.O_ACCMODE != os.O_RDONLY and os.fstat(handle).st_nlink > 0


def own(path: str) -> None:
    """Copy files of a product that have another name elsewhere: who edits them there would change the output.

    Raises `PublishError` where that fails.
    """
    files = [path]
    if stat.S_ISDIR(os.lstat(path).st_mode):
        files = [os.path.join(top, name) for top, _, names in os.walk(path) for name in names]
    for file in files:
        state = os.lstat(file)
        if stat.S_ISREG(state.st_mode) and state.st_nlink > 1:
            try:
                shutil.copy2(file, f"{file}.own")
                os.replace(f"{file}.own", file)
            except OSError as error:
                raise PublishError(
                    f"a file that is a hard link could not be copied: {error.strerror}", file,
                    "check free space and permissions of the store, then run again",
                ) from error  # fmt: skip


def verify(
    product: str, path: str, is_folder: bool = False, *, may_be_empty: bool = False
) -> tuple[str, int, str]:  # fmt: skip
    """SHA-256 and size in bytes of a product that was just written, and the digest of what it holds.

    Raises `PublishError` for one that was not written, or is not what the task declares, or holds what cannot be
    published: symbolic links that lead out of it, pipes.
    """
    try:
        state = os.lstat(path)
    except FileNotFoundError:
        raise PublishError(
            f"the task finished without writing its product '{product}'", path,
            "write every product that the task declares, to the path that publish() or output() gives",
        ) from None  # fmt: skip
    refuse_other_kinds(product, path, state.st_mode, is_folder)
    size = state.st_size
    if is_folder:
        sizes = list(sizes_in(product, path, path, ()))
        if not sizes and not may_be_empty:
            raise PublishError(f"the folder of product '{product}' is empty", path, "write at least one file into it")
        size = sum(sizes)
    sha256 = file_digest(path)
    return sha256, size, content_digest(path, sha256=sha256)


def refuse_other_kinds(product: str, path: str, mode: int, is_folder: bool) -> None:
    """Raise `PublishError` for what is not the file or folder that the task declares."""
    if stat.S_ISLNK(mode):
        raise PublishError(
            f"product '{product}' is a symbolic link (to {os.readlink(path)}): what it leads to can change or vanish",
            path, f"write the {'folder' if is_folder else 'file'} itself to this path, or copy it there",
        )  # fmt: skip
    if stat.S_ISDIR(mode) and not is_folder:
        raise PublishError(
            f"product '{product}' is a folder, and the task declares a file", path,
            f"""write one file to this path, or declare the folder: products = {{"{product}": "/"}}""",
        )  # fmt: skip
    if stat.S_ISREG(mode) and is_folder:
        raise PublishError(
            f"product '{product}' is a file, and the task declares a folder", path,
            f"write files into a folder of this name, or declare a file: products = {{\"{product}\": \"txt\"}}",
        )  # fmt: skip
    if not (stat.S_ISDIR(mode) or stat.S_ISREG(mode)):
        raise PublishError(
            f"product '{product}' is {KINDS.get(stat.S_IFMT(mode), 'a special file')}", path, "write a regular file"
        )


def sizes_in(product: str, top: str, folder: str, above: tuple[str, ...]) -> Iterator[int]:
    """Sizes in bytes of all files in a folder product; links within it are followed, others refused.

    Raises `PublishError` for what is neither file nor folder.
    """
    above = (*above, os.path.realpath(folder))
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_symlink():
                refuse_link(product, top, entry.path, above)
            mode = entry.stat().st_mode
            if stat.S_ISDIR(mode):
                yield from sizes_in(product, top, entry.path, above)
            elif stat.S_ISREG(mode):
                yield entry.stat().st_size
            else:
                raise PublishError(
                    f"the folder of product '{product}' holds {KINDS.get(stat.S_IFMT(mode), 'a special file')}",
                    entry.path, "write regular files into it",
                )  # fmt: skip


def refuse_link(product: str, top: str, path: str, above: tuple[str, ...]) -> None:
    """Raise `PublishError` for a link that is another one, or none, where the folder has its final name."""
    text, target = os.readlink(path), os.path.realpath(path)
    inside = target.startswith(os.path.realpath(top) + os.sep)
    if os.path.isabs(text) or not inside or not os.path.exists(path) or target in above:
        raise PublishError(
            f"the folder of product '{product}' holds a symbolic link that leads "
            + ("back to a folder around it" if target in above else f"out of it or nowhere (to {text})"),
            path, "write the file itself, or a relative link to a file of the same folder",
        )  # fmt: skip
