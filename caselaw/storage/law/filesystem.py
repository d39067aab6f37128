"""law's `RemoteFileSystem` for a store that a section of law.cfg describes."""

from __future__ import annotations

import functools
import os
import tempfile
from collections.abc import Iterator
from fnmatch import filter as matching
from typing import Any

from law.config import Config
from law.target.file import add_scheme, remove_scheme
from law.target.remote.base import RemoteFileSystem
from luigi.target import FileAlreadyExists

from caselaw.storage.files.pending_file import PendingFile, as_text
from caselaw.storage.files.unfinished import dotted
from caselaw.storage.law.cache import StoreCache
from caselaw.storage.law.interface import StoreFileInterface
from caselaw.storage.law.settings import LawSettings, read_settings, section_name


class StoreFileSystem(RemoteFileSystem):  # type: ignore[misc]
    """The store of a section of law.cfg, or of settings; without a name, that of `[target] default_store_fs`.

    Raises `ConfigError` for a section that is not right. Nothing is asked of a server yet.
    """

    file_interface_cls = StoreFileInterface

    def __init__(self, section: str | LawSettings | None = None) -> None:
        settings = section if isinstance(section, LawSettings) else read_settings(section)
        super().__init__(
            StoreFileInterface(settings), validate_copy=settings.validate_copy, use_cache=settings.use_cache,
            name=settings.section, has_permissions=False,
        )  # fmt: skip
        self.config_section = settings.section
        if settings.cache.get("root"):
            self.cache = StoreCache(self, **settings.cache)

    def own(self, path: Any) -> str:
        """A path from the base, also of one of our URLs; `file://…` for one of this machine stays."""
        text = self.file_interface.below_base(str(path))
        return text if self.is_local(text) else str(self.file_interface.sanitize_path(text))

    def isdir(self, path: Any, rstat: Any = None, **options: Any) -> bool:
        """Whether there is a folder. Raises `StoreUnavailable`."""
        return bool(super().isdir(self.own(path), rstat=rstat, **options))

    def isfile(self, path: Any, rstat: Any = None, **options: Any) -> bool:
        """Whether there is a file. Raises `StoreUnavailable`."""
        return bool(super().isfile(self.own(path), rstat=rstat, **options))

    def listdir(self, path: Any, pattern: str | None = None, type: str | None = None, **options: Any) -> list[str]:
        """Names in a folder, by one request; `type` is "f" for files only, "d" for folders only.

        Raises `FileNotFoundError`, `NotADirectoryError` and `StoreUnavailable`.
        """
        if self.is_local(path):
            return list(super().listdir(path, pattern=pattern, type=type))
        found = self.file_interface.entries(self.own(path), **options)
        names = [name for name, folder in found.items() if type is None or folder == (type == "d")]
        return names if pattern is None else matching(names, pattern)

    def walk(self, path: Any, max_depth: int = -1, **options: Any) -> Iterator[tuple[str, list[str], list[str], int]]:
        """Folders from the top down, each with the names of its folders and files and its depth; one request each."""
        if self.is_local(path):
            yield from super().walk(path, max_depth=max_depth)
            return
        left = [(self.own(path), 0)]
        while left:
            folder, depth = left.pop(0)
            if 0 <= max_depth < depth:
                continue
            found = self.file_interface.entries(folder, **options)
            folders = [name for name, is_folder in found.items() if is_folder]
            yield folder, folders, [name for name in found if not found[name]], depth
            left.extend((os.path.join(folder, name), depth + 1) for name in folders)

    def copy(self, src: Any, dst: Any, perm: int | None = None, dir_perm: int | None = None, **options: Any) -> Any:
        """Copy a file (`file://…` for one of this machine); into `dst` where that is a folder.

        Returns the URL of the copy. Raises `FileNotFoundError`, `StoreUnavailable` and `OSError` of the local disk.
        """
        src, dst = self.own(src), dst and self.own(dst)
        if dst and self.is_local(dst):
            dst = add_scheme(self.local_fs._prepare_dst_dir(remove_scheme(dst), src=src, perm=dir_perm), "file")
        elif dst and self.isdir(dst):
            dst = os.path.join(dst, self.basename(src))
        if dst and not self.is_local(dst):
            self._forget(dst)
        return self._cached_copy(src, dst, perm=perm, **options)

    def move(
        self, src: Any, dst: Any, perm: int | None = None, dir_perm: int | None = None,
        raise_if_exists: bool = False, **options: Any,
    ) -> Any:  # fmt: skip
        """Move a file, by one request within the store. Raises as `copy` does, and luigi's `FileAlreadyExists`."""
        if raise_if_exists and self.exists(dst):
            raise FileAlreadyExists(f"there is a file of this name: {dst}")
        if self.is_local(src) or self.is_local(dst):
            return super().move(src, dst, perm=perm, dir_perm=dir_perm, **options)
        src, dst = self.own(src), self.own(dst)
        if self.isdir(dst):
            dst = os.path.join(dst, self.basename(src))
        self.file_interface.rename(src, dst, **options)
        self._forget(src, dst)
        return self.uri(dst)

    def rename_dont_move(self, path: Any, dest: Any) -> None:
        """Move a file to a new name. Raises luigi's `FileAlreadyExists` where there is one."""
        self.move(path, dest, raise_if_exists=True)

    def remove(self, path: Any, **options: Any) -> Any:
        """Remove a file, or a folder with all that it holds; the base itself is left alone."""
        path = self.own(path)
        removed = super().remove(path, **options)
        self._forget(path)
        return removed

    def _forget(self, *paths: str) -> None:
        """Remove copies of files that are not what they were."""
        for path in paths if self.cache is not None else ():
            if path in self.cache:
                self.cache.remove(path)

    def open(
        self, path: Any, mode: str = "r", perm: int | None = None, dir_perm: int | None = None,
        cache: bool | None = None, **options: Any,
    ) -> Any:  # fmt: skip
        """Open a file in mode r, w or a, with b for bytes; it is read and written on this machine.

        What is written is published at `close`, and not after an error. Raises as `copy` does. Raises `ValueError` for
        another mode.
        """
        if options.get("_yield_path"):
            return super().open(path, mode, perm=perm, dir_perm=dir_perm, cache=cache, **options)
        kind = mode.replace("b", "").replace("t", "")
        if kind not in ("r", "w", "a"):
            raise ValueError(f"a target is opened in mode r, w or a, not {mode!r}")
        path = self.own(path)
        if kind == "r" and self.cache is not None and (self.use_cache if cache is None else cache):
            return opened(remove_scheme(self._cached_copy(path, None, cache=True, **options)), mode)
        temporary = temporary_file(self.ext(path, n=0))
        try:
            if kind == "r" or (kind == "a" and self.exists(path, **options)):
                self._cached_copy(path, f"file://{temporary}", cache=False, **options)
            if kind == "r":
                return opened(temporary, mode)
        finally:
            if kind == "r":
                os.unlink(temporary)  # an open file needs no name
        file = PendingFile(
            temporary, lambda written: self.copy(f"file://{written}", path, perm=perm, cache=cache, **options), kind
        )
        return file if "b" in mode else as_text(file)

    def copy_folder(self, src: Any, dst: Any, **options: Any) -> None:
        """Copy a folder, its files together; one of this machine is written `file://…`.

        A folder of the store appears as a whole, in place of what has its name.
        """
        if self.is_local(dst):
            os.makedirs(remove_scheme(dst), exist_ok=True)
            self.file_interface.folder_to_local(self.own(src), remove_scheme(dst), **options)
        else:
            self.file_interface.folder_from_local(remove_scheme(src), self.own(dst), **options)


def opened(path: str, mode: str) -> Any:
    return open(path, mode) if "b" in mode else open(path, mode, encoding="utf-8")


def temporary_file(ending: str) -> str:
    """An empty file in law's folder for temporary ones."""
    folder = os.path.realpath(Config.instance().get_expanded("target", "tmp_dir"))
    os.makedirs(folder, exist_ok=True)
    number, path = tempfile.mkstemp(prefix="caselaw-", suffix=dotted(ending), dir=folder)
    os.close(number)
    return path


def file_system(section: str | None = None) -> StoreFileSystem:
    """The file system of a section; all its targets share one, and its connections. Raises `ConfigError`."""
    name = section_name(section)
    return made(name, tuple(Config.instance().items(name)))


@functools.lru_cache(maxsize=64)
def made(section: str, content: tuple[tuple[str, str | None], ...]) -> StoreFileSystem:
    """One file system for each section and what stands in it."""
    return StoreFileSystem(section)
