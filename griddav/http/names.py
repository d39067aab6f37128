"""Paths and the URLs that stand for them: every name a file system allows goes there and back unchanged."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urlsplit

from griddav.errors import BadPath

SCHEMES = {"dav": "http", "davs": "https", "http": "http", "https": "https"}
# What may stand in an href as it is, and what nginx and others leave there although it should not (RFC 3986, 2.2).
ENCODED = re.compile(r"[A-Za-z0-9\-._~%/!$&'()*+,;=:@\[\]{}|\\^\"<>`]*")
BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


def origin_of(url: str) -> str:
    """`https://host:port` for a URL of scheme dav, davs, http or https. Raises `ValueError` for another one."""
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES or not parts.hostname:
        raise ValueError(f"not the URL of a WebDAV server: {parts.scheme}://{parts.hostname or ''}")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{SCHEMES[parts.scheme]}://{host}" + (f":{parts.port}" if parts.port else "")


def absolute(path: str) -> str:
    """The path with one leading slash, none at its end and none doubled; the root is "/"."""
    return "/" + "/".join(part for part in path.split("/") if part)


def path_of(url: str) -> str:
    """The absolute path in a URL of this file system. It is taken as it stands: `%`, `#` and `?` are plain letters.

    Raises `BadPath` for one with `..`.
    """
    scheme, separator, rest = url.partition("://")
    if separator and scheme in SCHEMES:
        return plain(rest.partition("/")[2])
    return plain(url)


def plain(path: str) -> str:
    """As `absolute`, of what a user gives: `.` is the folder itself, and `..` is refused with `BadPath`.

    Servers take `..` each in their own way: another path, a name, or half of both.
    """
    parts = path.split("/")
    if ".." in parts:
        raise BadPath("a path on a server leads to its place without '..'", path, "write the path that is meant")
    return absolute("/".join(part for part in parts if part != "."))


def parent(path: str) -> str:
    """The folder that holds an absolute path; the root is its own parent."""
    return path.rpartition("/")[0] or "/"


def child(folder: str, name: str) -> str:
    return f"{folder.rstrip('/')}/{name}"


def quoted(path: str) -> str:
    """An absolute path as it stands in a request line; bytes that are not UTF-8 (surrogates) are kept."""
    return quote(path, safe="/", errors="surrogateescape")


def path_of_href(href: str, encoded: bool = True) -> str:
    """The absolute path that a server's `href` means.

    A server that does not encode is told by `encoded=False`. An href that cannot be encoded, as it holds a blank, a
    letter beyond ASCII or a stray `%`, is taken as it stands.
    """
    path = href.strip("\r\n\t ") if encoded else href
    scheme, separator, rest = path.partition("://")
    if separator and scheme in ("http", "https"):
        path = "/" + rest.partition("/")[2]
    if not encoded or not ENCODED.fullmatch(path) or BROKEN_ESCAPE.search(path):
        return absolute(path)
    return absolute(unquote(path, errors="surrogateescape"))


def without(prefix: str, path: str) -> str:
    """The path below a folder; one that lies elsewhere as it is."""
    if not prefix or not f"{path}/".startswith(f"{prefix}/"):
        return path
    return path[len(prefix) :] or "/"
