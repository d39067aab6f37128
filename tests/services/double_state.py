"""What the double remembers beside its files: settings, faults to play, requests seen, movers, tape requests."""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import double_macaroons
from aiohttp import web
from double_files import Namespace

Handler = Callable[["State", web.BaseRequest, "Fault"], Any]


@dataclass
class Fault:
    """What to do to the next `times` requests of a `method` ("" for any) `where` it arrives: door, pool, rest or "".

    `path` is searched in the decoded path as a regular expression. Exactly one of the others says what goes wrong; a
    `delay` in seconds comes before it, or alone.
    """

    method: str = ""
    status: int = 0  # this answer, with `headers`, and nothing done
    where: str = ""
    path: str = ""
    times: int = 1
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drop: bool = False  # the connection is cut before anything is done
    late: bool = False  # the request is obeyed, then the connection is cut without an answer
    drop_after: int | None = None  # bytes of an upload or a download after which the connection is cut
    empty: bool = False  # 200 with an empty body, and nothing done
    corrupt: bool = False  # one bit of an upload or a download is another
    wrong_digest: bool = False  # the checksum that is stated is of other bytes
    empty_listing: bool = False  # the listing failed: dCache answers with one that holds the folder alone

    def meets(self, method: str, where: str, path: str) -> bool:
        fits = self.method in ("", method) and self.where in ("", where)
        return fits and self.times > 0 and re.search(self.path, path) is not None


@dataclass(frozen=True)
class Seen:
    """A request as it arrived; `path` is as it was sent, with its query."""

    where: str
    method: str
    path: str
    headers: dict[str, str]


@dataclass
class Settings:
    """How the double behaves; change them while it runs. Times are in seconds."""

    overwrite: bool = False  # a PUT may replace a file
    pool_full: bool = False
    readonly: bool = False  # every change is refused with 403
    requests_per_second: int = 0  # the door answers 429 beyond it; 0: no limit
    redirect_delay: float = 0.0
    stage_time: float = 0.05
    clock_skew: float = 0.0  # added to every time that is stated
    broken_tapes: set[str] = field(default_factory=set)  # files that cannot be staged
    tokens: set[str] | None = None  # who may ask; None: everybody
    readonly_tokens: set[str] = field(default_factory=set)
    tape_api: bool = True  # the WLCG tape API is there and advertised
    archiveinfo_limit: int = 10_000  # of paths in one question; dCache leaves out the rest without a word
    bulk_page: int = 10_000  # targets in one answer about a bulk request


@dataclass
class State:
    """All of it. `origins` are the double's own URLs: door, pool, rest. `pins` are (request, path)."""

    files: Namespace = field(default_factory=Namespace)
    settings: Settings = field(default_factory=Settings)
    faults: list[Fault] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    movers: dict[str, tuple[str, str]] = field(default_factory=dict)  # one-shot: uuid → path, "r" or "w"
    requests: dict[str, dict[str, Any]] = field(default_factory=dict)
    pins: set[tuple[str, str]] = field(default_factory=set)
    origins: dict[str, str] = field(default_factory=dict)
    trust: ssl.SSLContext | bool = True  # of other servers, in third-party copies
    refused: int = 0  # answers 401 since the last pause
    blocked_until: float = 0.0
    hits: list[float] = field(default_factory=list)

    def fault(self, method: str, where: str, path: str) -> Fault:
        """The fault that meets a request, counted; without one, a fault that does nothing."""
        found = next((each for each in self.faults if each.meets(method, where, path)), Fault())
        found.times -= 1
        return found

    def refusal(self, request: web.BaseRequest, where: str) -> web.Response | None:
        """401, 403 or 429 where the double does not want to hear this."""
        return next((each for each in (self.too_many(where), self.stranger(request, where)) if each is not None), None)

    def too_many(self, where: str) -> web.Response | None:
        now, most = time.time(), self.settings.requests_per_second
        if self.blocked_until > now:
            return busy(self.blocked_until - now)
        if not most or where != "door":
            return None
        self.hits = [each for each in self.hits if now - each < 1] + [now]
        return busy(1) if len(self.hits) > most else None

    def stranger(self, request: web.BaseRequest, where: str) -> web.Response | None:
        question = where == "rest" and not request.path.startswith("/api/v1/namespace")
        changes = request.method not in ("GET", "HEAD", "PROPFIND", "OPTIONS") and not question
        if where == "pool" or request.path.startswith("/.well-known"):
            return None
        if self.settings.readonly and changes:
            return web.Response(status=403)
        if self.settings.tokens is None:
            return None
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        token = token if kind.lower() == "bearer" else request.query.get("authz", "")
        verdict = double_macaroons.judged(self.files, request, token)
        if verdict in (200, 403):
            return web.Response(status=403) if verdict == 403 else None
        if token not in self.settings.tokens:
            self.refused += 1
            if self.refused >= 3:
                self.refused, self.blocked_until = 0, time.time() + 2
            return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="dCache"'})
        return web.Response(status=403) if token in self.settings.readonly_tokens and changes else None

    def time(self, when: float | None = None) -> float:
        """A time as the double states it, in seconds since 1970."""
        return (time.time() if when is None else when) + self.settings.clock_skew


def busy(seconds: float) -> web.Response:
    return web.Response(
        status=429, text="Server is busy. Please try again later.", headers={"Retry-After": str(int(seconds) + 1)}
    )


def digests(state: State, request: web.BaseRequest, path: str, fault: Fault) -> dict[str, str]:
    """The header `Digest`, where it is asked for: dCache keeps adler32 alone."""
    node = state.files[path]
    asked = [each.partition(";")[0].strip().lower() for each in request.headers.get("Want-Digest", "").split(",")]
    if node.folder or node.size is None or "adler32" not in asked:
        return {}
    return {"Digest": "adler32=0badc0de" if fault.wrong_digest else f"adler32={node.adler32()}"}


def flipped(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :] if data else data
