"""law targets in a store: files and folders that appear as a whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from law.config import Config
from law.target.file import get_path, get_scheme
from law.target.formatter import AUTO_FORMATTER, find_formatter
from law.target.local import LocalDirectoryTarget, LocalFileTarget, LocalTarget
from law.target.remote.base import RemoteDirectoryTarget, RemoteFileTarget, RemoteTarget

from caselaw.storage.files.pending_file import open_in_format
from caselaw.storage.law.filesystem import StoreFileSystem, file_system

READ_LATER = frozenset({"uproot"})  # formatters; uproot opens the file again for every basket


class StoreTarget(RemoteTarget):  # type: ignore[misc]
    """A path in a store, or its URL. `fs` is a section of law.cfg or its file system; without it, the section that
    `[target] default_store_fs` names.
    """

    def __init__(self, path: Any, fs: StoreFileSystem | str | None = None, **options: Any) -> None:
        files = fs if isinstance(fs, StoreFileSystem) else file_system(fs)
        super().__init__(files.file_interface.sanitize_path(path) if get_scheme(path) else path, files, **options)

    def copy_to(self, dst: Any, **options: Any) -> Any:
        """Copy it to a path of this store, or to a target: of this machine, of this store or of another one."""
        if isinstance(dst, LocalTarget):
            return self.copy_to_local(dst, **options)
        if isinstance(dst, RemoteTarget) and dst.fs is not self.fs:
            with self.localize("r") as local:
                return dst.copy_from_local(local, **options)
        return super().copy_to(dst, **options)

    def copy_from(self, src: Any, **options: Any) -> Any:
        """The other way round."""
        if isinstance(src, LocalTarget):
            return self.copy_from_local(src, **options)
        return src.copy_to(self, **options) if isinstance(src, RemoteTarget) else super().copy_from(src, **options)

    def move_to(self, dst: Any, **options: Any) -> Any:
        """Move it; a file within one store by a single request."""
        if isinstance(dst, LocalTarget):
            return self.move_to_local(dst, **options)
        if isinstance(dst, RemoteTarget) and dst.fs is not self.fs:
            moved = self.copy_to(dst, **options)
            self.remove()
            return moved
        return super().move_to(dst, **options)

    def move_from(self, src: Any, **options: Any) -> Any:
        """The other way round."""
        if isinstance(src, LocalTarget):
            moved = self.copy_from_local(src, **options)
            src.remove()
            return moved
        return src.move_to(self, **options) if isinstance(src, RemoteTarget) else super().move_from(src, **options)


class StoreFileTarget(StoreTarget, RemoteFileTarget):  # type: ignore[misc]
    """A file in a store. However it is written (`open`, `dump`, `localize`, copies), it appears whole and verified.

    `format` is one of luigi's: with it, `open` reads and writes what the format makes of the bytes.
    Questions that fail raise `StoreUnavailable`.
    """

    def __init__(self, path: Any, fs: StoreFileSystem | str | None = None, format: Any = None, **options: Any) -> None:
        self.format = format
        super().__init__(path, fs, **options)

    def open(self, mode: str = "r", **options: Any) -> Any:
        """Open it in mode r, w or a; in mode w nothing is visible before `close`, or after an error."""
        return open_in_format(lambda mode: self.fs.open(self.path, mode, **options), self.format, mode)

    def load(self, *args: Any, **options: Any) -> Any:
        """Read it by the formatter for its extension, or the one that is named as `formatter`.

        What a formatter reads later, when it is asked for it, is kept on this machine for so long.
        """
        formatter = find_formatter(self.path, "load", options.get("formatter", AUTO_FORMATTER))
        if formatter.name not in READ_LATER:
            return super().load(*args, **options)
        remote, options = self.fs.split_remote_kwargs(options)
        local = LocalFileTarget(is_tmp=self.ext(n=1) or True)
        self.copy_to_local(local, **remote)
        found = local.load(*args, **options)
        weakref.finalize(found.file, local.remove)
        return found

    def touch(self, **options: Any) -> None:
        """Make an empty file."""
        with self.fs.open(self.path, "wb", **options):
            pass

    def _prepare_dir(self, **_: Any) -> None:
        """Nothing: whoever writes into a store makes the folders."""


class StoreDirectoryTarget(StoreTarget, RemoteDirectoryTarget):  # type: ignore[misc]
    """A folder in a store."""

    def copy_to_local(self, dst: Any, **options: Any) -> str:
        """Copy all that it holds to a folder of this machine. Returns its path."""
        path = str(self.fs.local_fs.abspath(get_path(dst)))
        self.fs.copy_folder(self.path, f"file://{path}", **options)
        return path

    def copy_from_local(self, src: Any, **options: Any) -> str:
        """Publish a folder of this machine under this name, in place of what has it. Returns the URL."""
        self.fs.copy_folder(f"file://{self.fs.local_fs.abspath(get_path(src))}", self.path, **options)
        return str(self.uri())

    @contextmanager
    def localize(self, mode: str = "r", tmp_dir: Any = None, **options: Any) -> Iterator[LocalDirectoryTarget]:
        """A folder of this machine to read (mode r), or to fill (w) or change (a), which is published at the end of
        the block. Nothing happens to what is in the store when the block ends with an error.

        Raises `ValueError` for another mode.
        """
        if mode not in ("r", "w", "a"):
            raise ValueError(f"a folder is localized in mode r, w or a, not {mode!r}")
        above = str(getattr(tmp_dir, "abspath", tmp_dir) or Config.instance().get_expanded("target", "tmp_dir"))
        Path(above).mkdir(parents=True, exist_ok=True)
        folder = tempfile.mkdtemp(prefix="caselaw-", dir=above)
        try:
            if mode == "r" or (mode == "a" and self.exists()):
                self.copy_to_local(folder)
            yield LocalDirectoryTarget(folder)
            if mode != "r":
                self.copy_from_local(folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


StoreTarget.file_class = StoreFileTarget
StoreTarget.directory_class = StoreDirectoryTarget
