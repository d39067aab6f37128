"""Which tape API a server has: it says so in a well-known document; dCache's frontend is the second choice."""

from __future__ import annotations

from typing import Any

from yarl import URL

from griddav.http.doors import Operation
from griddav.http.request import Client
from griddav.tape.bulk import BulkTape
from griddav.tape.interface import Tape
from griddav.tape.rest import ask, client_at
from griddav.tape.wlcg import WlcgTape

WELL_KNOWN = "/.well-known/wlcg-tape-rest-api"
NO_TAPE_API = frozenset({400, 403, 404, 405, 406, 410, 501})


async def find_tape(door: Client, frontend: Client | None = None) -> Tape | None:
    """The tape API of a store, asked for at its REST frontend, where it has one, and at its door. None without one.

    Raises `GridDavError` where the question failed, or the API is at a place that must not see the credentials.
    """
    for service in (frontend, door):
        endpoint = None if service is None else await advertised(service)
        if endpoint is not None:
            refuse_stranger(door, frontend, endpoint)
            return WlcgTape(client_at(endpoint, door))
    return None if frontend is None else BulkTape(frontend)


async def advertised(service: Client) -> str | None:
    """The URL of version 1 that a service names."""
    root = client_at(service.doors.choose(Operation.LIST).origin, service)
    answer = await ask(root, "GET", WELL_KNOWN, expected=NO_TAPE_API, silent=True)
    if answer.status >= 300 or not isinstance(answer.value, dict):
        return None
    endpoints = answer.value.get("endpoints")
    listed = endpoints if isinstance(endpoints, list) else []
    return next((each["uri"].rstrip("/") for each in listed if first_version(each)), None)


def first_version(endpoint: Any) -> bool:
    return (
        isinstance(endpoint, dict)
        and isinstance(endpoint.get("uri"), str)
        and str(endpoint.get("version", "")).split(".")[0] == "v1"
    )


def refuse_stranger(door: Client, frontend: Client | None, endpoint: str) -> None:
    """Our credentials go to the hosts that the user named, by TLS where those have it, and to no other."""
    url = URL(endpoint)
    known = [URL(client.origin) for client in (door, frontend) if client is not None]
    named = any(url.host == each.host and url.scheme in (each.scheme, "https") for each in known)
    if not named and str(url.origin()) not in door.trusted:
        raise door.refused(
            "/", f"its tape API is at another server, {url.origin()}, that would see your credentials",
            f"if that is right, name it: trusted=['{url.origin()}']",
        )  # fmt: skip
