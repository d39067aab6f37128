"""`dcache://` for fsspec: WebDAV for names and bytes, the REST frontend for details, staging for what is on tape."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

import fsspec
from fsspec.asyn import sync
from fsspec.callbacks import DEFAULT_CALLBACK
from fsspec.spec import AbstractFileSystem

from griddav import WebDavFileSystem
from griddav.dcache.addresses import NOWHERE, SCHEME, NoDoor, door_url, door_urls, options_of, shown, split_url
from griddav.dcache.arguments import credentials
from griddav.dcache.namespace import Namespace
from griddav.errors import GridDavError
from griddav.http.concurrency import concurrently
from griddav.http.names import plain
from griddav.http.request import Client
from griddav.listing.properties import Info, entries
from griddav.options import ASYNC, OPTIONS
from griddav.tape.locality import Locality, refuse_tape
from griddav.tape.online import brought_online
from griddav.tape.rest import client_at
from griddav.tape.staging import DAY, Patience, ignore

try:
    from dcachefs import dCacheFileSystem as Known  # so that `isinstance` holds for who has it; nothing of it is used
except ImportError:
    Known = object

# Importing dcachefs takes the name; who asks fsspec for it gets what our entry point says, as before.
fsspec.register_implementation("dcache", "griddav.dcache.DCacheFileSystem", clobber=True)


FOR_AIOHTTP = ("client_kwargs", "request_kwargs")
AHEAD = 5 << 20  # bytes


class DCacheFileSystem(WebDavFileSystem, Known):  # type: ignore[misc]
    """A dCache as a file system; the name and arguments are those of dcachefs, the operations are not.

    `webdav_url`: of the door. `api_url`: of the REST frontend (`https://host:3880/api/v1`), which adds details to
    `info` and `ls`. `username`, `password`, `token`: credentials. `client_kwargs`, `request_kwargs`: their `auth` and
    `Authorization` only. `block_size`: bytes that are read ahead. `encoded` has no effect: names stand for themselves.

    `stage`: a file on tape is brought to disk when it is read, and kept there for `lifetime` seconds; otherwise reading
    it raises `griddav.errors.OnTape`. All options of `WebDavFileSystem` are understood as well.
    """

    protocol = "dcache"  # type: ignore[assignment]
    known_options = frozenset({*OPTIONS, *ASYNC, "webdav_url", "block_size", "encoded"})

    def __init__(
        self, api_url: str | None = None, webdav_url: str | None = None, username: str | None = None,
        password: str | None = None, token: str | None = None, client_kwargs: Mapping[str, Any] | None = None,
        request_kwargs: Mapping[str, Any] | None = None, block_size: int | None = None, asynchronous: bool = False,
        loop: Any = None, batch_size: int | None = None, encoded: bool = True, *, stage: bool = False,
        lifetime: float = 2 * DAY, patience: Patience | None = None, **options: Any,
    ) -> None:  # fmt: skip
        api_url = OPTIONS["api_url"].read(api_url)
        options = {"profile": "dcache"} | options | {"doors": door_urls(options.get("doors", ()))}
        if "user" in options:  # as `WebDavFileSystem` has it
            options |= {"password": password, "token": token}
        else:
            options |= credentials(username, password, token, client_kwargs, request_kwargs)
        super().__init__(
            webdav_url or NOWHERE, api_url=api_url, webdav_url=webdav_url, block_size=block_size,
            asynchronous=asynchronous, loop=loop, batch_size=batch_size, encoded=encoded, **options,
        )  # fmt: skip
        self.api_url, self.webdav_url, self.encoded = api_url, webdav_url, encoded
        self.block_size = AHEAD if block_size is None else block_size
        self.stage, self.lifetime = OPTIONS["stage"].read(stage), OPTIONS["lifetime"].read(lifetime)
        self.patience = patience
        self.frontend = None if api_url is None else client_at(api_url, self.client)
        self.namespace = None if self.frontend is None else Namespace(self.frontend, self.client)
        if webdav_url is None:  # as in dcachefs, that is told at the first use
            self.client = cast(Client, NoDoor())

    async def set_session(self) -> Any:
        """The session of the WebDAV client, which opens at the first request and closes with the file system."""
        return self.client.sessions.get() if hasattr(self, "client") else None

    @classmethod
    def _strip_protocol(cls, path: Any) -> Any:
        if isinstance(path, list):
            return [cls._strip_protocol(each) for each in path]
        text = os.fspath(path)
        return plain(split_url(text)[1]) if text.startswith(SCHEME) else super()._strip_protocol(text)

    def _below_base(self, path: Any) -> Any:
        return super()._below_base(path if isinstance(path, list) else door_url(os.fspath(path)))

    @classmethod
    def _get_webdav_url(cls, path: Any) -> None:
        """A path never changes the door of a file system."""

    @classmethod
    def _get_kwargs_from_urls(cls, url: Any) -> dict[str, str]:
        return options_of(url[0] if isinstance(url, list) else os.fspath(url))

    def to_dict(self, *, include_password: bool = True) -> dict[str, Any]:
        """As fsspec has it; what is for aiohttp may hold a token and counts as a password."""
        found = super().to_dict(include_password=include_password)
        return found if include_password else {name: found[name] for name in found if name not in FOR_AIOHTTP}

    def unstrip_protocol(self, name: str) -> str:
        """The URL of a path, with the door in it."""
        home = self.client.doors.home
        return shown(home.origin, home.prefix + self._strip_protocol(name))

    # What is there. dcachefs names these itself; so fsspec makes them of the coroutines below, as for others.

    ls, info, rm = AbstractFileSystem.ls, AbstractFileSystem.info, AbstractFileSystem.rm

    async def _info(self, path: str, refresh: bool = False, qos: bool = False, **_: Any) -> Info:
        path = self._strip_protocol(path)
        if self.namespace is None:
            return await super()._info(path, refresh)
        known = None if refresh or qos else self.listings.info(path)
        if known is not None:
            return known
        found = await self.namespace.info(path, qos)
        self.listings.add(found)  # somebody else may have written it since its folder was listed
        return found

    async def _listed(self, path: str) -> list[Info]:
        """The entries of a folder, with the locality of each file."""
        if self.namespace is None:
            return await entries(self.client, path, details=True)
        return await self.namespace.entries(path)

    async def _ls(
        self, path: str, detail: bool = True, refresh: bool = False, limit: int | None = None, **_: Any
    ) -> list[Info] | list[str]:
        return (await super()._ls(path, detail, refresh))[:limit]

    def created(self, path: str) -> datetime:
        """When a file was made. Raises `ValueError` without the REST frontend, which knows it."""
        found = self.info(path).get("created")
        if not isinstance(found, datetime):
            raise ValueError(f"{self.unstrip_protocol(path)}: only the REST frontend says when it was made (api_url)")
        return found

    async def _rmdir(self, path: str) -> None:
        """The frontend refuses to remove a folder that holds something; the door removes all that it holds."""
        path = self._strip_protocol(path)
        if (await self._info(path, refresh=True))["type"] != "directory":
            raise NotADirectoryError(errno.ENOTDIR, "Not a directory", path)
        if self.namespace is None and not await self._listed(path):
            await super()._rmdir(path)  # lists it once more: a listing that failed looks like an empty one
        elif self.namespace is None or not await self.namespace.remove_empty_folder(path):
            raise OSError(errno.ENOTEMPTY, "Directory not empty", path)

    # Reading, from disk only

    async def _bring(self, path: str, stage: bool | None) -> None:
        """Bring a file to disk that is about to be read, where that is wanted."""
        if not (self.stage if stage is None else stage):
            return
        if (await self._info(path, refresh=True))["locality"] == Locality.NEARLINE:
            await brought_online(self, [path], self.lifetime, ignore, self.patience)

    async def _cat_file(
        self, path: str, start: int | None = None, end: int | None = None, stage: bool | None = None, **_: Any
    ) -> bytes:
        await self._bring(path, stage)
        if not (start is None and end is None):  # a part is read without asking for the properties of the whole
            refuse_tape(await self._info(path, refresh=True), self.unstrip_protocol(path))
        return await super()._cat_file(path, start, end)

    async def _cat_ranges(
        self, paths: list[str], starts: Any, ends: Any, max_gap: int | None = None, batch_size: int | None = None,
        on_error: str = "return", stage: bool | None = None, **_: Any,
    ) -> list[Any]:  # fmt: skip
        distinct = list(dict.fromkeys(paths))
        refused = dict(zip(distinct, await concurrently(self._refusal(path, stage) for path in distinct), strict=True))
        first = next((error for error in refused.values() if error is not None), None)
        if first is not None and on_error != "return":
            raise first
        starts, ends = (each if isinstance(each, list) else [each] * len(paths) for each in (starts, ends))
        good = [number for number, path in enumerate(paths) if refused[path] is None]
        asked, starts, ends = ([each[number] for number in good] for each in (paths, starts, ends))
        read = await super()._cat_ranges(asked, starts, ends, max_gap, on_error=on_error)
        found = dict(zip(good, read, strict=True))
        return [found.get(number, refused[path]) for number, path in enumerate(paths)]

    async def _refusal(self, path: str, stage: bool | None) -> Exception | None:
        """Why a file cannot be read at once."""
        try:
            await self._bring(path, stage)
            refuse_tape(await self._info(path, refresh=True), self.unstrip_protocol(path))
        except (FileNotFoundError, GridDavError) as error:
            return error
        return None

    async def _get_file(
        self, rpath: str, lpath: str, callback: Any = DEFAULT_CALLBACK, size: int | None = None,
        stage: bool | None = None, **_: Any,
    ) -> None:  # fmt: skip
        await self._bring(rpath, stage)  # and asks in any case: the file may be on tape
        await super()._get_file(rpath, lpath, callback=callback)

    async def _cp_file(self, path1: str, path2: str, stage: bool | None = None, **_: Any) -> None:
        await self._bring(path1, stage)
        await super()._cp_file(path1, path2)

    async def open_async(self, path: str, mode: str = "rb", stage: bool | None = None, **options: Any) -> Any:
        """A file for coroutines. Raises as `open`."""
        if mode == "rb":
            await self._bring(path, stage)
        return await super().open_async(path, mode, **options)

    def _open(self, path: str, mode: str = "rb", block_size: int | None = None, *arguments: Any, **options: Any) -> Any:
        stage = options.pop("stage", None)
        if mode == "rb":
            sync(self.loop, self._bring, path, stage)
        return super()._open(path, mode, self.block_size if block_size is None else block_size, *arguments, **options)
