"""The double's WebDAV door, with the habits of dCache's (milton)."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Iterator
from email.utils import formatdate
from urllib.parse import quote, urlsplit
from xml.sax.saxutils import escape

import double_macaroons
from aiohttp import ClientSession, web
from double_files import Node, normal, parent
from double_pool import receive
from double_state import Fault, Handler, State, digests

MULTISTATUS = '<?xml version="1.0" encoding="utf-8"?><D:multistatus xmlns:D="DAV:">{}</D:multistatus>'
RESPONSE = (
    "<D:response><D:href>{}</D:href><D:propstat><D:prop>{}</D:prop>"
    "<D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>"
)
MARKER = (
    "Perf Marker\n    Timestamp: {}\n    State: Running\n    Stripe Index: 0\n"
    "    Stripe Bytes Transferred: 0\n    Total Stripe Count: 1\nEnd\n"
)


def path_of(request: web.BaseRequest) -> str:
    return normal(request.rel_url.raw_path)


def to_pool(state: State, path: str, mode: str, status: int) -> web.Response:
    """A redirect to a URL of the pool that is good once."""
    mover = str(uuid.uuid4())
    state.movers[mover] = (path, mode)
    door = quote(state.origins["door"], safe="")
    location = f"{state.origins['pool']}{quoted(path)}?dcache-http-uuid={mover}&dcache-http-ref={door}"
    response = web.Response(status=status, headers={"Location": location})
    if mode == "w":
        response.force_close()
    return response


def quoted(path: str) -> str:
    return quote(path, errors="surrogateescape")


async def get(state: State, request: web.BaseRequest, fault: Fault) -> web.StreamResponse:
    path = path_of(request)
    node = state.files[path]
    if node.folder:
        if not request.rel_url.raw_path.endswith("/"):
            return web.Response(status=302, headers={"Location": str(request.rel_url) + "/"})
        return web.Response(text="<html>" + escape(" ".join(state.files.children(path))), content_type="text/html")
    if node.size is None:
        return web.Response(status=500, reason="File is incomplete")
    if node.locality == "NEARLINE":  # the door keeps its client waiting while the tape is read
        await asyncio.sleep(state.settings.stage_time)
        if path in state.settings.broken_tapes:
            return web.Response(status=500, reason="No pools available to stage the file")
        node.locality = "ONLINE_AND_NEARLINE"
    if node.locality in ("LOST", "UNAVAILABLE"):
        return web.Response(status=500, reason="File is unavailable")
    return to_pool(state, path, "r", 302)


async def head(state: State, request: web.BaseRequest, fault: Fault) -> web.StreamResponse:
    path = path_of(request)
    node = state.files[path]
    headers = {
        "Accept-Ranges": "bytes", "ETag": tag(node),
        "Last-Modified": formatdate(state.time(node.modified), usegmt=True),
        **digests(state, request, path, fault),
    }  # fmt: skip
    if not node.folder and node.size is not None:
        headers["Content-Length"] = str(node.size)
    return web.Response(headers=headers)


def tag(node: Node) -> str:
    return f'"{node.id}_{int(node.modified)}"'


async def put(state: State, request: web.BaseRequest, fault: Fault) -> web.StreamResponse:
    """With Expect, the entry is made (of unknown size) and the body redirected; without, the door takes it itself."""
    path, expects = path_of(request), request.headers.get("Expect", "").lower() == "100-continue"
    refused = no_upload(state, request, path)
    if refused is not None:
        if expects:
            refused.force_close()
        return refused
    if expects:
        await asyncio.sleep(state.settings.redirect_delay)
    node = state.files.add(path, Node(size=None))
    return to_pool(state, path, "w", 307) if expects else await receive(state, request, fault, path, node)


def no_upload(state: State, request: web.BaseRequest, path: str) -> web.Response | None:
    node = state.files.find(path)
    if node is not None and node.folder:
        return web.Response(status=405, reason="Resource exists as collection")
    if node is not None and request.headers.get("If-None-Match") == "*":
        return web.Response(status=412)
    if node is None and "If-Match" in request.headers:
        return web.Response(status=412)
    if node is not None and not state.settings.overwrite:
        return web.Response(status=409)
    if state.settings.pool_full:
        return web.Response(status=507, reason="All pools full")
    return None


async def delete(state: State, request: web.BaseRequest, fault: Fault) -> web.StreamResponse:
    """A folder goes with all that it holds."""
    state.files.remove(path_of(request))
    return web.Response(status=204)


async def mkcol(state: State, request: web.BaseRequest, fault: Fault) -> web.StreamResponse:
    path = path_of(request)
    if path in state.files:
        return web.Response(status=405)
    if not state.files.is_folder(parent(path)):
        return web.Response(status=409)
    state.files.add(path, Node({}))
    return web.Response(status=201)


async def move(state: State, request: web.BaseRequest, fault: Fault) -> web.StreamResponse:
    path, target = path_of(request), normal(urlsplit(request.headers["Destination"]).path)
    state.files[path]
    if not state.files.is_folder(parent(target)):
        return web.Response(status=409)
    if target == path:
        return web.Response(status=403)
    if target not in state.files:
        state.files.rename(path, target)
        return web.Response(status=201)
    if request.headers.get("Overwrite", "F").upper() != "T":  # milton takes a missing header for F
        return web.Response(status=412)
    state.files.remove(target)
    await asyncio.sleep(0)  # removed, then renamed: others may look in between
    state.files.rename(path, target)
    return web.Response(status=204)


async def copy(state: State, request: web.BaseRequest, fault: Fault) -> web.StreamResponse:
    """Third-party copy: pull with `Source`, push with `Destination`; there is no copy within the server."""
    source, target, path = request.headers.get("Source"), request.headers.get("Destination"), path_of(request)
    if bool(source) == bool(target):
        return web.Response(status=400, reason="COPY needs either Source or Destination")
    if target and target.startswith(state.origins["door"] + "/"):
        return web.Response(status=400, reason="Destination is no remote server")
    if target:
        state.files[path]
    if source and path in state.files and request.headers.get("Overwrite", "T").upper() == "F":
        return web.Response(status=412)
    response = web.StreamResponse(status=202, headers={"Content-Type": "text/perf-marker-stream"})
    await response.prepare(request)
    await response.write(MARKER.format(int(state.time())).encode())
    failure = await transferred(state, request, source or target or "", path, pull=bool(source))
    await response.write(f"failure: {failure}\n".encode() if failure else b"success: Created\n")
    return response


async def transferred(state: State, request: web.BaseRequest, remote: str, path: str, pull: bool) -> str:
    """What went wrong between the two servers; empty where nothing did."""
    prefix = "transferheader"
    headers = {name[len(prefix) :]: value for name, value in request.headers.items() if name.lower().startswith(prefix)}
    trust = state.trust if remote.startswith("https:") else True
    try:
        async with ClientSession(headers=headers) as session:
            if not pull:
                async with session.put(remote, data=state.files[path].data, ssl=trust) as answer:
                    return "" if answer.status < 300 else f"rejected PUT: {answer.status} {answer.reason}"
            async with session.get(remote, ssl=trust) as answer:
                if answer.status != 200:
                    return f"rejected GET: {answer.status} {answer.reason}"
                state.files.add(path, Node()).fill(await answer.read())
                return ""
    except Exception as error:
        return f"{type(error).__name__}: {error}"


async def propfind(state: State, request: web.BaseRequest, fault: Fault) -> web.StreamResponse:
    """Checksums and locality only where they are asked for; a missing Depth means three levels."""
    path, question = path_of(request), (await request.read()).decode()
    state.files[path]
    depth = 0 if fault.empty_listing else {"0": 0, "1": 1}.get(request.headers.get("Depth", ""), 3)
    text = MULTISTATUS.format("".join(described(state, name, question) for name in listed(state, path, depth)))
    return web.Response(status=207, text=text, content_type="application/xml")


def listed(state: State, path: str, depth: int) -> Iterator[str]:
    yield path
    if depth:
        for name in state.files.children(path):
            yield from listed(state, name, depth - 1)


def described(state: State, path: str, question: str) -> str:
    node = state.files[path]
    when = state.time(node.modified)
    properties = [
        f"<D:getlastmodified>{formatdate(when, usegmt=True)}</D:getlastmodified>",
        f"<D:resourcetype>{'<D:collection/>' if node.folder else ''}</D:resourcetype>",
        f"<D:creationdate>{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(when))}</D:creationdate>",
        f"<D:getetag>{escape(tag(node))}</D:getetag>",
    ]
    if not node.folder and node.size is not None:
        properties.append(f"<D:getcontentlength>{node.size}</D:getcontentlength>")
        if "Checksums" in question:
            space = "http://www.dcache.org/2013/webdav"
            properties.append(f'<d:Checksums xmlns:d="{space}">adler32={node.adler32()}</d:Checksums>')
    if not node.folder and "FileLocality" in question:
        space = "http://srm.lbl.gov/StorageResourceManager"
        properties.append(f'<s:FileLocality xmlns:s="{space}">{node.locality}</s:FileLocality>')
    return RESPONSE.format(quoted(path) + ("/" if node.folder and path != "/" else ""), "".join(properties))


async def options(state: State, request: web.BaseRequest, fault: Fault) -> web.StreamResponse:
    verbs = "GET, HEAD, PUT, DELETE, MKCOL, MOVE, COPY, PROPFIND, PROPPATCH, OPTIONS, LOCK, UNLOCK"
    return web.Response(headers={"DAV": "1, 2", "Allow": verbs, "MS-Author-Via": "DAV"})


async def macaroon(state: State, request: web.BaseRequest, fault: Fault) -> web.StreamResponse:
    """A token with caveats, as dCache gives it for `application/macaroon-request`."""
    if request.content_type != "application/macaroon-request":
        return web.Response(status=405)
    order = await request.json()
    token = double_macaroons.issued(path_of(request), order.get("caveats", []), order.get("validity", ""))
    target, base = f"{state.origins['door']}{request.rel_url.raw_path}", f"{state.origins['door']}/"
    uri = {"target": target, "targetWithMacaroon": f"{target}?authz={token}",
           "base": base, "baseWithMacaroon": f"{base}?authz={token}"}  # fmt: skip
    return web.json_response({"macaroon": token, "uri": uri})


METHODS: dict[str, Handler] = {
    "GET": get, "HEAD": head, "PUT": put, "DELETE": delete, "MKCOL": mkcol, "MOVE": move, "COPY": copy,
    "PROPFIND": propfind, "OPTIONS": options, "POST": macaroon,
}  # fmt: skip


async def answer(state: State, request: web.BaseRequest, fault: Fault) -> web.StreamResponse:
    """The door's answer to any request. Raises `KeyError` for a path that is missing."""
    method = METHODS.get(request.method)
    if method is None:
        return web.Response(status=405)
    response: web.StreamResponse = await method(state, request, fault)
    return response
