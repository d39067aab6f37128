"""Questions and answers in JSON, over the client that speaks WebDAV: the same retries, tokens and TLS."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import aiohttp

from griddav.http.names import absolute
from griddav.http.profile import DCACHE
from griddav.http.request import Answer, Client
from griddav.http.retry import TransientError
from griddav.tape.interface import FileState


def client_at(url: str, like: Client) -> Client:
    """A client of another service of the same store: same connections, credentials and patience."""
    return Client(url, like.sessions, like.credentials, like.retry, like.trusted, DCACHE)


async def ask(
    client: Client, method: str, path: str, *, query: str = "", order: object = None,
    expected: frozenset[int] = frozenset(), silent: bool = False,
) -> Answer[Any]:  # fmt: skip
    """One request. `order` is sent as JSON; the answer's value is its JSON. `silent`: there may be none.

    Raises `FileNotFoundError` for 404 and 410 unless they are `expected`, `GridDavError` otherwise.
    """
    headers, body = {"Accept": "application/json"}, None
    if order is not None:
        headers["Content-Type"] = "application/json"
        body = json.dumps(order).encode()

    async def read(response: aiohttp.ClientResponse) -> Any:
        return document(await response.read(), must_be=response.status < 300 and not silent)

    return await client.request(method, path, headers=headers, body=body, expected=expected, read=read, query=query)


def document(data: bytes, must_be: bool) -> Any:
    """The value of a JSON document; None for what is none, unless it must be one: then raises `TransientError`."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        if must_be:
            raise TransientError("the server answered something else than JSON") from None
        return None


def part(client: Client, path: str, value: Any, name: str, kind: type) -> Any:
    """An entry of a JSON object. Raises `GridDavError` where it is not there, or of another kind."""
    found = value.get(name) if isinstance(value, dict) else None
    if not isinstance(found, kind):
        raise client.unavailable(path, f"the answer has no {name}", "check that this is the address of such an API")
    return found


def by_path(entries: Any, name: str) -> dict[str, Mapping[str, Any]]:
    """The entries of a list by the path under `name`, however many slashes the server puts into it."""
    listed = entries if isinstance(entries, list) else []
    return {absolute(each[name]): each for each in listed if isinstance(each, dict) and isinstance(each.get(name), str)}


def states(
    client: Client, where: str, paths: Sequence[str], entries: Mapping[str, Mapping[str, Any]],
    state: Callable[[Mapping[str, Any]], FileState],
) -> dict[str, FileState]:  # fmt: skip
    """The state of every path; one that is not mentioned has nothing to say yet.

    Raises `GridDavError` for an answer about other files: one would wait for ever.
    """
    if entries and not any(path in entries for path in paths):
        raise client.unavailable(where, f"the server answers about other files, such as {next(iter(entries))}")
    return {path: state(entries.get(path, {})) for path in paths}
