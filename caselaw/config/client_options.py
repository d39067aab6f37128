"""Options of stores on WebDAV servers: those of the client's own table, for stores.yaml and law.cfg alike."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from caselaw.config.address import scheme_of

WEBDAV = frozenset({"dav", "davs", "dcache"})
"""Schemes of our own file systems, which speak WebDAV."""
SECRETS = frozenset({"token", "password", "secret"})
A_SECRET = "a secret does not belong here: name a file with 'token_file', 'password_file'"
VARIABLE = re.compile(r"\$")


def client_options() -> Mapping[str, Any]:
    """The options that say something about a server, by name (see `griddav.options.Option`).

    None where the client is not installed: nobody can check them then, nor speak to such a store.
    """
    try:
        from griddav.options import OPTIONS
    except ImportError:
        return {}
    return {name: each for name, each in OPTIONS.items() if each.of_store}


def scheme_of_store(place: Any) -> str:
    """Of a URL, or of the first of several; empty for a folder, and for what is neither."""
    first = place[0] if isinstance(place, list) and place else place
    return scheme_of(first) if isinstance(first, str) else ""


def is_taken(name: str, scheme: str) -> bool:
    """Whether the file system of a scheme takes an option of the client."""
    return scheme in WEBDAV and (scheme == "dcache" or not client_options()[name].dcache)


def takers(name: str) -> str:
    """The URLs that an option of the client is for, in words."""
    return "dcache://" if client_options()[name].dcache else "dav://, davs:// and dcache://"


def problems(name: str, value: Any, scheme: str) -> Iterator[str]:
    """What is wrong with an option in a file that others read; texts with variables are read when they are replaced."""
    option, is_open = client_options().get(name), isinstance(value, str) and VARIABLE.search(value) is not None
    if name in SECRETS and not is_open:
        yield A_SECRET
    elif option is None:
        return
    elif not is_taken(name, scheme):
        yield f"is an option of {takers(name)} only"
    elif value == "":
        yield "must not be empty"
    elif not is_open:
        try:
            option.read(value)
        except ValueError:
            yield f"must be {option.kind.what}"
