"""`davs://` and `dav://` for fsspec: files on dCache, XRootD, EOS, StoRM and every other WebDAV server."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from glob import has_magic
from typing import Any
from urllib.parse import unquote, urlsplit

from fsspec.asyn import AsyncFileSystem, get_loop, sync
from fsspec.callbacks import DEFAULT_CALLBACK

from caselaw.storage.webdav.copying import copy_file, move_path
from caselaw.storage.webdav.credentials import BearerToken, Password
from caselaw.storage.webdav.download import fetch, read_all, read_range
from caselaw.storage.webdav.file import WebDavFile
from caselaw.storage.webdav.folders import make_folder, remove_empty_folder, remove_file, remove_tree
from caselaw.storage.webdav.listing import Info, entries, exists, info, tree
from caselaw.storage.webdav.names import child, origin_of, path_of
from caselaw.storage.webdav.profile import PROFILES
from caselaw.storage.webdav.request import Client, Retry
from caselaw.storage.webdav.session import Connection, Sessions
from caselaw.storage.webdav.together import together
from caselaw.storage.webdav.upload import Source, upload

SECRETS = ("password", "token")


class WebDavFileSystem(AsyncFileSystem):  # type: ignore[misc]
    """A WebDAV server as a file system. Paths are absolute and stand for themselves: `%`, `#`, `?` are letters.

    `base_url`: `davs://host:port` (TLS) or `dav://host:port`. `token`, `token_file`: a bearer token; with none given,
    WLCG's token discovery. `user`, `password`: basic authentication. `ca`: file or folder of CA certificates.
    `certificate`, `key`: of the client, or an X509 proxy. `profile`: dcache, xrootd, storm or plain; found out if not
    given. `trusted`: origins that may see the credentials after a redirect. `connections`: the most per host.

    Only 404 and 410 mean that a file is missing; `caselaw.errors.StoreUnavailable` is raised for every other failure.
    """

    protocol = ("davs", "dav")
    root_marker = "/"

    def __init__(
        self, base_url: str, *, token: str | None = None, token_file: str | None = None, user: str | None = None,
        password: str | None = None, ca: str | None = None, certificate: str | None = None, key: str | None = None,
        profile: str | None = None, trusted: Iterable[str] = (), connections: int = 32, retry: Retry | None = None,
        **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(**options)
        self.base_url = base_url.rstrip("/")
        self.client = Client(
            origin_of(base_url),
            Sessions(Connection(ca, certificate, key, per_host=connections)),
            Password(user, password or "") if user is not None else BearerToken(token, token_file),
            retry or Retry(), frozenset(trusted), PROFILES[profile] if profile is not None else None,
        )  # fmt: skip

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """fsspec's loop; a forked process gets a new one, and connections of its own."""
        if self._pid != os.getpid():
            self._pid: int = os.getpid()
            self._loop: Any = None if self.asynchronous else get_loop()
        loop: asyncio.AbstractEventLoop = self._loop
        return loop

    @classmethod
    def _strip_protocol(cls, path: Any) -> Any:
        if isinstance(path, list):
            return [cls._strip_protocol(each) for each in path]
        return path_of(os.fspath(path))

    @staticmethod
    def _get_kwargs_from_urls(url: str) -> dict[str, str]:
        scheme, _, rest = url.partition("://")
        parts = urlsplit(f"{scheme}://{rest.partition('/')[0]}")
        found = {"base_url": f"{scheme}://{parts.netloc.rpartition('@')[2]}"}
        if parts.username:
            found |= {"user": unquote(parts.username), "password": unquote(parts.password or "")}
        return found

    def unstrip_protocol(self, name: str) -> str:
        """The URL of a path, with the server in it."""
        return self.base_url + path_of(name)

    def to_dict(self, *, include_password: bool = True) -> dict[str, Any]:
        """As fsspec has it; a token counts as a password."""
        found: dict[str, Any] = super().to_dict(include_password=include_password)
        return found if include_password else {name: value for name, value in found.items() if name not in SECRETS}

    def close(self) -> None:
        """Close the connections; the next request opens new ones."""
        sync(self.loop, self.client.sessions.close)

    # What is there

    async def _info(self, path: str, **_: Any) -> Info:
        return await info(self.client, self._strip_protocol(path))

    async def _exists(self, path: str, **_: Any) -> bool:
        return await exists(self.client, self._strip_protocol(path))

    async def _isfile(self, path: str) -> bool:
        return await self._type(path) == "file"

    async def _isdir(self, path: str) -> bool:
        return await self._type(path) == "directory"

    async def _type(self, path: str) -> str | None:
        try:
            return str((await self._info(path))["type"])
        except FileNotFoundError:
            return None

    async def _ls(self, path: str, detail: bool = True, **_: Any) -> list[Info] | list[str]:
        found = await entries(self.client, self._strip_protocol(path))
        return found if detail else [each["name"] for each in found]

    async def _find(
        self, path: str, maxdepth: int | None = None, withdirs: bool = False, detail: bool = False, **_: Any
    ) -> dict[str, Info] | list[str]:
        if maxdepth is not None and maxdepth < 1:
            raise ValueError("maxdepth must be at least 1")
        path = self._strip_protocol(path)
        try:
            found = await tree(self.client, path, maxdepth)
            if withdirs and path not in found:
                found[path] = await self._info(path)
        except FileNotFoundError:
            found = {}
        names = sorted(name for name, each in found.items() if withdirs or each["type"] == "file")
        return {name: found[name] for name in names} if detail else names

    def modified(self, path: str) -> datetime:
        """When a file was last written. Raises `ValueError` where the server does not say."""
        time = self.info(path)["mtime"]
        if time is None:
            raise ValueError(f"{self.unstrip_protocol(path)}: the server does not say when it was modified")
        return datetime.fromtimestamp(time, UTC)

    # Reading

    async def _cat_file(self, path: str, start: int | None = None, end: int | None = None, **_: Any) -> bytes:
        path = self._strip_protocol(path)
        if start is None and end is None:
            return await read_all(self.client, path)
        start = start or 0
        if start < 0 or end is None or end < 0:
            size = (await self._info(path))["size"]
            start, end, _step = slice(start, end).indices(size)
        return await read_range(self.client, path, start, end)

    async def _get_file(self, rpath: str, lpath: str, callback: Any = DEFAULT_CALLBACK, **_: Any) -> None:
        there = await self._info(rpath)
        if there["type"] == "directory":
            os.makedirs(lpath, exist_ok=True)
            return
        callback.set_size(there["size"])
        await fetch(self.client, there["name"], os.fspath(lpath), there, callback.absolute_update)

    def _open(
        self, path: str, mode: str = "rb", block_size: int | None = None, autocommit: bool = True,
        cache_options: dict[str, Any] | None = None, **options: Any,
    ) -> WebDavFile:  # fmt: skip
        path = self._strip_protocol(path)
        if mode == "xb" and self.exists(path):
            raise FileExistsError(errno.EEXIST, "File exists", path)
        return WebDavFile(
            self, path, mode, block_size=block_size, autocommit=autocommit, cache_options=cache_options, **options
        )

    # Writing

    async def _pipe_file(self, path: str, value: bytes, mode: str = "overwrite", **_: Any) -> None:
        source = Source.of_bytes(bytes(value))
        await upload(self.client, source, self._strip_protocol(path), overwrite=mode != "create")

    async def _put_file(
        self, lpath: str, rpath: str, mode: str = "overwrite", callback: Any = DEFAULT_CALLBACK, **_: Any
    ) -> None:
        path = self._strip_protocol(rpath)
        if os.path.isdir(lpath):
            await make_folder(self.client, path, exist_ok=True)
            return
        source = Source.of_file(os.fspath(lpath))
        callback.set_size(source.size)
        await upload(self.client, source, path, overwrite=mode != "create", progress=callback.absolute_update)

    async def _cp_file(self, path1: str, path2: str, **_: Any) -> None:
        await copy_file(self.client, self._strip_protocol(path1), self._strip_protocol(path2))

    def mv(self, path1: Any, path2: Any, recursive: bool = False, maxdepth: int | None = None, **options: Any) -> None:
        """Move files; a single file or folder by one request, and then nobody sees half of it."""
        single = isinstance(path1, str) and isinstance(path2, str) and not has_magic(path1)
        if not single or maxdepth is not None:
            super().mv(path1, path2, recursive=recursive, maxdepth=maxdepth, **options)
            return
        sync(self.loop, self._mv, path1, path2)

    async def _mv(self, path1: str, path2: str) -> None:
        source, target = self._strip_protocol(path1), self._strip_protocol(path2)
        if path2.endswith("/") or await self._isdir(target):
            target = child(target, source.rpartition("/")[2])
        await move_path(self.client, source, target)

    async def _mv_file(self, path1: str, path2: str) -> None:
        await move_path(self.client, self._strip_protocol(path1), self._strip_protocol(path2))

    # Removing, and folders

    async def _rm_file(self, path: str, **_: Any) -> None:
        await remove_file(self.client, self._strip_protocol(path))

    async def _rm(
        self, path: Any, recursive: bool = False, batch_size: int | None = None, maxdepth: int | None = None, **_: Any
    ) -> None:
        if maxdepth is not None:
            raise NotImplementedError("a folder is removed with all that it holds: name what shall be removed")
        paths = await self._expand_path(path)
        if "/" in paths:
            raise ValueError("the root of a server is never removed")
        remove = remove_tree if recursive else remove_file
        await together(remove(self.client, each) for each in paths)

    async def _mkdir(self, path: str, create_parents: bool = True, **_: Any) -> None:
        await make_folder(self.client, self._strip_protocol(path), parents=create_parents)

    async def _makedirs(self, path: str, exist_ok: bool = False) -> None:
        await make_folder(self.client, self._strip_protocol(path), exist_ok=exist_ok)

    async def _rmdir(self, path: str) -> None:
        await remove_empty_folder(self.client, self._strip_protocol(path))

    def rmdir(self, path: str) -> None:
        """Remove an empty folder. Raises `OSError` (ENOTEMPTY) where it is not."""
        sync(self.loop, self._rmdir, path)
