"""Files on WebDAV servers and dCache, by griddav: uploads, downloads and renames are whole and verified there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fsspec.asyn import sync
from fsspec.callbacks import DEFAULT_CALLBACK, Callback

LOOKS_AGAIN = 2


@dataclass(frozen=True)
class WebDavFiles:
    """See `ServerFiles`. `fs` is one of griddav's file systems."""

    fs: Any

    @property
    def has_folders(self) -> bool:
        return True

    def info(self, path: str) -> dict[str, Any]:
        found: dict[str, Any] = self.fs.info(path, refresh=True)
        return found

    def entries(self, path: str) -> list[dict[str, Any]]:
        """Asked again where an empty listing may be one that failed, as on dCache."""
        found: list[dict[str, Any]] = self.fs.ls(path, detail=True, refresh=True)
        for _ in range(LOOKS_AGAIN):
            if found or self.profile().lists_reliably:
                break
            found = self.fs.ls(path, detail=True, refresh=True)
        return found

    def put(
        self, source: str, path: str, progress: Callable[[int], None] | None = None, *, overwrite: bool
    ) -> None:  # fmt: skip
        mode = "overwrite" if overwrite else "create"
        self.fs.put_file(source, path, mode=mode, callback=reporting(progress))

    def write(self, data: bytes, path: str) -> None:
        self.fs.pipe_file(path, data)

    def get(
        self, path: str, target: str, progress: Callable[[int], None] | None = None, size: int | None = None
    ) -> None:  # fmt: skip
        self.fs.get_file(path, target, callback=reporting(progress), size=size)

    def copy(self, source: str, path: str) -> None:
        self.fs.cp_file(source, path)

    def rename(self, source: str, path: str, *, overwrite: bool) -> None:
        """A file takes the place of a file and of nothing else, whatever was asked: `_mv_file` sees to that."""
        sync(self.fs.loop, self.fs._mv_file, source, path)

    def remove_file(self, path: str) -> None:
        self.fs.rm_file(path)

    def remove_tree(self, path: str) -> None:
        from griddav.writing.folders import remove_tree

        sync(self.fs.loop, self.fs._remove, remove_tree, path)  # `rm` takes `*` for many names

    def make_folder(self, path: str) -> None:
        self.fs.makedirs(path, exist_ok=True)

    def checksum(self, path: str, algorithm: str) -> str | None:
        digits: str | None = self.fs.digest(path, algorithm)
        return digits

    def profile(self) -> Any:
        """What kind of server this is (griddav's `ServerProfile`)."""
        return sync(self.fs.loop, self.fs.client.profile)


def reporting(progress: Callable[[int], None] | None) -> Any:
    """A callback of fsspec."""
    if progress is None:
        return DEFAULT_CALLBACK
    return Callback(hooks={"progress": lambda size, value, **_: progress(value)})
