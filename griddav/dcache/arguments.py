"""Arguments of dcachefs as those of our client; what they cannot become is refused, not ignored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ADVICE = "use ca, certificate, token, token_file, retry, connections or trusted (docs/dcache.md)"


def credentials(
    username: str | None, password: str | None, token: str | None, client_kwargs: Mapping[str, Any] | None,
    request_kwargs: Mapping[str, Any] | None,
) -> dict[str, str]:  # fmt: skip
    """Options `user`, `password` and `token` of a WebDAV file system. Raises `ValueError` for what has no meaning here.

    Of aiohttp's own arguments, `auth` (basic authentication) and the header `Authorization` are understood.
    """
    if (username is None) != (password is None):
        raise ValueError("give both username and password")
    if username is not None and token is not None:
        raise ValueError("give either a token or username and password")
    found: dict[str, str] = {}
    for name, options in (("client_kwargs", client_kwargs), ("request_kwargs", request_kwargs)):
        found |= from_aiohttp(name, options or {})
    if username is not None and password is not None:
        found = {"user": username, "password": password}
    elif token is not None:
        found = {"token": token}
    return found


def from_aiohttp(where: str, options: Mapping[str, Any]) -> dict[str, str]:
    """Credentials in arguments for aiohttp. Raises `ValueError` for all else that these hold."""
    headers = dict(options.get("headers") or {})
    authorization = next((headers.pop(name) for name in list(headers) if name.lower() == "authorization"), "")
    strange = sorted([name for name in options if name not in ("auth", "headers")] + list(headers))
    if strange:
        raise ValueError(f"{where}: {', '.join(strange)} cannot be set; {ADVICE}")
    kind, _, token = authorization.partition(" ")
    if authorization and (kind.lower() != "bearer" or not token):
        raise ValueError(f"{where}: the header Authorization is no bearer token; {ADVICE}")
    auth = options.get("auth")
    if auth is not None:
        return {"user": auth.login, "password": auth.password}
    return {"token": token.strip()} if token else {}
