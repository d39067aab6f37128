"""The double's REST frontend: namespace, tape API of WLCG, bulk requests; errors as RFC 7807 has them."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web
from double_files import Node, normal, parent, split
from double_state import Fault, State
from double_tape import answer_bulk, answer_tape

API = "/api/v1"


def problem(status: int, title: str, detail: str = "") -> web.Response:
    return web.json_response({"status": str(status), "title": title, "detail": detail or title}, status=status)


async def answer(state: State, request: web.BaseRequest, fault: Fault) -> web.StreamResponse:
    """The frontend's answer to any request."""
    path = request.path
    try:
        if path == "/.well-known/wlcg-tape-rest-api":
            return well_known(state)
        if path.startswith(f"{API}/namespace"):
            return await namespace(state, request, fault)
        if path.startswith(f"{API}/tape/") and state.settings.tape_api:
            return await answer_tape(state, request, path.removeprefix(f"{API}/tape/"))
        if path.startswith(f"{API}/bulk-requests"):
            return await answer_bulk(state, request, path.removeprefix(f"{API}/bulk-requests").strip("/"))
    except KeyError:
        return problem(404, "Not Found")
    except (json.JSONDecodeError, ValueError) as error:
        return problem(400, "Bad Request", str(error))
    return problem(404, "Not Found")


def well_known(state: State) -> web.Response:
    """Where the tape API is."""
    if not state.settings.tape_api:
        return problem(404, "Not Found")
    endpoint = {"uri": f"{state.origins['rest']}{API}/tape", "version": "v1", "metadata": {}}
    return web.json_response({"sitename": "double", "description": "test", "endpoints": [endpoint]})


async def namespace(state: State, request: web.BaseRequest, fault: Fault) -> web.StreamResponse:
    raw = request.rel_url.raw_path.removeprefix(f"{API}/namespace")
    path = normal(raw)
    node = state.files[path]
    if request.method == "GET":
        return listing(state, request, fault, path)
    if request.method == "DELETE":
        if node.inside:
            return problem(400, "Bad Request", "Directory is not empty")
        state.files.remove(path)
        return web.json_response({"status": "success"})
    return changed(state, path, json.loads(await request.read()))


def listing(state: State, request: web.BaseRequest, fault: Fault, path: str) -> web.Response:
    """A file or folder; with `children`, what lies in it, from `offset` and at most `limit`."""
    answer, query = described(state, path, dict(request.query)), request.query
    if state.files[path].folder and query.get("children", "").lower() == "true":
        first, most = int(query.get("offset", 0)), query.get("limit")
        names = state.files.children(path)[first:]
        names = names[: int(most)] if most is not None else names
        if fault.empty_listing:
            names = []
        inside = [described(state, name, dict(query)) | {"fileName": split(name)[1]} for name in names]
        answer["children"] = inside
    return web.json_response(answer)


def described(state: State, path: str, query: dict[str, str]) -> dict[str, Any]:
    node = state.files[path]
    when = int(state.time(node.modified) * 1000)
    found: dict[str, Any] = {
        "fileMimeType": "application/vnd.dcache.folder" if node.folder else "application/octet-stream",
        "fileType": "DIR" if node.folder else "REGULAR", "pnfsId": node.id, "nlink": 1, "mtime": when,
        "creationTime": when,
    }  # fmt: skip
    size = 512 if node.folder else node.size
    if size is not None:
        found["size"] = size
    if query.get("locality") == "true" and not node.folder:
        found["fileLocality"] = node.locality
    if query.get("checksum") == "true" and not node.folder and node.size is not None:
        found["checksums"] = [{"type": "ADLER32", "value": node.adler32()}]
    if query.get("qos") == "true" and not node.folder:
        found["currentQos"] = {"ONLINE": "disk", "NEARLINE": "tape"}.get(node.locality, "disk+tape")
    return found


def changed(state: State, path: str, order: dict[str, Any]) -> web.Response:
    action = order["action"]
    if action == "mkdir":
        name = f"{path.rstrip('/')}/{order['name']}"
        if name in state.files:
            return problem(400, "Bad Request", "File exists")
        state.files.add(name, Node({}))
    elif action == "mv":  # always overwrites
        target = order["destination"]
        target = target if target.startswith("/") else f"{parent(path)}/{target}"
        if not state.files.is_folder(parent(target)):
            return problem(404, "Not Found")
        state.files.rename(path, target)
    elif action not in ("pin", "unpin"):
        return problem(400, "Bad Request", f"Unknown action: {action}")
    return web.json_response({"status": "success"}, status=201)
