"""The tape REST API of WLCG, version 1: dCache, EOS with CTA, StoRM."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from griddav.http.concurrency import concurrently
from griddav.http.request import Client
from griddav.tape.interface import FileState, Stage, StageRequest, TapePlace
from griddav.tape.locality import Locality
from griddav.tape.rest import ask, by_path, part, states

AT_ONCE = 1000  # paths in one question
GONE = frozenset({404})
LOCALITIES = {
    "DISK": Locality.ONLINE, "TAPE": Locality.NEARLINE, "DISK_AND_TAPE": Locality.ONLINE_AND_NEARLINE,
    "LOST": Locality.LOST, "UNAVAILABLE": Locality.UNAVAILABLE, "NONE": Locality.NONE,
}  # fmt: skip
STAGES = {"COMPLETED": Stage.ONLINE, "FAILED": Stage.FAILED, "CANCELLED": Stage.CANCELLED}


class WlcgTape:
    """A server's tape API; `client` is of the endpoint that its well-known document names."""

    most = 10_000

    def __init__(self, client: Client) -> None:
        self.client = client

    async def places(self, paths: Sequence[str]) -> dict[str, TapePlace]:
        parts = [paths[start : start + AT_ONCE] for start in range(0, len(paths), AT_ONCE)]
        found: dict[str, TapePlace] = {}
        for answer in await concurrently(self._places(each) for each in parts):
            found |= answer
        return found

    async def _places(self, paths: Sequence[str]) -> dict[str, TapePlace]:
        """Ask until every path has its answer: a server may leave out those beyond its limit without a word.

        One that refuses the question, to a macaroon that is good for a folder only, leaves it to the files' properties.
        """
        found: dict[str, TapePlace] = {}
        while left := [path for path in paths if path not in found]:
            answer = await ask(self.client, "POST", "/archiveinfo", order={"paths": left}, expected=frozenset({403}))
            if answer.status == 403:
                return found | dict.fromkeys(left, TapePlace(None))
            entries = by_path(answer.value, "path")
            new = {path: place(entries[path]) for path in left if path in entries}
            if not new:
                raise self.client.unavailable("/archiveinfo", f"the server says nothing about {left[0]}")
            found |= new
        return found

    async def stage(self, paths: Sequence[str], lifetime: float) -> StageRequest:
        files = [{"path": path, "diskLifetime": f"PT{math.ceil(lifetime)}S"} for path in paths]
        answer = await ask(self.client, "POST", "/stage", order={"files": files})
        return StageRequest(part(self.client, "/stage", answer.value, "requestId", str), tuple(paths))

    async def progress(self, request: StageRequest) -> dict[str, FileState]:
        where = f"/stage/{request.id}"
        try:
            answer = await ask(self.client, "GET", where)
        except FileNotFoundError:
            what = "the server does not know the request to stage any more"
            raise self.client.refused(where, what, "stage the files again") from None
        entries = by_path(part(self.client, where, answer.value, "files", list), "path")
        return states(self.client, where, request.paths, entries, state)

    async def cancel(self, request: StageRequest) -> None:
        order = {"paths": list(request.paths)}
        await ask(self.client, "POST", f"/stage/{request.id}/cancel", order=order, expected=GONE, silent=True)

    async def release(self, request: StageRequest) -> None:
        order = {"paths": list(request.paths)}
        await ask(self.client, "POST", f"/release/{request.id}", order=order, expected=GONE, silent=True)
        await ask(self.client, "DELETE", f"/stage/{request.id}", expected=GONE, silent=True)


def place(entry: Mapping[str, Any]) -> TapePlace:
    locality = LOCALITIES.get(str(entry.get("locality")))
    error = entry.get("error") or f"it states the locality {entry.get('locality')}"
    return TapePlace(locality) if locality is not None and "error" not in entry else TapePlace(None, str(error))


def state(entry: Mapping[str, Any]) -> FileState:
    """dCache states a word, others whether the file is on disk; a file that is not mentioned waits."""
    error = str(entry.get("error") or "")
    if entry.get("onDisk") is True:
        return FileState(Stage.ONLINE)
    if "state" in entry:
        stage = STAGES.get(str(entry["state"]), Stage.WAITING)
        return FileState(stage, error)
    return FileState(Stage.FAILED if error else Stage.WAITING, error)
