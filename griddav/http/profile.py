"""What kinds of servers need and offer, where they differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class ServerProfile:
    """The habits of one kind of server; the defaults are those of RFC 4918.

    `digest` is the checksum that the server states when it is asked. `expect_continue`: an upload is redirected
    before its body. `no_overwrite`: `Overwrite: F` is obeyed. `copies`: COPY works within the server.
    `deletes_trees`: DELETE removes a folder with all that it holds. `encodes`: hrefs of listings are URL-encoded, and
    so is `Destination`. `details`: the properties of a file hold its checksums and locality when they are asked for.
    `lists_reliably`: an empty listing is never one that failed. `ranges_past_end`: of several ranges, some may lie
    behind the end of the file; XRootD 5.5.3 never finishes such an answer. `conditions`: a header `If` with the ETag of
    a target is obeyed (RFC 4918, 10.4). `third_party`: COPY to and from other servers may work.
    `lists_dot_names`: listings hold names that begin with a dot; None: one that does shows it.
    """

    name: str
    digest: str | None = None
    expect_continue: bool = False
    no_overwrite: bool = True
    copies: bool = True
    deletes_trees: bool = True
    encodes: bool = True
    details: bool = False
    lists_reliably: bool = True
    ranges_past_end: bool = True
    conditions: bool = False
    third_party: bool = True
    lists_dot_names: bool | None = True


PLAIN = ServerProfile("plain", third_party=False, lists_dot_names=None)
NGINX = ServerProfile("nginx", third_party=False, lists_dot_names=False)
APACHE = ServerProfile("apache", conditions=True, third_party=False)
DCACHE = ServerProfile(
    "dcache", digest="adler32", expect_continue=True, copies=False, details=True, lists_reliably=False
)  # fmt: skip
XROOTD = ServerProfile(
    "xrootd", digest="adler32", no_overwrite=False, copies=False, deletes_trees=False, encodes=False,
    ranges_past_end=False,
)  # fmt: skip
STORM = ServerProfile("storm", digest="adler32", copies=False)
PROFILES = {profile.name: profile for profile in (PLAIN, APACHE, DCACHE, NGINX, XROOTD, STORM)}


def detect(headers: Mapping[str, str]) -> ServerProfile:
    """The profile that fits the `Server` header of an answer; a server that says nothing known is a plain one."""
    server = headers.get("Server", "").lower()
    for mark, profile in (
        ("dcache", DCACHE),
        ("xrootd", XROOTD),
        ("storm", STORM),
        ("apache/", APACHE),
        ("nginx", NGINX),
    ):
        if mark in server:
            return profile
    return PLAIN
