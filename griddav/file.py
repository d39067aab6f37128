"""A file that is open: read by ranges, or written to local disk first and published when it is closed."""

from __future__ import annotations

import asyncio
import contextlib
import io
import shutil
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from fsspec.asyn import AbstractAsyncStreamedFile, sync
from fsspec.compression import compr
from fsspec.core import get_compression
from fsspec.spec import AbstractBufferedFile

from griddav.http.request import Client
from griddav.reading.download import file_info
from griddav.reading.stream import Reader
from griddav.writing.upload import UploadSource

IN_MEMORY = 8 << 20  # bytes: what is longer goes to a temporary file


class FileAccess(Protocol):
    """What an open file needs of its file system."""

    client: Client

    @property
    def loop(self) -> asyncio.AbstractEventLoop: ...
    def exists(self, path: str) -> bool: ...
    def get_file(self, rpath: str, lpath: str) -> None: ...
    async def _publish(self, source: UploadSource, path: str, overwrite: bool) -> None: ...


class Draft:
    """What was written to a file and is not published yet. Closing it in vain forgets it."""

    def __init__(self) -> None:
        self.buffer = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed by `close`
        self._handled = sys.exc_info()[1]

    def failing(self) -> bool:
        """Whether an error is on its way that was not when the draft was begun.

        Text and compressed files tell nobody why they are closed, and neither does `fsspec.open`.
        """
        error = sys.exc_info()[1]
        return error is not None and error is not self._handled

    def source(self, path: str, size: int) -> UploadSource:
        return UploadSource(path, size, self._from_start)

    def close(self) -> None:
        self.buffer.close()

    def _from_start(self) -> contextlib.AbstractContextManager[BinaryIO]:
        self.buffer.seek(0)
        return contextlib.nullcontext(cast(BinaryIO, self.buffer))


class WebDavFile(AbstractBufferedFile):  # type: ignore[misc]
    """Modes rb, wb, xb and ab. What is written appears at `close`, whole and verified, or not at all.

    A `with` block that ends with an error publishes nothing, and neither does a file that is never closed or that is
    closed on the way of an error.
    """

    def __init__(self, fs: FileAccess, path: str, mode: str = "rb", **options: Any) -> None:
        entry = sync(fs.loop, file_info, fs.client, path) if mode == "rb" else {}
        self.closed: bool = False
        if mode == "rb":
            super().__init__(fs, path, mode, **(options | {"size": entry["size"]}))
            self.details = entry
            self._reader = Reader(fs.client, path, entry["size"])
            return
        super().__init__(fs, path, mode, **options)
        self.draft = Draft()
        self.buffer = self.draft.buffer
        if mode == "ab" and fs.exists(path):
            self.loc = fetched(fs, path, self.draft)

    def write(self, data: Any) -> int:
        """Takes bytes; returns how many. Raises `ValueError` for a file that is closed or open for reading."""
        if not self.writable():
            raise ValueError("the file is closed or not open for writing")
        written = self.buffer.write(data)
        self.loc += written
        return int(written)

    def flush(self, force: bool = False) -> None:
        """Nothing is visible before `close`. Raises `ValueError` after that."""
        if self.closed:
            raise ValueError("the file is closed")

    def close(self) -> None:
        """Publish what was written. Raises `FileExistsError` in mode xb, `GridDavError` where it cannot be."""
        if self.closed:
            return
        if self.mode == "rb":
            self._reader.close()
            super().close()
        elif self.draft.failing():
            self.discard()
            warnings.warn(f"{self.path} is not published: it was closed on the way of an error", stacklevel=2)
        else:
            self.closed = True
            if self.autocommit:
                self.commit()

    def commit(self) -> None:
        """Publish a file of a transaction that was closed."""
        source = self.draft.source(self.path, self.loc)
        try:
            sync(self.fs.loop, self.fs._publish, source, self.path, overwrite=self.mode != "xb")
        finally:
            self.draft.close()

    def discard(self) -> None:
        """Forget what was written."""
        self.closed = True
        self.draft.close()

    def _fetch_range(self, start: int, end: int) -> bytes:
        data: bytes = sync(self.fs.loop, self._reader.read, start, end)
        return data

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None and self.mode != "rb" and not self.closed:
            self.discard()
        self.close()

    def __del__(self) -> None:
        if self.closed or not hasattr(self, "mode"):  # it could not even be opened
            return
        if self.mode != "rb":
            if hasattr(self, "draft"):
                self.discard()
                warnings.warn(f"{self.path} was written but never closed: it is not published", ResourceWarning, 2)
        elif hasattr(self, "_reader"):
            self.close()


class CompressedFile(io.BufferedIOBase):
    """A file that is compressed while it is written. Compressors leave the file below open: this closes both."""

    def __init__(self, compressor: Any, file: WebDavFile) -> None:
        self._compressor, self._file = compressor, file

    def writable(self) -> bool:
        """It is for writing only."""
        return True

    def write(self, data: Any) -> int:
        """Takes bytes before compression; returns how many."""
        return int(self._compressor.write(data))

    def close(self) -> None:
        """Publish what was written, as `WebDavFile.close`."""
        if not self.closed:
            try:
                self._compressor.close()
                self._file.close()
            finally:
                super().close()

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None and not self.closed:
            self._compressor.close()
            self._file.discard()
        self.close()

    def __del__(self) -> None:
        """Nothing is published: the file below says so."""


class TextFile(io.TextIOWrapper):
    """A text file that publishes nothing when it was not closed, or closed by an error."""

    def __init__(self, file: WebDavFile | CompressedFile, **options: Any) -> None:
        super().__init__(cast(BinaryIO, file), **options)
        self._file = file

    def __exit__(self, kind: object, *rest: object) -> None:
        if kind is not None:
            self._file.__exit__(kind, *rest)
        self.close()

    def __del__(self) -> None:
        """Nothing is published: the file below says so."""


class AsyncWebDavFile(AbstractAsyncStreamedFile):  # type: ignore[misc]
    """Modes rb, wb and xb for coroutines; opened by `WebDavFileSystem.open_async`."""

    def __init__(self, fs: FileAccess, path: str, mode: str, size: int | None) -> None:
        self.closed: bool = False
        super().__init__(fs, path, mode, size=size, cache_type="none")
        self._reader = Reader(fs.client, path, size, ahead=True) if size is not None else None
        self._draft = Draft() if mode != "rb" else None

    async def write(self, data: Any) -> int:
        """Takes bytes; returns how many. Raises `ValueError` for a file that is not open for writing."""
        if self.closed or self._draft is None:
            raise ValueError("the file is closed or not open for writing")
        self.loc += (written := self._draft.buffer.write(data))
        return int(written)

    async def flush(self, force: bool = False) -> None:
        """Nothing is visible before `close`."""

    async def close(self) -> None:
        """Publish what was written. Raises as `WebDavFile.close`."""
        if self.closed:
            return
        self.closed = True
        if self._reader is not None:
            self._reader.close()
        if self._draft is None:
            return
        try:
            if not self._draft.failing():
                await self.fs._publish(self._draft.source(self.path, self.loc), self.path, overwrite=self.mode != "xb")
        finally:
            self._draft.close()

    async def _fetch_range(self, start: int, end: int) -> bytes:
        if self._reader is None:
            raise ValueError("the file is not open for reading")
        return await self._reader.read(start, end)

    def __del__(self) -> None:
        if self.closed:
            return
        self.closed = True
        if self._reader is not None:
            self._reader.close()
        if self._draft is not None:
            warnings.warn(f"{self.path} was written but never closed: it is not published", ResourceWarning, 2)
            self._draft.close()

    async def __aexit__(self, kind: object, *_: object) -> None:
        if kind is not None and self._draft is not None:
            self.closed = True
            self._draft.close()
        await self.close()


def fetched(fs: FileAccess, path: str, draft: Draft) -> int:
    """Begin a draft with what a file holds; how many bytes that is."""
    with tempfile.TemporaryDirectory(prefix="griddav-") as folder:
        local = Path(folder, "file")
        fs.get_file(path, str(local))
        with local.open("rb") as file:
            shutil.copyfileobj(file, draft.buffer)
    return draft.buffer.tell()


def compressed(file: WebDavFile, path: str, compression: str | None) -> WebDavFile | CompressedFile:
    """The file, or one that compresses what is written to it. `compression` is a name that fsspec knows, or "infer"."""
    name = get_compression(path, compression)
    return file if name is None else CompressedFile(compr[name](file, mode="w"), file)
