"""Credentials that WebDAV servers and dCache get to see, by griddav: passwords, tokens, macaroons, certificates."""

from __future__ import annotations

import base64
import binascii
import json
import time
from collections.abc import Collection
from pathlib import Path
from typing import Any

from fsspec.asyn import sync

from caselaw.errors import StoreUnavailable, TransferError
from caselaw.storage.files.credentials import CredentialKind, Identity, NarrowToken
from griddav.auth import macaroon
from griddav.auth.delegation import on_server, own_macaroon, request_macaroon
from griddav.auth.passwords import Password
from griddav.auth.subject import subject_of
from griddav.auth.tokens import BearerToken
from griddav.auth.x509 import Certificate, expiry
from griddav.http.request import Client

CLAIMS = {
    "iss": "issuer", "sub": "subject", "aud": "audience", "scope": "scopes", "wlcg.groups": "groups",
    "client_id": "client",
}  # fmt: skip
"""What of a token is shown."""


def of_client(client: Client) -> Identity:
    if isinstance(client.credentials, Password):
        return Identity(CredentialKind.PASSWORD, client.credentials.source(), {"subject": client.credentials.user})
    found = client.credentials.found()
    if found is not None:
        return of_token(client, *found)
    own = client.sessions.connection.own()
    return Identity(CredentialKind.NONE) if own is None else of_certificate(own)


def of_token(client: Client, token: str, source: str) -> Identity:
    secure = client.origin.startswith("https:")
    is_given = isinstance(client.credentials, BearerToken) and client.credentials.header(secure) is not None
    withheld = "" if is_given else "a token that was found is sent over TLS only"
    try:
        made = macaroon.parse(token)
    except ValueError:
        claims = claims_of(token)
        facts = {shown: claims[name] for name, shown in CLAIMS.items() if name in claims}
        end = claims.get("exp")
        expires = float(end) if isinstance(end, (int, float)) else None
        return Identity(CredentialKind.TOKEN, source, facts, expires, withheld)
    return Identity(CredentialKind.MACAROON, source, facts_of(made), made.expires, withheld)


def facts_of(made: macaroon.Macaroon) -> dict[str, Any]:
    location = next((value.decode(errors="replace") for name, value in made.fields if name == "location"), "")
    return {
        "issuer": location, "path": made.path, "activities": sorted(made.activities), "caveats": list(made.caveats),
    }  # fmt: skip


def claims_of(token: str) -> dict[str, Any]:
    """The claims of a JSON web token; none of a token that only its issuer can read."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError):
        return {}
    return claims if isinstance(claims, dict) else {}


def of_certificate(own: Certificate) -> Identity:
    """What a certificate says of its owner. Raises `StoreUnavailable` where it cannot be read."""
    try:
        pem = Path(own.file).read_text("ascii")
        return Identity(CredentialKind.CERTIFICATE, own.file, {"subject": subject_of(pem)}, expiry(pem).timestamp())
    except (OSError, ValueError) as error:
        raise StoreUnavailable(
            f"the certificate cannot be read: {error}", own.file, "make a new one (voms-proxy-init, arcproxy)"
        ) from error


def narrow_macaroon(fs: Any, path: str, activities: Collection[str], lifetime: float) -> NarrowToken:
    """A macaroon for one folder or file. Where we hold one ourselves, it is made from that without asking the server.

    Raises `TransferError` where that one allows less, and what the client says where the server makes none.
    """
    own = own_macaroon(fs.client)
    if own is None:
        return narrowed(sync(fs.loop, request_macaroon, fs.client, path, activities, lifetime))
    where = fs.unstrip_protocol(path)
    beyond = set(activities) - own.activities
    if beyond:
        what = f"our own macaroon does not allow {', '.join(sorted(beyond))}"
        raise TransferError(what, where, f"it allows {', '.join(sorted(own.activities))}")
    try:
        before = time.time() + lifetime
        return narrowed(own.restricted(path=on_server(fs.client, path), activities=activities, before=before))
    except ValueError as error:
        raise TransferError(str(error), where, "name a path below it") from error


def narrowed(made: macaroon.Macaroon) -> NarrowToken:
    return NarrowToken(made.serialized(), facts_of(made), made.expires)
