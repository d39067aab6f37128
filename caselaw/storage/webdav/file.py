"""A file that is open: read by ranges, or written to local disk first and published when it is closed."""

from __future__ import annotations

import contextlib
import tempfile
import warnings
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from fsspec.asyn import sync
from fsspec.spec import AbstractBufferedFile

from caselaw.storage.webdav.upload import Source, upload

if TYPE_CHECKING:
    from caselaw.storage.webdav.filesystem import WebDavFileSystem

IN_MEMORY = 8 << 20  # bytes: what is longer goes to a temporary file


class WebDavFile(AbstractBufferedFile):  # type: ignore[misc]
    """Modes rb, wb, xb and ab. What is written appears at `close`, whole and verified, or not at all.

    A `with` block that ends with an error publishes nothing, and neither does a file that is never closed.
    """

    def __init__(self, fs: WebDavFileSystem, path: str, mode: str = "rb", **options: Any) -> None:
        self.closed: bool = False
        super().__init__(fs, path, mode, **options)
        if mode == "rb":
            return
        self.buffer = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed by commit or discard
        if mode == "ab" and fs.exists(path):
            self.loc = self.buffer.write(fs.cat_file(path))

    def write(self, data: Any) -> int:
        """Takes bytes; returns how many. Raises `ValueError` for a file that is closed or open for reading."""
        if not self.writable():
            raise ValueError("the file is closed or not open for writing")
        written = self.buffer.write(data)
        self.loc += written
        return int(written)

    def flush(self, force: bool = False) -> None:
        """Nothing is visible before `close`."""
        if self.closed:
            raise ValueError("the file is closed")

    def close(self) -> None:
        """Publish what was written. Raises `FileExistsError` in mode xb, `StoreUnavailable` where it cannot be."""
        if self.mode == "rb":
            super().close()
        elif not self.closed:
            self.closed = True
            if self.autocommit:
                self.commit()

    def commit(self) -> None:
        """Publish a file of a transaction that was closed."""
        source = Source(self.path, self.loc, self._from_start)
        try:
            sync(self.fs.loop, upload, self.fs.client, source, self.path, overwrite=self.mode != "xb")
        finally:
            self.buffer.close()

    def discard(self) -> None:
        """Forget what was written."""
        self.closed = True
        self.buffer.close()

    def _from_start(self) -> contextlib.AbstractContextManager[BinaryIO]:
        self.buffer.seek(0)
        return contextlib.nullcontext(cast(BinaryIO, self.buffer))

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None and self.mode != "rb" and not self.closed:
            self.discard()
        self.close()

    def __del__(self) -> None:
        if self.closed:
            return
        if self.mode == "rb":
            self.close()
        else:
            warnings.warn(f"{self.path} was written but never closed: it is not published", ResourceWarning, 2)
            self.discard()
