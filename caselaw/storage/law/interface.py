"""law's `RemoteFileInterface` over fsspec: every operation with three answers."""

from __future__ import annotations

import errno
import os
import posixpath
import stat as modes
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from law.target.file import get_scheme, remove_scheme
from law.target.remote.interface import RemoteFileInterface

from caselaw.errors import ConfigError, ContentChanged, PublishError, StoreUnavailable
from caselaw.storage.files.atomic import copy_local
from caselaw.storage.files.folders import get_folder, put_folder
from caselaw.storage.files.unfinished import is_unfinished
from caselaw.storage.law.doors import LawDoor, LawDoors
from caselaw.storage.law.settings import LawSettings

MISSING = (FileNotFoundError, NotADirectoryError)


@dataclass(frozen=True)
class StoreStat:
    """What law reads of `os.stat`. `st_mtime` is 0 where the server does not say when a file was written."""

    st_mode: int
    st_size: int
    st_mtime: float

    @classmethod
    def of(cls, info: dict[str, Any]) -> StoreStat:
        """From what fsspec says about a file or folder."""
        written = info.get("mtime") or info.get("LastModified") or 0.0
        kind = modes.S_IFDIR | 0o770 if info["type"] == "directory" else modes.S_IFREG | 0o660
        return cls(kind, info.get("size") or 0, float(getattr(written, "timestamp", lambda: written)()))


class StoreFileInterface(RemoteFileInterface):  # type: ignore[misc]
    """Operations on a store; paths begin at its base, and `..` does not lead out of it.

    `base` names a single server; without it those that law.cfg gives for the operation are asked, one after the other
    until one answers, and again `retries` times after `retry_delay` seconds. Every method raises `StoreUnavailable`
    where none gives a clear answer: that is never False, and never an empty list. `silent` is about missing files only.
    """

    def __init__(self, settings: LawSettings) -> None:
        super().__init__(
            list(settings.base), {name: list(urls) for name, urls in settings.bases.items()},
            settings.retries, settings.retry_delay, settings.random_base,
        )  # fmt: skip
        self.settings, self.doors = settings, LawDoors(settings)

    def sanitize_path(self, p: Any) -> str:
        """A path from the base, without `.` and `..`; also of a URL. Raises `ConfigError` for that of another place."""
        path = self.below_base(str(p))
        if get_scheme(path):
            raise ConfigError(
                "this URL is not in the store", f"{path}, store {self.settings.section}",
                "copy between stores with their targets: target.copy_to(other_target)",
            )  # fmt: skip
        return posixpath.normpath("/" + path.lstrip("/"))

    def below_base(self, url: str) -> str:
        """What follows the base in a URL of this store; anything else as it is."""
        for base in (*self.base, *(each for bases in self.bases.values() for each in bases)):
            if f"{url}/".startswith(f"{base}/"):
                return url.removeprefix(base) or "/"
        return url

    def uri(self, path: Any, base: str | None = None, return_all: bool = False, **options: Any) -> Any:
        """The URL of a path, or all of them; always the same one, however the servers are chosen."""
        return super().uri(path, base=base, return_all=return_all, **{"random": False, **options})

    def _ask(
        self, operations: Sequence[str], question: Callable[[LawDoor], Any], *, base: str | None = None,
        retries: int | None = None, retry_delay: float | None = None, random_base: bool | None = None, **_: Any,
    ) -> Any:  # fmt: skip
        urls = [base] if base else self.get_base(base_name=list(operations), return_all=True)
        shuffled = self.random_base if random_base is None else random_base
        left = self.retries if retries is None else retries
        while True:
            try:
                return self.doors.ask(urls, question, shuffled)
            except (StoreUnavailable, ContentChanged):
                if left <= 0:
                    raise
            left -= 1
            time.sleep(self.retry_delay if retry_delay is None else retry_delay)

    def _info(self, operations: Sequence[str], path: Any, **options: Any) -> dict[str, Any]:
        name = self.sanitize_path(path)
        found: dict[str, Any] = self._ask(operations, lambda door: door.info(door.path(name)), **options)
        return found

    def exists(self, path: Any, base: str | None = None, stat: bool = False, **options: Any) -> Any:
        """Whether there is a file or folder; with `stat` what is known of it, or None."""
        try:
            info = self._info(("stat",) if stat else ("exists", "stat"), path, base=base, **options)
        except MISSING:
            return None if stat else False
        return StoreStat.of(info) if stat else True

    def stat(self, path: Any, base: str | None = None, **options: Any) -> StoreStat:
        """Raises `FileNotFoundError`."""
        return StoreStat.of(self._info(("stat",), path, base=base, **options))

    def isdir(self, path: Any, stat: StoreStat | None = None, base: str | None = None, **options: Any) -> bool:
        """Whether there is a folder."""
        found = stat or self.exists(path, base=base, stat=True, **options)
        return found is not None and modes.S_ISDIR(found.st_mode)

    def isfile(self, path: Any, stat: StoreStat | None = None, base: str | None = None, **options: Any) -> bool:
        """Whether there is a file."""
        found = stat or self.exists(path, base=base, stat=True, **options)
        return found is not None and modes.S_ISREG(found.st_mode)

    def chmod(self, path: Any, perm: int | None, base: str | None = None, silent: bool = False, **_: Any) -> bool:
        """Does nothing: stores have no permissions of files."""
        return True

    def unlink(self, path: Any, base: str | None = None, silent: bool = True, **options: Any) -> bool:
        """Remove a file. Raises `IsADirectoryError` for a folder."""
        name = self.sanitize_path(path)
        return self._remove(
            ("unlink",), name, lambda door: door.server.remove_file(door.path(name)), silent, base=base, **options
        )

    def rmdir(
        self, path: Any, base: str | None = None, silent: bool = True, recursive: bool = False, **options: Any
    ) -> bool:
        """Remove a folder; one that is not empty (`OSError`, ENOTEMPTY) only with `recursive`."""
        name = self.sanitize_path(path)

        def remove(door: LawDoor) -> None:
            if recursive:
                door.server.remove_tree(door.path(name))
            elif door.server.entries(door.path(name)):
                raise OSError(errno.ENOTEMPTY, "Directory not empty", name)
            else:
                door.server.remove_empty_folder(door.path(name))

        return self._remove(("rmdir",), name, remove, silent, base=base, **options)

    def remove(self, path: Any, base: str | None = None, silent: bool = True, **options: Any) -> bool:
        """Remove a file, or a folder with all that it holds."""
        name = self.sanitize_path(path)
        return self._remove(
            ("unlink",), name, lambda door: door.server.remove_tree(door.path(name)), silent, base=base, **options
        )

    def _remove(
        self, operations: Sequence[str], name: str, remove: Callable[[LawDoor], object], silent: bool, **options: Any
    ) -> bool:
        if name == "/":
            raise ValueError("the base of a store is never removed")
        asked = 0

        def question(door: LawDoor) -> None:
            nonlocal asked
            asked += 1
            remove(door)

        try:
            self._ask(operations, question, **options)
        except MISSING:
            if asked == 1 and not silent:
                raise
            return asked > 1  # a server that then fell silent may have removed it
        return True

    def mkdir(self, path: Any, perm: int | None, base: str | None = None, silent: bool = True, **options: Any) -> bool:
        """Make a folder in one that exists. Returns False, or raises `FileExistsError`, where there is one."""
        return self._make_folder(("mkdir",), path, silent, False, base=base, **options)

    def mkdir_rec(
        self, path: Any, perm: int | None, base: str | None = None, silent: bool = True, **options: Any
    ) -> bool:
        """As `mkdir`, with the folders above."""
        return self._make_folder(("mkdir_rec", "mkdir"), path, silent, True, base=base, **options)

    def _make_folder(self, operations: Sequence[str], path: Any, silent: bool, parents: bool, **options: Any) -> bool:
        name = self.sanitize_path(path)

        def make(door: LawDoor) -> bool:
            full = door.path(name)
            try:
                there = door.info(full)
            except MISSING:
                if parents:
                    door.server.make_folder(full)
                else:
                    door.info(posixpath.dirname(full))
                    door.server.make_folder_in(full)
                return True
            if there["type"] != "directory" or not silent:
                raise FileExistsError(errno.EEXIST, "File exists", full)
            return False

        return bool(self._ask(operations, make, **options))

    def listdir(self, path: Any, base: str | None = None, **options: Any) -> list[str]:
        """Names in a folder, by one request. Raises `FileNotFoundError` and `NotADirectoryError`."""
        return list(self.entries(path, base=base, **options))

    def entries(self, path: Any, base: str | None = None, **options: Any) -> dict[str, bool]:
        """Name → whether it is a folder, of all that is in a folder; files that are being uploaded are not shown."""
        return {name: each["type"] == "directory" for name, each in self._listed(path, base=base, **options).items()}

    def sizes(self, path: Any, base: str | None = None, **options: Any) -> dict[str, int | None]:
        """Name → size in bytes, None for a folder, of all that is in a folder, by one request."""
        listed = self._listed(path, base=base, **options)
        return {name: None if each["type"] == "directory" else each.get("size") or 0 for name, each in listed.items()}

    def checksum(self, path: Any, base: str | None = None, **options: Any) -> str | None:
        """`algorithm:digits` of a file, by the word of its server; None where it has none."""
        name = self.sanitize_path(path)

        def stated(door: LawDoor) -> str | None:
            for algorithm in ("adler32", "md5", "sha-256"):
                if found := door.server.checksum(door.path(name), algorithm):
                    return f"{algorithm}:{found}"
            return None

        found: str | None = self._ask(("stat",), stated, base=base, **options)
        return found

    def _listed(self, path: Any, **options: Any) -> dict[str, dict[str, Any]]:
        name = self.sanitize_path(path)

        def listing(door: LawDoor) -> list[dict[str, Any]]:
            full = door.path(name)
            found = door.server.entries(full)
            if len(found) == 1 and found[0]["name"].rstrip("/") == full and found[0]["type"] == "file":
                raise NotADirectoryError(errno.ENOTDIR, "Not a directory", full)
            return [each for each in found if each["name"].rstrip("/") != full]

        found = self._ask(("listdir",), listing, **options)
        names = {posixpath.basename(each["name"].rstrip("/")): each for each in found}
        return {name: each for name, each in names.items() if not is_unfinished(name)}

    def filecopy(self, src: str, dst: str, base: str | None = None, **options: Any) -> tuple[str, str]:
        """Copy a file, to or from this machine (file://…) or within the store; a file named `dst` is replaced.

        Returns both URLs. Raises `FileNotFoundError`, and `OSError` of this machine's disk.
        """
        here = {path: get_scheme(path) == "file" for path in (src, dst)}
        if here[src]:
            os.stat(remove_scheme(src))
        if here[src] and here[dst]:
            copy_local(remove_scheme(src), remove_scheme(dst))
            return src, dst
        names = {path: remove_scheme(path) if here[path] else self.sanitize_path(path) for path in (src, dst)}

        def copy(door: LawDoor) -> tuple[str, str]:
            source, target = (names[path] if here[path] else door.path(names[path]) for path in (src, dst))
            if here[src]:
                door.server.put(source, target, overwrite=True)
            elif here[dst]:
                door.server.get(source, target)
            else:
                door.server.copy(source, target)
            urls = [path if here[path] else self.uri(path, base=door.url) for path in (src, dst)]
            return urls[0], urls[1]

        copied: tuple[str, str] = self._ask(("filecopy",), copy, base=base, **options)
        return copied

    def rename(self, src: str, dst: str, base: str | None = None, **options: Any) -> None:
        """Give a file or folder another name within the store. Raises `FileNotFoundError`."""
        source, target = self.sanitize_path(src), self.sanitize_path(dst)
        self._ask(
            ("move", "filecopy"), lambda door: door.server.rename(door.path(source), door.path(target), overwrite=True),
            base=base, **options,
        )  # fmt: skip

    def folder_to_local(self, path: Any, target: str, **options: Any) -> None:
        """Copy a folder to one of this machine that exists. Raises `FileNotFoundError`."""
        name = self.sanitize_path(path)
        self._ask(("filecopy",), lambda door: folder_to_disk(door, door.path(name), target), **options)

    def folder_from_local(self, source: str, path: Any, **options: Any) -> None:
        """Publish a folder of this machine under a name, in place of what has it."""
        name = self.sanitize_path(path)
        refuse_links_to_folders(Path(source))
        self._ask(("filecopy",), lambda door: put_folder(door.server, Path(source), door.path(name), overwrite=True),
            **options,
        )  # fmt: skip


def folder_to_disk(door: LawDoor, path: str, target: str) -> None:
    """Copy a folder of the store to one of this machine. Raises `NotADirectoryError` for a file."""
    if door.info(path)["type"] != "directory":
        raise NotADirectoryError(errno.ENOTDIR, "Not a directory", path)
    get_folder(door.server, path, Path(target))


def refuse_links_to_folders(folder: Path) -> None:
    """Raise `PublishError` for a link to a folder: it may lead round in a circle."""
    link = next((each for each in sorted(folder.rglob("*")) if each.is_symlink() and each.is_dir()), None)
    if link is not None:
        raise PublishError("a link to a folder cannot be published", link, "put a folder there")
