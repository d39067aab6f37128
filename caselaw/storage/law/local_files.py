"""law's file system of this machine, in which files appear under their names at once and whole."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from typing import Any

import law
from luigi.target import FileAlreadyExists

from caselaw.storage.files.pending_file import PendingFile, as_text
from caselaw.storage.files.unfinished import is_unfinished, unfinished_beside

OTHER_DISK = frozenset({errno.EXDEV})


class LocalFiles(law.LocalFileSystem):  # type: ignore[misc]
    """As law has it, but that nobody sees a part of a file: what is written or copied is renamed at its end."""

    def open(self, path: Any, mode: str = "r", perm: int | None = None, dir_perm: int | None = None, **_: Any) -> Any:
        """Open a file in mode r, w or a, with b for bytes. What is written appears at `close`, without an error only.

        Raises `ValueError` for another mode and `OSError`.
        """
        path = self.abspath(path)
        kind = mode.replace("b", "").replace("t", "")
        if kind == "r":
            return open(path, mode) if "b" in mode else open(path, mode, encoding="utf-8")
        if kind not in ("w", "a"):
            raise ValueError(f"a target is opened in mode r, w or a, not {mode!r}")
        self._prepare_dst_dir(path, perm=dir_perm)
        temporary = unfinished_beside(path, self.ext(path, n=0))
        if kind == "a" and os.path.exists(path):
            shutil.copy2(path, temporary)
        file = PendingFile(temporary, lambda written: self._publish(written, path, perm), kind)
        return file if "b" in mode else as_text(file)

    def listdir(self, path: Any, **options: Any) -> list[str]:
        """Names in a folder, without files that are being written. Raises `OSError`."""
        return [name for name in super().listdir(path, **options) if not is_unfinished(name)]

    def copy(self, src: Any, dst: Any, perm: int | None = None, dir_perm: int | None = None, **_: Any) -> Any:
        """Copy a file; into `dst` where that is a folder. Returns its path. Raises `OSError`."""
        dst = self._prepare_dst_dir(dst, src=src, perm=dir_perm)
        self._place(lambda temporary: shutil.copy2(self.abspath(src), temporary), self.abspath(dst), perm)
        return dst

    def move(
        self, src: Any, dst: Any, perm: int | None = None, dir_perm: int | None = None,
        raise_if_exists: bool = False, **_: Any,
    ) -> Any:  # fmt: skip
        """Move a file or folder, from another disk too; into `dst` where that is a folder. Returns its path.

        Raises luigi's `FileAlreadyExists` where that is asked for, and `OSError`.
        """
        if raise_if_exists and self.exists(dst):
            raise FileAlreadyExists(f"there is a file of this name: {dst}")
        dst = self._prepare_dst_dir(dst, src=src, perm=dir_perm)
        source, final = self.abspath(src), self.abspath(dst)
        try:
            os.replace(source, final)
            self.chmod(final, self.default_file_perm if perm is None else perm)
        except OSError as error:
            if error.errno not in OTHER_DISK:
                raise
            self._place(lambda temporary: copy_all(source, temporary), final, perm)
            self.remove(source)
        return dst

    def rename_dont_move(self, path: Any, dest: Any) -> None:
        """Move a file to a new name. Raises luigi's `FileAlreadyExists` where there is one."""
        self.move(path, dest, raise_if_exists=True)

    def _place(self, make: Callable[[str], object], final: str, perm: int | None) -> None:
        """Make a file under a temporary name, then give it its own."""
        temporary = unfinished_beside(final)
        try:
            make(temporary)
            self._publish(temporary, final, perm)
        except BaseException:
            if os.path.lexists(temporary):
                self.remove(temporary)
            raise

    def _publish(self, written: str, final: str, perm: int | None) -> None:
        self.chmod(written, self.default_file_perm if perm is None else perm)
        os.replace(written, final)


def copy_all(source: str, target: str) -> None:
    """Copy a file or folder."""
    (shutil.copytree if os.path.isdir(source) else shutil.copy2)(source, target)


LocalFiles.default_instance = LocalFiles()
