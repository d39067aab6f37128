"""Macaroons of the double: issued and judged as dCache does it, with the activities of its user guide."""

from __future__ import annotations

import hmac
import time
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from aiohttp import web
from double_files import Namespace, normal
from macaroons import created

from griddav.auth.macaroon import Macaroon, parse

SECRET = b"the secret of the double"
NEEDS = {
    "GET": {"DOWNLOAD"}, "PUT": {"UPLOAD"}, "DELETE": {"DELETE"}, "MOVE": {"MANAGE"}, "MKCOL": {"MANAGE"},
    "COPY": {"UPLOAD", "DOWNLOAD"},
}  # fmt: skip


def issued(path: str, caveats: Iterable[str], validity: str) -> str:
    """A macaroon for a path; `validity` is like PT600S, "" for a day."""
    seconds = int(validity.removeprefix("PT").removesuffix("S")) if validity else 86400
    end = datetime.fromtimestamp(time.time() + seconds, UTC)
    macaroon = created(SECRET, "Optional.empty", str(uuid.uuid4()))
    texts = [f"iid:{uuid.uuid4().hex[:8]}", "id:1000;1000,0;tester", f"before:{end:%Y-%m-%dT%H:%M:%S.000Z}"]
    for text in (*texts, *([f"path:{path}"] if path != "/" else []), *caveats):
        macaroon = macaroon.sealed(text)
    return macaroon.serialized()


def judged(files: Namespace, request: web.BaseRequest, token: str) -> int | None:
    """200, 401 or 403 for a request with a token; None where that is no macaroon."""
    try:
        macaroon = parse(token)
    except ValueError:
        return None
    if not ours(macaroon) or macaroon.expires is None or macaroon.expires <= time.time():
        return 401
    method, path = request.method, normal(request.rel_url.raw_path)
    inside = f"{path}/".startswith(f"{macaroon.path.rstrip('/')}/")
    above = method in ("HEAD", "PROPFIND") and f"{macaroon.path}/".startswith(f"{path.rstrip('/')}/")
    allowed = needed(files, request, path) <= macaroon.activities and (inside or above)
    return 200 if allowed or method == "OPTIONS" else 403


def needed(files: Namespace, request: web.BaseRequest, path: str) -> set[str]:
    """Activities of a request; whatever replaces a file needs DELETE as well."""
    if request.method == "PROPFIND" and files.is_folder(path):
        return {"LIST"}
    target = normal(urlsplit(request.headers.get("Destination", "")).path) if request.method == "MOVE" else path
    replaces = request.method in ("PUT", "MOVE") and target in files
    return NEEDS.get(request.method, {"READ_METADATA"}) | ({"DELETE"} if replaces else set())


def ours(macaroon: Macaroon) -> bool:
    fields = dict(macaroon.fields)
    made = created(SECRET, fields["location"].decode(), fields["identifier"].decode())
    for text in macaroon.caveats:
        made = made.sealed(text)
    return hmac.compare_digest(made.signature, macaroon.signature)
