"""The token with which one server may act at another: for one file and one activity, never the user's own."""

from __future__ import annotations

import logging
import time

from griddav.auth.delegation import on_server, own_macaroon, request_macaroon
from griddav.errors import GridDavError
from griddav.http.request import Client

logger = logging.getLogger(__name__)

LIFETIME = 3600.0  # seconds


async def lent_macaroon(client: Client, path: str, activities: tuple[str, ...]) -> str | None:
    """A macaroon for one path of a server; None where the server knows us not, or makes none."""
    shown = client.credentials.header(client.origin.startswith("https:"))
    if shown is None and client.sessions.connection.own() is None:
        return None
    try:
        own = own_macaroon(client)
        if own is not None:
            before = time.time() + LIFETIME
            return own.restricted(path=on_server(client, path), activities=activities, before=before).serialized()
        return (await request_macaroon(client, path, activities, LIFETIME)).serialized()
    except (GridDavError, ValueError) as error:
        logger.info("%s: no macaroon for the other server: %s", client.url(path), error)
        return None
