"""Whether files are there, asked by many at once: those of one folder share a listing.

An answer "no" costs more than it seems: XRootD closes the connection with every 404, and a new one over TLS takes
three round trips.
"""

from __future__ import annotations

import asyncio
import weakref

from griddav.http.concurrency import concurrently
from griddav.http.names import parent
from griddav.http.request import Client
from griddav.listing.existence import confirm, listed
from griddav.listing.properties import exists

LONG = 1000  # names in a folder, for each question: a longer listing costs more than the questions do
FORBIDDEN = frozenset({403})  # who may write a folder may not always list it

_looks: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, weakref.WeakKeyDictionary[Client, Looks]]
_looks = weakref.WeakKeyDictionary()


async def look(client: Client, path: str) -> bool:
    """As `listing.exists`, and cheaper where many ask about one folder. Raises `GridDavError`."""
    of_loop = _looks.setdefault(asyncio.get_running_loop(), weakref.WeakKeyDictionary())
    return await of_loop.setdefault(client, Looks()).exists(client, path)


class Looks:
    """Questions that wait, by folder. An answer is never older than its question: who asks while a question about the
    same folder is on its way waits for the next one.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, dict[str, asyncio.Future[bool]]] = {}
        self._length: dict[str, float] = {}  # of each folder's last listing
        self._tasks: set[asyncio.Task[None]] = set()

    async def exists(self, client: Client, path: str) -> bool:
        folder = parent(path)
        if folder not in self._waiting:
            self._waiting[folder] = {}
            task = asyncio.ensure_future(self._answer_all(client, folder))
            self._tasks.add(task)  # asyncio itself keeps no task alive
            task.add_done_callback(self._tasks.discard)
        waiting = self._waiting[folder]
        if path not in waiting:
            waiting[path] = asyncio.get_running_loop().create_future()
        return await asyncio.shield(waiting[path])  # others may wait for the same answer

    async def _answer_all(self, client: Client, folder: str) -> None:
        try:
            while asked := self._waiting[folder]:
                self._waiting[folder] = {}
                await self._answer(client, folder, asked)
        finally:
            del self._waiting[folder]

    async def _answer(self, client: Client, folder: str, asked: dict[str, asyncio.Future[bool]]) -> None:
        try:
            present = await self._among(client, folder, list(asked))
        except Exception as error:
            for future in asked.values():
                future.set_exception(error)
                future.exception()  # whoever asked may have gone away
        else:
            for path, future in asked.items():
                future.set_result(path in present)

    async def _among(self, client: Client, folder: str, paths: list[str]) -> frozenset[str]:
        """Those of the paths, all in one folder, that are there."""
        names = None
        length = self._length.get(folder)
        if len(paths) > 1 if length is None else length <= LONG * len(paths):
            names = await listed(client, folder, FORBIDDEN)
            self._length[folder] = float("inf") if names is None else len(names)
        if names is None:
            answers = await concurrently(exists(client, path) for path in paths)
            return frozenset(path for path, is_present in zip(paths, answers, strict=True) if is_present)
        if not names:
            return await confirm(client, paths)
        return frozenset(path for path in paths if path[path.rindex("/") + 1 :] in names)
