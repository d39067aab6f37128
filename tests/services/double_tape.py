"""The double's tape: WLCG's tape API, and dCache's bulk requests PIN, UNPIN and DELETE."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from typing import Any

from aiohttp import web
from double_state import State

LOCALITIES = {
    "ONLINE": "DISK", "NEARLINE": "TAPE", "ONLINE_AND_NEARLINE": "DISK_AND_TAPE", "LOST": "LOST",
    "UNAVAILABLE": "UNAVAILABLE", "NONE": "NONE",
}  # fmt: skip
MISSING = "CacheException(rc=10001;msg=No such file or directory)"
BROKEN = "CacheException(rc=10006;msg=Stage failed: tape drive error)"
jobs: set[asyncio.Task[None]] = set()  # the loop itself keeps no task alive


def now() -> int:
    """Milliseconds since 1970."""
    return int(time.time() * 1000)


def refused(detail: str) -> web.Response:
    return web.json_response({"status": "400", "title": "Bad Request", "detail": detail}, status=400)


def start(state: State, request: str, activity: str) -> None:
    job = asyncio.ensure_future(work(state, request, activity))
    jobs.add(job)
    job.add_done_callback(jobs.discard)


async def work(state: State, request: str, activity: str) -> None:
    """Bring the files of a request on line, or do what it asks; some may fail."""
    order = state.requests[request]
    order["status"], order["startedAt"] = "STARTED", now()
    for each in order["targets"]:
        each["state"] = "RUNNING" if each["state"] == "SUBMITTED" else each["state"]
    await asyncio.sleep(state.settings.stage_time)
    for each in order["targets"]:
        if each["state"] != "CANCELLED":
            error = done(state, request, activity, each["target"], order["arguments"])
            each |= {"state": "FAILED", "error": error} if error else {"state": "COMPLETED"}
            each["finishedAt"] = now()
    order["status"], order["completedAt"] = "COMPLETED", now()


def done(state: State, request: str, activity: str, path: str, arguments: dict[str, Any]) -> str:
    """Do it to one file; what went wrong, or nothing."""
    node = state.files.find(path)
    if node is None:
        return MISSING
    if activity == "DELETE":
        state.files.remove(path)
    elif activity == "UNPIN":
        state.pins.discard((str(arguments.get("id", request)), path))
    elif path in state.settings.broken_tapes or node.locality in ("LOST", "UNAVAILABLE"):
        return BROKEN
    else:
        node.locality = "ONLINE_AND_NEARLINE" if node.locality != "ONLINE" else "ONLINE"
        state.pins.add((str(arguments.get("id", request)), path))
    return ""


def opened(state: State, activity: str, paths: list[str], arguments: dict[str, Any]) -> str:
    """A new request; its number."""
    number = str(uuid.uuid4())
    targets = [{"target": path, "state": "SUBMITTED", "seqNo": place} for place, path in enumerate(paths)]
    state.requests[number] = {
        "uid": number, "activity": activity, "status": "QUEUED", "arrivedAt": now(), "targets": targets,
        "arguments": arguments,
    }  # fmt: skip
    start(state, number, activity)
    return number


# The tape API of WLCG, version 1


async def answer_tape(state: State, request: web.BaseRequest, what: str) -> web.StreamResponse:
    order = json.loads(await request.read() or b"{}")
    verb, _, rest = what.partition("/")
    number, _, action = rest.partition("/")
    if what == "archiveinfo" and request.method == "POST":
        return web.json_response([archived(state, path) for path in order["paths"][: state.settings.archiveinfo_limit]])
    if what == "stage" and request.method == "POST":
        return staging(state, order)
    if verb == "release" and request.method == "POST":
        state.pins -= {(number, path) for path in order["paths"]}
        return web.Response()
    if verb == "stage" and request.method == "GET":
        return web.json_response(staged(state.requests[number]))
    if verb == "stage" and request.method == "DELETE":
        cancel(state, number, None)
        del state.requests[number]
        return web.Response()
    if verb == "stage" and action == "cancel":
        if not set(order["paths"]) <= {each["target"] for each in state.requests[number]["targets"]}:
            return web.Response(status=400, headers={"title": "File missing from stage request"})
        cancel(state, number, order["paths"])
        return web.Response()
    raise KeyError(what)


def archived(state: State, path: str) -> dict[str, str]:
    node = state.files.find(path)
    return {"path": path, "locality": LOCALITIES[node.locality]} if node else {"path": path, "error": MISSING}


def staging(state: State, order: dict[str, Any]) -> web.Response:
    strange = [name for name in order if name != "files"]
    if strange or not order.get("files"):
        return refused(f"unrecognized payload element(s): {strange}" if strange else "request contains no files.")
    lifetimes = {each["path"]: each.get("diskLifetime") for each in order["files"]}
    number = opened(state, "STAGE", list(lifetimes), {"diskLifetime": lifetimes})
    location = f"{state.origins['rest']}/api/v1/tape/stage/{number}"
    return web.json_response({"requestId": number}, status=201, headers={"Location": location})


def staged(order: dict[str, Any]) -> dict[str, Any]:
    """A request as WLCG's interface states it."""
    names = {"QUEUED": "SUBMITTED", "RUNNING": "STARTED"}
    files = [
        {"path": each["target"], "state": names.get(each["state"], each["state"])}
        | {name: each[name] for name in ("error", "finishedAt") if name in each}
        for each in order["targets"]
    ]
    times = {"createdAt": order["arrivedAt"], "startedAt": order.get("startedAt", order["arrivedAt"])}
    completed = {"completedAt": order["completedAt"]} if "completedAt" in order else {}
    return {"id": order["uid"], "files": files, **times, **completed}


def cancel(state: State, number: str, paths: list[str] | None) -> None:
    for each in state.requests[number]["targets"]:
        if (paths is None or each["target"] in paths) and each["state"] not in ("COMPLETED", "FAILED"):
            each["state"] = "CANCELLED"


# dCache's bulk requests


async def answer_bulk(state: State, request: web.BaseRequest, number: str) -> web.StreamResponse:
    if request.method == "POST" and not number:
        return submitted(state, json.loads(await request.read()))
    order = state.requests[number]
    if request.method == "GET":
        return web.json_response(page(order, int(request.query.get("offset", 0)), state.settings.bulk_page))
    if request.method == "PATCH":
        told = json.loads(await request.read())
        if told.get("action", "").lower() != "cancel":
            return refused("no such action")
        cancel(state, number, told.get("paths"))
        return web.Response()
    if request.method == "DELETE":
        if order["status"] != "COMPLETED" and request.query.get("cancelIfRunning") != "true":
            return refused("the request is still being processed")
        cancel(state, number, None)
        del state.requests[number]
        return web.Response(status=204)
    return web.Response(status=405)


def submitted(state: State, order: dict[str, Any]) -> web.Response:
    known = ("target", "activity", "arguments", "target_prefix", "expand_directories", "clear_on_success",
             "clear_on_failure", "cancel_on_failure", "pre_store")  # fmt: skip
    strange = [name for name in order if name not in known]
    if strange:
        return refused(f"unsupported arguments: {strange}")
    activity, paths = order["activity"].upper(), order["target"]
    if activity not in ("PIN", "UNPIN", "DELETE"):
        return refused(f"no such activity: {activity}")
    paths = [paths] if isinstance(paths, str) else list(paths)
    number = opened(state, activity, paths, dict(order.get("arguments", {})))
    return web.Response(
        status=201, headers={"request-url": f"{state.origins['rest']}/api/v1/bulk-requests/{number}"},
        content_type="application/json",
    )  # fmt: skip


def page(order: dict[str, Any], first: int, most: int) -> dict[str, Any]:
    """A request and some of its targets; `nextId` is where the next begin, or -1."""
    targets = order["targets"][first : first + most]
    told = [
        {name: value for name, value in each.items() if name != "error"}
        | ({"errorType": "diskCacheV111.util.CacheException", "errorMessage": each["error"]} if "error" in each else {})
        for each in targets
    ]
    last = first + most >= len(order["targets"])
    return {
        "nextId": -1 if last else first + most, "uid": order["uid"], "arrivedAt": order["arrivedAt"],
        "status": order["status"], "targets": told,
    }  # fmt: skip
