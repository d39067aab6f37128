"""Who a server takes us for, as far as our credentials say; the secret itself is shown nowhere."""

from __future__ import annotations

import base64
import binascii
import json
import os
import secrets
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fsspec.asyn import sync

from caselaw.errors import StoreUnavailable, TransferError
from caselaw.storage.files.answers import clear_answers
from caselaw.storage.files.place import Place
from caselaw.storage.files.remote import RemotePlace

if TYPE_CHECKING:
    from griddav.auth import macaroon
    from griddav.auth.certificates import Certificate
    from griddav.http.request import Client

CLAIMS = {
    "iss": "issuer", "sub": "subject", "aud": "audience", "scope": "scopes", "wlcg.groups": "groups",
    "client_id": "client",
}  # fmt: skip
"""What of a token is shown."""


class CredentialKind(StrEnum):
    """What a server is shown, as it is said to people."""

    NONE = "none"
    USER = "the user of this machine"
    OF_LIBRARY = "those that the library of this protocol finds"
    PASSWORD = "user and password"
    TOKEN = "bearer token"
    MACAROON = "macaroon"
    CERTIFICATE = "X509 certificate"


@dataclass(frozen=True)
class Identity:
    """`kind` of the credentials and where they are from; `facts` are what they say, `expires` in seconds since 1970.

    `withheld` is why they are not sent, empty where they are.
    """

    kind: CredentialKind
    source: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    expires: float | None = None
    withheld: str = ""


def identity(root: Place) -> Identity:
    """The credentials that would be used for a store. Raises `StoreUnavailable` for those that are broken."""
    if not isinstance(root, RemotePlace):
        return Identity(CredentialKind.USER, facts={"subject": str(os.geteuid())})
    if not root.speaks_webdav:
        return Identity(CredentialKind.OF_LIBRARY, root.url.partition("://")[0])
    with clear_answers(root.url):
        return of_client(root.fs.client)


def of_client(client: Client) -> Identity:
    from griddav.auth.credentials import Password

    if isinstance(client.credentials, Password):
        return Identity(CredentialKind.PASSWORD, client.credentials.source(), {"subject": client.credentials.user})
    found = client.credentials.found()
    if found is not None:
        return of_token(client, *found)
    own = client.sessions.connection.own()
    return Identity(CredentialKind.NONE) if own is None else of_certificate(own)


def of_token(client: Client, token: str, source: str) -> Identity:
    from griddav.auth import macaroon
    from griddav.auth.credentials import BearerToken

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
    from griddav.auth.certificates import expiry
    from griddav.auth.subject import subject_of

    try:
        pem = Path(own.file).read_text("ascii")
        return Identity(CredentialKind.CERTIFICATE, own.file, {"subject": subject_of(pem)}, expiry(pem).timestamp())
    except (OSError, ValueError) as error:
        raise StoreUnavailable(
            f"the certificate cannot be read: {error}", own.file, "make a new one (voms-proxy-init, arcproxy)"
        ) from error


def narrow_macaroon(root: Place, path: str, activities: Collection[str], lifetime: float) -> macaroon.Macaroon:
    """A macaroon for one folder or file of a store, some activities and `lifetime` seconds: a secret.

    Where we hold a macaroon ourselves, it is made from that one without asking the server. Raises `TransferError`
    where that one allows less, or the store knows none, and `StoreUnavailable` where the server makes none.
    """
    if not isinstance(root, RemotePlace) or not root.speaks_webdav:
        raise TransferError("this store knows no macaroons", root.url, "name a store on a WebDAV server")
    client: Client = root.fs.client
    from griddav.auth.delegation import on_server, own_macaroon, request_macaroon

    where = (root.child(path.strip("/")) if path.strip("/") else root).path
    with clear_answers(root.url):
        own = own_macaroon(client)
        if own is None:
            made: macaroon.Macaroon = sync(root.fs.loop, request_macaroon, client, where, activities, lifetime)
            return made
    beyond = set(activities) - own.activities
    if beyond:
        what = f"our own macaroon does not allow {', '.join(sorted(beyond))}"
        raise TransferError(what, root.url, f"it allows {', '.join(sorted(own.activities))}")
    try:
        return own.restricted(path=on_server(client, where), activities=activities, before=time.time() + lifetime)
    except ValueError as error:
        raise TransferError(str(error), root.url, "name a path below it") from error


def write_secret(file: Path, text: str) -> None:
    """Write a file that only its owner can read, at once; only a macaroon gives way to it. Raises `TransferError`."""
    if file.exists() and not holds_macaroon(file):
        raise TransferError("there is a file of this name, which holds no macaroon", file, "name another file")
    temporary = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(descriptor, text.encode())
        finally:
            os.close(descriptor)
        temporary.replace(file)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise TransferError(f"it cannot be written: {error.strerror}", file, "name another file") from error


def holds_macaroon(file: Path) -> bool:
    from griddav.auth import macaroon

    try:
        macaroon.parse(file.read_text("ascii").strip())
    except (OSError, ValueError):
        return False
    return True
