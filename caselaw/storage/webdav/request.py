"""One request: sent, redirected, classified, repeated. An answer is a clear one, or the store is unavailable."""

from __future__ import annotations

import asyncio
import itertools
import random
import ssl
import time
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Generic, TypeVar

import aiohttp
from yarl import URL

from caselaw.errors import StoreUnavailable
from caselaw.storage.webdav.credentials import Credentials
from caselaw.storage.webdav.names import quoted
from caselaw.storage.webdav.profile import ServerProfile, detect
from caselaw.storage.webdav.session import Sessions

MISSING = frozenset({404, 410})
EXPIRED = frozenset({400, 404, 410})  # a redirect may lead to a URL that is good once (dCache): ask for another
REDIRECTS = frozenset({301, 302, 303, 307, 308})
MOST_REDIRECTS = 6
TRANSIENT = frozenset({408, 421, 423, 425, 429, 500, 502, 503, 504})
ADVICE = {
    401: "the server does not know you: get a new token (oidc-token, htgettoken) or check user and password",
    403: "your credentials do not allow this: check the token's scopes and the folder's permissions",
    423: "the file is locked: run again when its writer is done",
    429: "the server asks for fewer requests: lower the number of connections, or wait and run again",
    507: "the server has no space left: free some, or use another store",
}
OTHERWISE = "check that the server is up and its address right, then run again; nothing that was published is lost"

T = TypeVar("T")
Body = Callable[[], AsyncIterator[bytes]]


@dataclass(frozen=True)
class Retry:
    """When to give up: after `attempts`, or when the next one would start more than `deadline` seconds after the
    first. Pauses double from `first` to `longest` seconds, each shortened by chance, so that clients spread.
    """

    attempts: int = 6
    first: float = 0.25
    longest: float = 15.0
    deadline: float = 90.0

    def pause(self, attempt: int, asked: float | None) -> float:
        """Seconds to wait after the given attempt; `asked` is the server's Retry-After."""
        drawn = min(self.longest, self.first * 2.0 ** (attempt - 1)) * random.uniform(0.5, 1.0)
        return drawn if asked is None else max(asked, drawn)


@dataclass(frozen=True)
class Answer(Generic[T]):
    """A clear answer: status, headers, what `read` made of the body, and which attempt it was."""

    status: int
    headers: Mapping[str, str]
    value: T
    attempt: int


class TransientError(Exception):
    """An attempt failed in a way that may pass; `read` functions raise it for a body that cannot be right."""

    def __init__(self, what: str, advice: str = OTHERWISE, asked: float | None = None) -> None:
        super().__init__(what)
        self.what, self.advice, self.asked = what, advice, asked


async def drain(response: aiohttp.ClientResponse) -> None:
    """Read a body that nobody needs, so that the connection can be used again."""
    async for _ in response.content.iter_any():
        pass


class Client:
    """Requests to one server. `trusted` are origins (scheme://host:port) that may see the credentials as well."""

    def __init__(
        self, origin: str, sessions: Sessions, credentials: Credentials,
        retry: Retry = Retry(), trusted: frozenset[str] = frozenset(), profile: ServerProfile | None = None,
    ) -> None:  # fmt: skip
        self.origin, self.sessions, self.credentials, self.retry = origin, sessions, credentials, retry
        self.trusted = frozenset({str(URL(url).origin()) for url in (origin, *trusted)})
        self.known_profile = profile
        self._asking: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = weakref.WeakKeyDictionary()

    def url(self, path: str) -> str:
        """The URL of a path, as it is sent and as it is shown: there is no secret in it."""
        return self.origin + quoted(path)

    async def destination(self, path: str) -> str:
        """A path as the header `Destination`. Raises `StoreUnavailable` for one that it cannot say."""
        if (await self.profile()).encodes:
            return self.url(path)
        if "?" in path or not path.isprintable():
            what = "this server takes '?', however it is written, and control characters for the end of a name"
            raise self.unavailable(path, what, "use another name")
        # XRootD 5.5.3 cuts white space and letters beyond ASCII off the end: an empty query keeps them.
        return f"{self.origin}{path}?_"

    async def profile(self) -> ServerProfile:
        """What kind of server this is; it is asked once, however many want to know."""
        if self.known_profile is not None:
            return self.known_profile
        async with self._asking.setdefault(asyncio.get_running_loop(), asyncio.Lock()):
            if self.known_profile is not None:
                return self.known_profile
            answer = await self.ask("OPTIONS", "/", expected=frozenset(range(200, 500)) - {401, 408, 429})
            self.known_profile = detect(answer.headers)
        return self.known_profile

    async def request(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, body: Body | bytes | None = None,
        expected: frozenset[int] = frozenset(), read: Callable[[aiohttp.ClientResponse], Awaitable[T]],
        ask_first: bool = False,
    ) -> Answer[T]:  # fmt: skip
        """The answer to one question, repeated while that can help.

        Statuses 200 to 299 and those `expected` are answers. `ask_first`: an upload waits for the server's word.
        Raises `FileNotFoundError` for 404 and 410 and `StoreUnavailable` for everything else.
        """
        if "?" in path:
            await self.destination(path)  # raises where the server would take it for another path
        started = time.monotonic()
        for attempt in itertools.count(1):
            try:
                async with self._send(method, path, headers or {}, body, ask_first, attempt) as response:
                    self._classify(response, path, method, expected, attempt)
                    return Answer(response.status, response.headers, await read(response), attempt)
            except (aiohttp.ClientSSLError, ssl.SSLError) as error:
                what = f"{method}: the connection is not safe: {error}"
                raise self.unavailable(path, what, "give the CA that signed the server's certificate (ca=…)") from error
            except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
                failure = TransientError(broken(error))
                failure.__cause__ = error
            except TransientError as error:
                failure = error
            pause = self.retry.pause(attempt, failure.asked)
            spent = time.monotonic() - started
            if attempt >= self.retry.attempts or spent + pause > self.retry.deadline:
                what = f"{method}: {failure.what} (attempt {attempt} of {self.retry.attempts}, {spent:.1f} s)"
                raise self.unavailable(path, what, failure.advice) from failure
            await asyncio.sleep(pause)
        raise AssertionError("never reached")

    async def ask(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, body: Body | bytes | None = None,
        expected: frozenset[int] = frozenset(), ask_first: bool = False,
    ) -> Answer[None]:  # fmt: skip
        """`request` where the body of the answer says nothing."""
        return await self.request(
            method, path, headers=headers, body=body, expected=expected, read=drain, ask_first=ask_first
        )

    def unavailable(self, path: str, what: str, advice: str = OTHERWISE) -> StoreUnavailable:
        """The error for a question that got no answer."""
        return StoreUnavailable(what, self.url(path), advice)

    @asynccontextmanager
    async def _send(
        self, method: str, path: str, headers: Mapping[str, str], body: Body | bytes | None, ask_first: bool,
        attempt: int,
    ) -> AsyncIterator[aiohttp.ClientResponse]:  # fmt: skip
        """Follow redirects by hand: the body goes to the last server only, credentials to those that may see them."""
        url, session = URL(self.url(path), encoded=True), self.sessions.get()
        for number in range(MOST_REDIRECTS):
            own = {"Accept-Encoding": "identity", **headers}
            if str(url.origin()) in self.trusted and (secret := self.credentials.header(url.scheme == "https")):
                own["Authorization"] = secret
            async with session.request(
                method, url, headers=own, data=body() if callable(body) else body, allow_redirects=False,
                expect100=ask_first and number == 0, ssl=self.sessions.tls() if url.scheme == "https" else True,
            ) as response:  # fmt: skip
                if response.status not in REDIRECTS or "Location" not in response.headers:
                    yield response
                    return
                url = url.join(URL(response.headers["Location"], encoded=True))
            if url.scheme not in ("http", "https"):
                raise self.unavailable(path, f"{method}: the server redirects to the protocol {url.scheme}")
        raise self.unavailable(path, f"{method}: the server redirects in circles (attempt {attempt})")

    def _classify(
        self, response: aiohttp.ClientResponse, path: str, method: str, expected: frozenset[int], attempt: int
    ) -> None:
        status, at_home = response.status, response.url.origin() == URL(self.origin)
        if self.known_profile is None and "Server" in response.headers and at_home:
            self.known_profile = detect(response.headers)
        if 200 <= status < 300 or status in expected:
            return
        if status in EXPIRED and not at_home:
            raise TransientError(f"the server redirected to a place that answered {status}")
        if status in MISSING:
            raise FileNotFoundError(2, "No such file or directory", path)
        what = f"the server answered {status} {response.reason or ''}".rstrip()
        sent = response.request_info.headers.get("Authorization")
        if status == 401 and attempt == 1 and sent is not None:
            self.credentials.forget()
            if self.credentials.header(response.url.scheme == "https") != sent:
                raise TransientError(what, advice(status))
        if status not in TRANSIENT:
            raise self.unavailable(path, f"{method}: {what} (attempt {attempt})", advice(status))
        raise TransientError(what, advice(status), retry_after(response.headers.get("Retry-After", "")))


def advice(status: int) -> str:
    """What the user can do about an answer of this status."""
    return ADVICE.get(status, OTHERWISE)


def retry_after(text: str) -> float | None:
    """Seconds of a Retry-After header, which is a number or a date; None where it says nothing."""
    if text.strip().isdecimal():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except ValueError:
        return None


def broken(error: BaseException) -> str:
    """What a lost connection looked like. URLs stay out: those of a redirect may hold a secret."""
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"no connection: {error.os_error.strerror or type(error.os_error).__name__}"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return f"the connection broke ({type(error).__name__})"
