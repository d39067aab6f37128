"""Macaroons for somebody else: what a batch job may do and no more, so that it never carries its user's own token."""

from __future__ import annotations

import json
import posixpath
import time
from collections.abc import Collection
from typing import Any

import aiohttp

from griddav.auth.macaroon import Macaroon, activity_caveat, parse
from griddav.auth.tokens import BearerToken
from griddav.http.names import child, path_of
from griddav.http.profile import ServerProfile
from griddav.http.request import Client

READING = ("DOWNLOAD", "LIST")
WRITING = ("UPLOAD", "LIST")
NO_MACAROONS = frozenset({400, 404, 405, 410, 415, 501})
LONGEST_ANSWER = 1 << 16  # bytes
ASK_ISSUER = "ask your token's issuer for narrower scopes (oidc-token --scope, htgettoken --scopes)"


async def request_macaroon(client: Client, path: str, activities: Collection[str], lifetime: float) -> Macaroon:
    """A macaroon from the server for one folder or file and `lifetime` seconds; it allows `activities` and no more.

    Raises `Refused` where the server makes none, or one that allows less, and `ValueError` for an activity
    that does not exist.
    """
    question = {"caveats": [activity_caveat(activities)], "validity": f"PT{max(1, round(lifetime))}S"}
    headers = {"Content-Type": "application/macaroon-request"}

    async def read(response: aiohttp.ClientResponse) -> bytes:
        return await response.content.read(LONGEST_ANSWER) if response.status < 300 else b""

    answer = await client.request(
        "POST", path, headers=headers, body=json.dumps(question).encode(), expected=NO_MACAROONS, read=read
    )
    if answer.status >= 300:
        raise client.refused(path, f"POST: this server made no macaroon ({answer.status})", ASK_ISSUER)
    try:
        made = parse(str(json.loads(answer.value)["macaroon"]))
    except (ValueError, KeyError, TypeError):
        raise client.unavailable(path, "POST: the server's answer holds no macaroon", ASK_ISSUER) from None
    return enough(client, made, path, activities, lifetime)


def enough(client: Client, made: Macaroon, path: str, activities: Collection[str], lifetime: float) -> Macaroon:
    """The macaroon, restricted where the server did not; raises `Refused` where it allows too little."""
    missing, place = set(activities) - made.activities, on_server(client, path)
    if missing or not f"{place}/".startswith(f"{made.path.rstrip('/')}/"):
        what = f"the macaroon allows {', '.join(sorted(made.activities))} under {made.path} only"
        # XRootD 5.5.3 does not look at a token when it makes a macaroon, and then allows READ_METADATA.
        raise client.refused(path, what, f"ask for it with an X509 certificate or proxy; or {ASK_ISSUER}")
    return made.restricted(
        activities=None if made.activities <= {*activities, "READ_METADATA"} else activities,
        path=place, before=time.time() + lifetime if made.expires is None else None,
    )  # fmt: skip


def token_for_job(url: str, read: Collection[str], written: Collection[str], lifetime: float, **options: Any) -> str:
    """A macaroon for a job that reads and writes some paths of the store at `url`: a secret.

    `read` are files and folders, `written` folders, relative to `url`; `lifetime` is in seconds; `options` are those of
    the file system. The macaroon reaches the nearest folder above all of them, and neither removes nor overwrites.
    Where we hold a macaroon ourselves, it is made from that one without asking the server. Raises `Refused`
    where the server makes none, and `ValueError` without a path or where our macaroon does not reach one.
    """
    from fsspec.asyn import sync

    from griddav.filesystem import WebDavFileSystem

    settings: dict[str, Any] = {**WebDavFileSystem._get_kwargs_from_urls(url), **options, "skip_instance_cache": True}
    fs = WebDavFileSystem(**settings)
    try:
        paths = [[path_of(child(path_of(url), path)) for path in paths] for paths in (read, written)]
        return str(sync(fs.loop, made_for_job, fs.client, *paths, lifetime).serialized())
    finally:
        fs.close()


async def made_for_job(client: Client, read: Collection[str], written: Collection[str], lifetime: float) -> Macaroon:
    """`token_for_job` for absolute paths. Raises `ValueError` without any path."""
    if not read and not written:
        raise ValueError("a token for a job needs a path that it reads or writes")
    path = posixpath.commonpath([*read, *written])
    activities = needed(await client.profile(), bool(read), bool(written))
    own = own_macaroon(client)
    if own is None:
        return await request_macaroon(client, path, activities, lifetime)
    if not activities <= own.activities:
        raise client.refused(
            path, f"our own macaroon allows {', '.join(sorted(own.activities))} only",
            f"use one that allows {', '.join(sorted(activities))}",
        )  # fmt: skip
    return own.restricted(path=on_server(client, path), activities=activities, before=time.time() + lifetime)


def needed(profile: ServerProfile, reads: bool, writes: bool) -> frozenset[str]:
    """Activities of a job: an upload is a PUT, a look at it, and a MOVE to its name.

    On XRootD, UPLOAD is enough for the MOVE to a new name, and MANAGE would also allow to overwrite; elsewhere a MOVE
    needs MANAGE, and to overwrite DELETE as well.
    """
    activities = frozenset(READING if reads else ()) | frozenset(WRITING if writes else ())
    return activities | {"MANAGE"} if writes and profile.no_overwrite else activities


def on_server(client: Client, path: str) -> str:
    """A path from the root of the server; the store may begin further down."""
    return path_of(client.doors.home.prefix + path)


def own_macaroon(client: Client) -> Macaroon | None:
    token = client.credentials.token() if isinstance(client.credentials, BearerToken) else None
    try:
        return None if token is None else parse(token)
    except ValueError:
        return None  # a token of another kind
