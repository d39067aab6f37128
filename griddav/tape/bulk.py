"""dCache's bulk requests: PIN brings files to disk and keeps them there, for servers without WLCG's tape API."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from griddav.http.concurrency import concurrently
from griddav.http.request import Client
from griddav.tape.interface import FileState, Stage, StageRequest, TapePlace
from griddav.tape.locality import Locality
from griddav.tape.rest import ask, by_path, part, states

STAGES = {"COMPLETED": Stage.ONLINE, "FAILED": Stage.FAILED, "CANCELLED": Stage.CANCELLED, "SKIPPED": Stage.FAILED}
REQUESTS = "/bulk-requests"
GONE = frozenset({404})


class BulkTape:
    """dCache's frontend; `client` is of its API, `https://host:3880/api/v1`."""

    most = 10_000

    def __init__(self, client: Client) -> None:
        self.client = client

    async def places(self, paths: Sequence[str]) -> dict[str, TapePlace]:
        found = await concurrently(self._place(path) for path in paths)
        return dict(zip(paths, found, strict=True))

    async def _place(self, path: str) -> TapePlace:
        where = f"/namespace{path}"
        answer = await ask(self.client, "GET", where, query="?locality=true", expected=GONE)
        if answer.status == 404:
            return TapePlace(None, "the frontend does not know the file")
        word = answer.value.get("fileLocality", "NONE") if isinstance(answer.value, dict) else ""
        return (
            TapePlace(Locality(word))
            if word in Locality.__members__
            else TapePlace(None, f"it states the locality {word}")
        )

    async def stage(self, paths: Sequence[str], lifetime: float) -> StageRequest:
        number = await self._submit("PIN", paths, {"lifetime": str(math.ceil(lifetime)), "lifetimeUnit": "SECONDS"})
        return StageRequest(number, tuple(paths))

    async def _submit(self, activity: str, paths: Sequence[str], arguments: Mapping[str, str]) -> str:
        """Send a request; its number stands at the end of its URL."""
        order = {"activity": activity, "target": list(paths), "expand_directories": "NONE", "arguments": arguments}
        answer = await ask(self.client, "POST", REQUESTS, order=order, silent=True)
        number = answer.headers.get("request-url", "").rstrip("/").rpartition("/")[2]
        if not number:
            raise self.client.unavailable(REQUESTS, f"{activity}: the server does not say which request it made")
        return number

    async def progress(self, request: StageRequest) -> dict[str, FileState]:
        targets = await self._targets(request)
        return states(self.client, f"{REQUESTS}/{request.id}", request.paths, targets, state)

    async def _targets(self, request: StageRequest) -> dict[str, Mapping[str, Any]]:
        """Everything that the server says about the files, page by page."""
        where, offset = f"{REQUESTS}/{request.id}", 0
        found: dict[str, Mapping[str, Any]] = {}
        while offset >= 0:
            try:
                answer = await ask(self.client, "GET", where, query=f"?offset={offset}")
            except FileNotFoundError:
                what = "the server does not know the request to stage any more"
                raise self.client.refused(where, what, "stage the files again") from None
            targets = part(self.client, where, answer.value, "targets", list)
            found |= by_path(targets, "target")
            following = answer.value.get("nextId", -1)
            offset = following if isinstance(following, int) and following > offset else -1
        return found

    async def cancel(self, request: StageRequest) -> None:
        order = {"action": "cancel", "paths": list(request.paths)}
        await ask(self.client, "PATCH", f"{REQUESTS}/{request.id}", order=order, expected=GONE, silent=True)

    async def release(self, request: StageRequest) -> None:
        await self._submit("UNPIN", request.paths, {"id": request.id})
        where = f"{REQUESTS}/{request.id}"
        await ask(self.client, "DELETE", where, query="?cancelIfRunning=true", expected=GONE, silent=True)


def state(target: Mapping[str, Any]) -> FileState:
    """A target that is not mentioned waits."""
    stage = STAGES.get(str(target.get("state")), Stage.WAITING)
    return FileState(stage, str(target.get("errorMessage") or target.get("errorType") or ""))
