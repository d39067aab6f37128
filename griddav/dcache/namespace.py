"""dCache's namespace by its REST frontend: what WebDAV does not say about files, and listings in pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from griddav.checksums import ALIASES, digits
from griddav.http.names import child
from griddav.http.request import Client
from griddav.listing.properties import Info, entries, info
from griddav.tape.rest import ask, part

PAGE = 5000  # entries in one answer
TRIES = 5
DETAILS = "?locality=true&checksum=true"
TYPES = {"REGULAR": "file", "DIR": "directory"}


@dataclass(frozen=True)
class Namespace:
    """Questions to the frontend's API about paths of a `door`. Whether something is missing, the door says."""

    frontend: Client
    door: Client
    page: int = PAGE

    def where(self, path: str) -> str:
        """The API's path of a file system's path."""
        return f"/namespace{self.door.doors.home.prefix}{path}"

    async def info(self, path: str, qos: bool = False) -> Info:
        """All that dCache knows about a file or folder. Raises `FileNotFoundError` and `GridDavError`."""
        query = DETAILS + ("&qos=true" if qos else "")
        answer = await ask(self.frontend, "GET", self.where(path), query=query, expected=frozenset({404}))
        if answer.status == 404:
            return await info(self.door, path)
        return self.described(path, answer.value)

    async def entries(self, path: str) -> list[Info]:
        """All entries of a folder, sorted by name; of a file, the file itself. Raises as `info` does.

        dCache states a listing that failed as an empty one: an empty one is asked for again, at the door.
        """
        for _ in range(TRIES):
            found = await self._pages(path)
            if found is not None:
                return found or await entries(self.door, path)
        raise self.frontend.unavailable(
            self.where(path), "the folder changes faster than it can be listed", "run again when its writers are done"
        )

    async def _pages(self, path: str) -> list[Info] | None:
        """One listing, page by page; None where the folder changed meanwhile, so that entries may have been left out.

        Each page begins with the last entry of the one before: then nothing was put in or taken out before it. The
        last page holds that entry alone, however few entries a page may have for the server.
        """
        found: dict[str, Info] = {}
        last = ""
        while True:
            first = max(0, len(found) - 1)
            page = await self._page(path, first)
            if page is None:
                return [await self.info(path)]
            if found and (not page or page[0]["name"] != last):
                return None
            new = page[1:] if found else page
            if not new:
                return [found[name] for name in sorted(found)]
            if any(each["name"] in found for each in new):
                return None
            found |= {each["name"]: each for each in new}
            last = new[-1]["name"]

    async def _page(self, path: str, first: int) -> list[Info] | None:
        """Entries of a folder from one on; None for a file, and nothing for what the frontend does not know."""
        where = self.where(path)
        query = f"{DETAILS}&children=true&offset={first}&limit={self.page}"
        answer = await ask(self.frontend, "GET", where, query=query, expected=frozenset({404}))
        if answer.status == 404:
            return []
        if part(self.frontend, where, answer.value, "fileType", str) != "DIR":
            return None
        listed = []
        for each in part(self.frontend, where, answer.value, "children", list):
            name = part(self.frontend, where, each, "fileName", str)
            if name in ("", ".", "..") or "/" in name or "\0" in name:
                raise self.frontend.unavailable(where, "the server's listing holds a name that is none")
            listed.append(self.described(child(path, name), each))
        return listed

    async def remove_empty_folder(self, path: str) -> bool:
        """Remove a folder, which dCache refuses for one that holds something: then False. Raises as `info` does."""
        answer = await ask(self.frontend, "DELETE", self.where(path), expected=frozenset({400, 404}), silent=True)
        if answer.status == 404:
            await info(self.door, path)
            raise self.frontend.unavailable(self.where(path), "DELETE: the frontend does not know the folder")
        return answer.status < 300

    def described(self, path: str, document: Any) -> Info:
        """An answer as fsspec describes files, and dcachefs. Raises `GridDavError` where it says too little."""
        kind = TYPES.get(part(self.frontend, self.where(path), document, "fileType", str), "other")
        size = document.get("size")
        return {
            "name": path,
            "size": 0 if kind == "directory" else size if isinstance(size, int) else None,  # None: it is being written
            "type": kind,
            "mtime": seconds(document.get("mtime")),
            "etag": None,
            "checksums": checksums(document.get("checksums")),
            "locality": document.get("fileLocality"),
            "created": moment(document.get("creationTime")),
            "modified": moment(document.get("mtime")),
            "pnfsid": document.get("pnfsId"),
            "qos": document.get("currentQos"),
        }


def seconds(milliseconds: Any) -> float | None:
    return milliseconds / 1000 if isinstance(milliseconds, (int, float)) else None


def moment(milliseconds: Any) -> datetime | None:
    time = seconds(milliseconds)
    try:
        return None if time is None else datetime.fromtimestamp(time, UTC)
    except (OverflowError, ValueError, OSError):
        return None  # no time of this world


def checksums(listed: Any) -> dict[str, str]:
    """Algorithm → hexadecimal digits, from `[{"type": "ADLER32", "value": "…"}]`."""
    found = {}
    for each in listed if isinstance(listed, list) else ():
        if isinstance(each, Mapping):
            name = str(each.get("type", "")).lower().removesuffix("_type")
            algorithm = ALIASES.get(name, name)
            known = digits(algorithm, str(each.get("value", "")))
            if known is not None:
                found[algorithm] = known
    return found
