"""`davs://` and `dav://` for fsspec: files on dCache, XRootD, EOS, StoRM and every other WebDAV server."""

from __future__ import annotations

import errno
import os
from collections.abc import Awaitable, Callable, Iterable, Sized
from datetime import UTC, datetime
from glob import has_magic
from typing import Any

from fsspec.asyn import sync
from fsspec.callbacks import DEFAULT_CALLBACK

from griddav.copying.within import copy_file, move_path
from griddav.errors import GridDavError
from griddav.file import AsyncWebDavFile, TextFile, WebDavFile, compressed
from griddav.http.concurrency import concurrently
from griddav.http.names import child, parent
from griddav.listing.cache import made
from griddav.listing.exact import Exact
from griddav.listing.existence import confirm, names_in
from griddav.listing.properties import Info, entries, exists, info, tree
from griddav.reading.download import (
    AT_ONCE,
    digest,
    fetch,
    fetch_sized,
    file_info,
    read_all,
    read_at_once,
    read_range,
    whole_file,
)
from griddav.reading.ranges import absolute_ranges, read_many
from griddav.writing.folders import make_folder, remove_empty_folder, remove_file, remove_tree
from griddav.writing.upload import UploadSource, upload


class WebDavFileSystem(Exact):
    """A WebDAV server as a file system. Paths are absolute and stand for themselves: `%`, `#`, `?` are letters.

    Only 404 and 410 mean that a file is missing; a `griddav.errors.GridDavError` is raised for every other failure.
    The options are those of `Connected`.
    """

    # What is there

    async def _info(self, path: str, refresh: bool = False, **_: Any) -> Info:
        path = self._strip_protocol(path)
        known = None if refresh else self.listings.info(path)
        if known is not None:
            return known
        found = await info(self.client, path)
        self.listings.add(found)  # somebody else may have written it since its folder was listed
        return found

    async def _exists(self, path: str, **_: Any) -> bool:
        path = self._strip_protocol(path)
        names = self.listings.names(parent(path)) if path != "/" else None
        return await exists(self.client, path) if names is None else path.rpartition("/")[2] in names

    async def _isfile(self, path: str) -> bool:
        return await self._type(path) == "file"

    async def _isdir(self, path: str) -> bool:
        return await self._type(path) == "directory"

    async def _type(self, path: str) -> str | None:
        try:
            return str((await self._info(path))["type"])
        except FileNotFoundError:
            return None

    async def _ls(self, path: str, detail: bool = True, refresh: bool = False, **_: Any) -> list[Info] | list[str]:
        path = self._strip_protocol(path)
        if refresh:
            self.listings.forget_one(path)
        found = await self._entries(path)
        return found if detail else [each["name"] for each in found]

    async def _entries(self, path: str) -> list[Info]:
        known = self.listings.infos(path)
        if known is not None:
            return known
        with self.listings.reading([path]) as readings:
            found = await self._listed(path)
            is_file = len(found) == 1 and found[0]["name"] == path
            for reading in readings:
                if not is_file and await self._believed(found):
                    self.listings.keep(reading, infos=found)
        return [dict(each) for each in found]

    async def _listed(self, path: str) -> list[Info]:
        return await entries(self.client, path)

    async def _believed(self, listing: Sized) -> bool:
        return len(listing) > 0 or (await self.client.profile()).lists_reliably

    async def _names_in(self, folders: Iterable[str]) -> dict[str, frozenset[str]]:
        paths = {folder: self._strip_protocol(folder) for folder in folders}
        found = {path: known for path in paths.values() if (known := self.listings.names(path)) is not None}
        wanted = [path for path in dict.fromkeys(paths.values()) if path not in found]
        with self.listings.reading(wanted) as readings:
            found |= await names_in(self.client, wanted)
            for reading in readings:
                if await self._believed(found[reading.folder]):
                    self.listings.keep(reading, names=found[reading.folder])
        return {folder: found[path] for folder, path in paths.items()}

    def names_in(self, folders: Iterable[str]) -> dict[str, frozenset[str]]:
        """The names of all that lies in each folder, by one request per folder, all at once; a missing folder has none.

        dCache answers a listing that failed with an empty one: `confirm` what you miss in an empty folder. Raises
        `GridDavError` where a folder cannot be listed.
        """
        return sync(self.loop, self._names_in, list(folders))  # type: ignore[no-any-return]

    async def _confirm(self, paths: Iterable[str]) -> frozenset[str]:
        wanted = {path: self._strip_protocol(path) for path in paths}
        present = await confirm(self.client, wanted.values())
        return frozenset(path for path, stripped in wanted.items() if stripped in present)

    def confirm(self, paths: Iterable[str]) -> frozenset[str]:
        """Those of the paths, absent from an *empty* listing, that are there all the same.

        Nothing is asked of a server whose empty listings can be believed. Raises `GridDavError`.
        """
        return sync(self.loop, self._confirm, list(paths))  # type: ignore[no-any-return]

    async def _find(
        self, path: str, maxdepth: int | None = None, withdirs: bool = False, detail: bool = False, **_: Any
    ) -> dict[str, Info] | list[str]:
        if maxdepth is not None and maxdepth < 1:
            raise ValueError("maxdepth must be at least 1")
        path = self._strip_protocol(path)
        try:
            found = await tree(self._entries, path, maxdepth)
            if withdirs and path not in found:
                found[path] = await self._info(path)
        except FileNotFoundError:
            found = {}
        names = sorted(name for name, each in found.items() if withdirs or each["type"] == "file")
        return {name: found[name] for name in names} if detail else names

    def modified(self, path: str) -> datetime:
        """When a file was last written. Raises `ValueError` where the server does not say."""
        time = self.info(path, refresh=True)["mtime"]
        if time is None:
            raise ValueError(f"{self.unstrip_protocol(path)}: the server does not say when it was modified")
        return datetime.fromtimestamp(time, UTC)

    async def _digest(self, path: str, algorithm: str) -> str | None:
        return await digest(self.client, self._strip_protocol(path), algorithm)

    def digest(self, path: str, algorithm: str) -> str | None:
        """Hexadecimal digits of a file's checksum, by the server's word; None where it has none of this algorithm.

        `algorithm`: adler32, crc32c, md5, sha-256 or sha-512; `ValueError` for another.
        """
        return sync(self.loop, self._digest, path, algorithm)  # type: ignore[no-any-return]

    # fsspec leaves folders out that cannot be listed: an outage would look like a tree without them.

    def walk(
        self, path: str, maxdepth: int | None = None, topdown: bool = True, on_error: Any = "omit", **options: Any
    ) -> Any:
        """As fsspec has it; "omit" is for folders that vanish meanwhile. Raises `GridDavError`."""
        return super().walk(path, maxdepth, topdown, missing_only if on_error == "omit" else on_error, **options)

    def _walk(
        self, path: str, maxdepth: int | None = None, topdown: bool = True, on_error: Any = "omit", **options: Any
    ) -> Any:
        return super()._walk(path, maxdepth, topdown, missing_only if on_error == "omit" else on_error, **options)

    # Reading

    async def _cat_file(
        self, path: str, start: int | None = None, end: int | None = None, *, most: int | None = None, **_: Any
    ) -> bytes:
        """As fsspec has it. Who knows that a file has at most so many bytes, and looks at what it holds, saves a
        question about it.
        """
        path = self._strip_protocol(path)
        if start is None and end is None:
            data = None
            if most is not None and not (await self.client.profile()).details:  # a file may be on tape
                data = await read_at_once(self.client, path, None, most)
            return await read_all(self.client, path) if data is None else data
        (span,) = await absolute_ranges(self.client, path, [(start, end)])
        return await read_range(self.client, path, *span)

    async def _cat_ranges(
        self, paths: list[str], starts: Any, ends: Any, max_gap: int | None = None, batch_size: int | None = None,
        on_error: str = "return", **_: Any,
    ) -> list[Any]:  # fmt: skip
        stripped = [self._strip_protocol(path) for path in paths]
        return await read_many(self.client, stripped, starts, ends, max_gap, raises=on_error != "return")

    async def _get_file(
        self, rpath: str, lpath: str, callback: Any = DEFAULT_CALLBACK, size: int | None = None, **_: Any
    ) -> None:
        """As fsspec has it. Who knows the `size` of a file, and looks at what arrives, saves a question about it."""
        path = self._strip_protocol(rpath)
        progress = callback.absolute_update
        if await self._arrives(path, os.fspath(lpath), size, progress):
            return
        entry = self.listings.info(path)
        if entry is None or entry["type"] != "directory":  # a file may be another one by now
            entry = await info(self.client, path)
        if entry["type"] == "directory":
            os.makedirs(lpath, exist_ok=True)
            return
        whole_file(self.client, path, entry)
        callback.set_size(entry["size"])
        await fetch(self.client, path, os.fspath(lpath), entry, progress)

    async def _arrives(self, path: str, target: str, size: int | None, progress: Callable[[int], None]) -> bool:
        """Whether a file of this size was fetched without a question; where files may be on tape, one is asked."""
        if size is None or size > AT_ONCE or (await self.client.profile()).details:
            return False
        return await fetch_sized(self.client, path, target, size, progress)

    def open(
        self, path: str, mode: str = "rb", block_size: int | None = None, cache_options: dict[str, Any] | None = None,
        compression: str | None = None, **options: Any,
    ) -> Any:  # fmt: skip
        """As fsspec has it. What is written, in text or compressed as well, appears at `close`, or not at all."""
        rest = {"block_size": block_size, "cache_options": cache_options}
        text = {name: options.pop(name) for name in ("encoding", "errors", "newline") if name in options}
        if "r" in mode:
            return super().open(path, mode, compression=compression, **rest, **options, **text)
        file = super().open(path, mode.replace("t", "").replace("b", "") + "b", **rest, **options)
        written = compressed(file, path, compression)
        return written if "b" in mode else TextFile(written, **text)

    async def open_async(self, path: str, mode: str = "rb", **options: Any) -> AsyncWebDavFile:
        """A file for coroutines, in mode rb, wb or xb. Raises as `open`.

        That is `ValueError` for another mode, and `FileExistsError` for xb where the name is taken.
        """
        if mode not in ("rb", "wb", "xb") or options.get("compression"):
            raise ValueError("open_async knows the modes rb, wb and xb, and no compression")
        path = self._strip_protocol(path)
        if mode == "xb" and await self._exists(path):
            raise FileExistsError(errno.EEXIST, "File exists", path)
        size = (await file_info(self.client, path))["size"] if mode == "rb" else None
        return AsyncWebDavFile(self, path, mode, size)

    def _open(
        self, path: str, mode: str = "rb", block_size: int | None = None, autocommit: bool = True,
        cache_options: dict[str, Any] | None = None, **options: Any,
    ) -> WebDavFile:  # fmt: skip
        path = self._strip_protocol(path)
        if mode == "xb" and self.exists(path):
            raise FileExistsError(errno.EEXIST, "File exists", path)
        size = block_size if isinstance(block_size, int) and block_size > 0 else None
        return WebDavFile(
            self, path, mode, block_size=size, autocommit=autocommit, cache_options=cache_options, **options
        )

    # Writing

    async def _publish(
        self, source: UploadSource, path: str, overwrite: bool, progress: Callable[[int], None] = lambda _: None
    ) -> None:
        await upload(self.client, source, path, overwrite=overwrite, progress=progress)
        self.listings.add(made(path, source.size))

    async def _pipe_file(self, path: str, value: bytes, mode: str = "overwrite", **_: Any) -> None:
        await self._publish(UploadSource.of_bytes(bytes(value)), self._strip_protocol(path), overwrite=mode != "create")

    async def _put_file(
        self, lpath: str, rpath: str, mode: str = "overwrite", callback: Any = DEFAULT_CALLBACK, **_: Any
    ) -> None:
        path = self._strip_protocol(rpath)
        if os.path.isdir(lpath):
            await self._makedirs(path, exist_ok=True)
            return
        source = UploadSource.of_file(os.fspath(lpath))
        callback.set_size(source.size)
        await self._publish(source, path, mode != "create", callback.absolute_update)

    async def _cp_file(self, path1: str, path2: str, **_: Any) -> None:
        target = self._strip_protocol(path2)
        await copy_file(self.client, self._strip_protocol(path1), target)
        await self._appeared(target)

    def mv(self, path1: Any, path2: Any, recursive: bool = False, maxdepth: int | None = None, **options: Any) -> None:
        """Move files; a single file or folder by one request, and then nobody sees half of it."""
        single = isinstance(path1, str) and isinstance(path2, str) and (not has_magic(path1) or self.exists(path1))
        if not single or maxdepth is not None:
            super().mv(path1, path2, recursive=recursive, maxdepth=maxdepth, **options)
            return
        sync(self.loop, self._mv, path1, path2)

    async def _mv(self, path1: str, path2: str) -> None:
        source, target = self._strip_protocol(path1), self._strip_protocol(path2)
        if path2.endswith("/") or await self._isdir(target):
            target = child(target, source.rpartition("/")[2])
        await self._mv_file(source, target)

    async def _mv_file(self, path1: str, path2: str) -> None:
        source, target = self._strip_protocol(path1), self._strip_protocol(path2)
        await move_path(self.client, source, target)
        self.listings.remove(source)
        await self._appeared(target)

    async def _appeared(self, path: str) -> None:
        """Something came to be here that we know nothing else of."""
        self.listings.forget(path)
        if self.listings.on:
            self.listings.add(await info(self.client, path))

    # Removing, and folders

    async def _rm_file(self, path: str, **_: Any) -> None:
        await self._remove(remove_file, self._strip_protocol(path))

    async def _rm(
        self, path: Any, recursive: bool = False, batch_size: int | None = None, maxdepth: int | None = None, **_: Any
    ) -> None:
        if maxdepth is not None:
            raise NotImplementedError("a folder is removed with all that it holds: name what shall be removed")
        paths = await self._to_be_removed(path)
        if "/" in paths:
            raise ValueError("the root of a server is never removed")
        await concurrently(self._remove(remove_tree if recursive else remove_file, each) for each in paths)

    async def _remove(self, remove: Callable[..., Awaitable[None]], path: str) -> None:
        await remove(self.client, path)
        self.listings.remove(path)

    async def _mkdir(self, path: str, create_parents: bool = True, **_: Any) -> None:
        path = self._strip_protocol(path)
        await make_folder(self.client, path, parents=create_parents)
        self.listings.add(made(path))

    async def _makedirs(self, path: str, exist_ok: bool = False) -> None:
        path = self._strip_protocol(path)
        await make_folder(self.client, path, exist_ok=exist_ok)
        self.listings.add(made(path))

    async def _rmdir(self, path: str) -> None:
        await self._remove(remove_empty_folder, self._strip_protocol(path))

    def rmdir(self, path: str) -> None:
        """Remove an empty folder. Raises `OSError` (ENOTEMPTY) where it is not."""
        sync(self.loop, self._rmdir, path)


def missing_only(error: Exception) -> None:
    """What vanished holds nothing; any other error is none that a walk passes over."""
    if isinstance(error, GridDavError):
        raise error
