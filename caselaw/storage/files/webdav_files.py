"""Files on WebDAV servers and dCache, by griddav: uploads, downloads and renames are whole and verified there."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from fsspec.asyn import sync
from fsspec.callbacks import DEFAULT_CALLBACK, Callback

from caselaw.storage.files.concurrency import side_by_side
from caselaw.storage.files.credentials import Identity, NarrowToken
from caselaw.storage.files.folders import is_file_or_folder
from caselaw.storage.files.place import TransferWay
from caselaw.storage.files.tapes import Tapes
from caselaw.storage.files.unfinished import unfinished_beside

if TYPE_CHECKING:
    import aiohttp

    from caselaw.storage.files.server import ServerFiles
    from griddav.http.profile import ServerProfile

LOOKS_AGAIN = 2
PIECE = 1 << 20  # bytes


@dataclass(frozen=True)
class WebDavFiles:
    """See `ServerFiles`. `fs` is one of griddav's file systems."""

    fs: Any

    @property
    def has_folders(self) -> bool:
        return True

    @property
    def tells_its_errors(self) -> bool:
        return True

    @property
    def tapes(self) -> Tapes:
        from caselaw.storage.files.webdav_tapes import WebDavTapes

        return WebDavTapes(self.fs)

    def path_of(self, url: str) -> str:
        return str(self.fs._strip_protocol(url))

    def info(self, path: str) -> dict[str, Any]:
        found: dict[str, Any] = self.fs.info(path, refresh=True)
        return found

    def entries(self, path: str, also: Collection[str] = ()) -> list[dict[str, Any]]:
        """Asked again where an empty listing may be one that failed, as on dCache."""
        found: list[dict[str, Any]] = self.fs.ls(path, detail=True, refresh=True)
        for _ in range(LOOKS_AGAIN):
            if found or self.profile().lists_reliably:
                break
            found = self.fs.ls(path, detail=True, refresh=True)
        return [*found, *self.left_out(path, found, also)]

    def left_out(
        self, path: str, found: Sequence[Mapping[str, Any]], names: Collection[str]
    ) -> list[dict[str, Any]]:  # fmt: skip
        """What is there of some names that a listing does not hold, and may not: see `lists_dot_names`."""
        listed = {each["name"].rstrip("/") for each in found}
        wanted = [name for name in (f"{path.rstrip('/')}/{name}" for name in names) if name not in listed]
        if not wanted or path in listed or path.rpartition("/")[2] in names or self.lists_dot_names():
            return []
        there = [each for each in side_by_side(self.info_or_none, wanted) if each is not None]
        if there and self.lists_dot_names() is None:
            self.fs.client.dot_names = False
        return there

    def info_or_none(self, path: str) -> dict[str, Any] | None:
        try:
            return self.info(path)
        except FileNotFoundError:
            return None

    def lists_dot_names(self) -> bool | None:
        """None where that is not known: a listing that holds one shows it, as does one without what is there."""
        known: bool | None = sync(self.fs.loop, self.fs.client.lists_dot_names)
        return known

    def hides_dot_names(self) -> bool:
        return self.lists_dot_names() is False

    def names(self, paths: Sequence[str]) -> Mapping[str, frozenset[str]]:
        found: Mapping[str, frozenset[str]] = self.fs.names_in(paths)
        return found

    def unlisted(self, paths: Sequence[str]) -> Collection[str]:
        found: Collection[str] = self.fs.confirm(paths)
        return found

    def below(self, path: str) -> Mapping[str, dict[str, Any]]:
        found: Mapping[str, dict[str, Any]] = self.fs.find(path, detail=True)
        return found

    def read(self, path: str, most: int | None = None) -> bytes:
        return bytes(self.fs.cat_file(path, most=most))

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

    def copy_to(
        self, path: str, server: ServerFiles, target: str, progress: Callable[[int], None], *, overwrite: bool
    ) -> TransferWay | None:  # fmt: skip
        if not isinstance(server, WebDavFiles):
            return None
        if self.fs is server.fs:
            self.copy_within(path, target, overwrite)
            return TransferWay.SERVER
        from griddav.copying.between import copy_between
        from griddav.copying.lending import lent_macaroon

        way = copy_between(self.fs, path, server.fs, target, overwrite=overwrite, progress=progress, lend=lent_macaroon)
        return TransferWay(way)

    def copy_within(self, source: str, path: str, overwrite: bool) -> None:
        """By a temporary name: a copy that the server makes by itself may be visible before it is whole.

        Raises `FileExistsError` where the name is taken.
        """
        if not overwrite and is_file_or_folder(self, path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path)
        building = unfinished_beside(path)
        try:
            self.copy(source, building)
            self.rename(building, path, overwrite=overwrite)
        except BaseException:
            with contextlib.suppress(Exception):  # the first error counts; what stays behind, `clean` finds
                self.remove_tree(building)
            raise

    def rename(self, source: str, path: str, *, overwrite: bool) -> None:
        """A file takes the place of a file and of nothing else, whatever was asked: `_mv_file` sees to that."""
        sync(self.fs.loop, self.fs._mv_file, source, path)

    def remove_file(self, path: str) -> None:
        self.fs.rm_file(path)

    def remove_tree(self, path: str) -> None:
        from griddav.writing.folders import remove_tree

        sync(self.fs.loop, self.fs._remove, remove_tree, path)  # `rm` takes `*` for many names

    def remove_empty_folder(self, path: str) -> None:
        self.fs.rmdir(path)

    def make_folder(self, path: str) -> None:
        self.fs.makedirs(path, exist_ok=True)

    def make_folder_in(self, path: str) -> None:
        self.fs.mkdir(path, create_parents=False)

    def checksum(self, path: str, algorithm: str) -> str | None:
        digits: str | None = self.fs.digest(path, algorithm)
        return digits

    def usual_checksum(self) -> str | None:
        return self.profile().digest

    def sha256(self, path: str, size: int) -> str:
        digits: str = sync(self.fs.loop, self.streamed, path, size)
        return digits

    async def streamed(self, path: str, size: int) -> str:
        """Of all bytes as they come: nothing is kept here."""
        from griddav.checksums import Checksum
        from griddav.http.arriving import refuse_other_size
        from griddav.reading.download import verify

        async def hashed(response: aiohttp.ClientResponse) -> str:
            refuse_other_size(response, size)
            checksum, arrived = Checksum("sha-256"), 0
            async for piece in response.content.iter_chunked(PIECE):
                await asyncio.to_thread(checksum.update, piece)
                arrived += len(piece)
            verify(arrived, size, None, {})
            return checksum.hex()

        return str((await self.fs.client.request("GET", path, read=hashed)).value)

    def tells_more_of_single_files(self) -> bool:
        return self.profile().details

    def time(self, path: str) -> float | None:
        """By the header `Date` of an answer."""
        answer = sync(self.fs.loop, self.fs.client.ask, "OPTIONS", path, expected=frozenset({404, 405}))
        try:
            return parsedate_to_datetime(answer.headers.get("Date", "")).timestamp()
        except ValueError:
            return None

    def identity(self) -> Identity:
        from caselaw.storage.files.webdav_credentials import of_client

        return of_client(self.fs.client)

    def narrow_token(self, path: str, activities: Collection[str], lifetime: float) -> NarrowToken:
        from caselaw.storage.files.webdav_credentials import narrow_macaroon

        return narrow_macaroon(self.fs, path, activities, lifetime)

    def profile(self) -> ServerProfile:
        """What kind of server this is."""
        found: ServerProfile = sync(self.fs.loop, self.fs.client.profile)
        return found


def reporting(progress: Callable[[int], None] | None) -> Any:
    """A callback of fsspec."""
    if progress is None:
        return DEFAULT_CALLBACK
    return Callback(hooks={"progress": lambda size, value, **_: progress(value)})
