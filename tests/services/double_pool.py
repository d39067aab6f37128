"""The double's pool: an HTTP mover that takes and gives the bytes of one file for a URL that is good once."""

from __future__ import annotations

import base64
import hashlib
import re

from aiohttp import web
from double_files import Node, normal
from double_state import Fault, State, digests, flipped

ALLOWED = ("content-length", "content-md5")


async def answer(state: State, request: web.BaseRequest, fault: Fault) -> web.StreamResponse:
    """The pool's answer to a GET or PUT that a door sent here."""
    if request.method == "PUT":
        return await put(state, request, fault)
    return await get(state, request, fault) if request.method == "GET" else web.Response(status=405)


def refusal(state: State, request: web.BaseRequest, mode: str) -> web.Response | None:
    """What is wrong with the URL: it was used, or is of another file."""
    mover = request.query.get("dcache-http-uuid")
    if not mover:
        return web.Response(status=400, reason="Query string does not include any UUID.")
    path, opened = state.movers.get(mover, ("", ""))
    if opened != mode:
        door = request.query.get("dcache-http-ref")
        if door:
            return web.Response(status=307, headers={"Location": door + request.rel_url.raw_path})
        return web.Response(status=400, reason="Request is no longer valid. Please resubmit to door.")
    if normal(request.rel_url.raw_path) != path:
        return web.Response(status=400, reason="The file you specified does not match the UUID you specified!")
    return None


async def put(state: State, request: web.BaseRequest, fault: Fault) -> web.StreamResponse:
    strange = [name for name in request.headers if name.lower().startswith("content-") and name.lower() not in ALLOWED]
    mover = request.query.get("dcache-http-uuid", "")
    refused = refusal(state, request, "w")
    if refused is None and strange:
        refused = web.Response(status=501, reason=f"{strange[0]} is not implemented")
    if refused is None and state.settings.pool_full:
        refused = web.Response(status=507, reason="Out of disk")
    if refused is not None:
        if refused.status in (501, 507):
            path, _ = state.movers.pop(mover)
            state.files.remove(path)
        refused.force_close()
        return refused
    path, _ = state.movers.pop(mover)
    if "Expect" in request.headers and request.transport is not None:
        request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    return await receive(state, request, fault, path, state.files[path])


async def receive(state: State, request: web.BaseRequest, fault: Fault, path: str, node: Node) -> web.StreamResponse:
    """Take a body; a client that vanishes takes the entry with it."""
    most, body = fault.drop_after, bytearray()
    try:
        async for piece in request.content.iter_chunked(1 << 18):
            body += piece
            if most is not None and len(body) >= most and request.transport is not None:
                request.transport.abort()
                raise ConnectionResetError
        if request.content_length is not None and len(body) != request.content_length:
            raise ConnectionResetError
    except BaseException:
        forget(state, path, node)
        raise
    data = flipped(bytes(body)) if fault.corrupt else bytes(body)
    stated = request.headers.get("Content-MD5")
    if stated and base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode() != stated:
        forget(state, path, node)
        return web.Response(status=400, reason="Checksum mismatch")
    node.fill(data)
    headers = digests(state, request, path, fault)
    return web.Response(status=201, text=f"{node.size} bytes uploaded\r\n", headers=headers)


def forget(state: State, path: str, node: Node) -> None:
    if state.files.find(path) is node:
        state.files.remove(path)


async def get(state: State, request: web.BaseRequest, fault: Fault) -> web.StreamResponse:
    """A whole file uses the URL up; for ranges it stays good."""
    refused = refusal(state, request, "r")
    if refused is not None:
        return refused
    mover = request.query["dcache-http-uuid"]
    path, _ = state.movers[mover]
    node = state.files[path]
    headers = {"Accept-Ranges": "bytes", "Content-Disposition": "attachment", **digests(state, request, path, fault)}
    size, body, status = len(node.data), node.data, 200
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", request.headers.get("Range", ""))
    if match is None:
        state.movers.pop(mover)
    else:
        first, last = match.groups()
        start = int(first) if first else max(0, size - int(last))
        end = min(int(last) + 1 if first and last else size, size)
        if start >= size:
            return web.Response(status=416)
        body, status = node.data[start:end], 206
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    if fault.corrupt:
        body = flipped(body)
    if fault.drop_after is not None:
        return await cut(request, status, headers, body, fault.drop_after)
    return web.Response(status=status, body=body, headers=headers)


async def cut(
    request: web.BaseRequest, status: int, headers: dict[str, str], body: bytes, keep: int
) -> web.StreamResponse:
    """Send the first `keep` bytes of the body, then no more."""
    response = web.StreamResponse(status=status, headers={**headers, "Content-Length": str(len(body))})
    await response.prepare(request)
    await response.write(body[:keep])
    if request.transport is not None:
        request.transport.close()
    return response
