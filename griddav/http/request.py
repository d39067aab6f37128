"""One request: sent, redirected, classified; `retry` repeats it. An answer is a clear one, or an error says why."""

from __future__ import annotations

import asyncio
import ssl
import time
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

import aiohttp
from yarl import URL

from griddav.auth.last_good import looked_again
from griddav.auth.server_certificate import explained
from griddav.auth.token_or_password import Credentials
from griddav.auth.x509 import SHOW_ONE, refusal
from griddav.errors import ContentChanged, GridDavError, NoAnswer, NotAllowed, Refused, refused
from griddav.http.arriving import Speed
from griddav.http.doors import Door, DoorUrls, Operation, canonical, doors_of, operation_of
from griddav.http.profile import ServerProfile, detect
from griddav.http.question import Body, Question, RequestProgress
from griddav.http.rate_limit import Pace
from griddav.http.retry import (
    DOOR_IS_DOWN,
    OTHERWISE,
    TOO_MANY,
    TRANSIENT,
    Retry,
    RetryLoop,
    TransientError,
    advice,
    no_answer,
    retry_after,
)  # fmt: skip
from griddav.http.session import Sessions

MISSING = frozenset({404, 410})
EXPIRED = frozenset({400, 404, 410})  # a redirect may lead to a URL that is good once (dCache): ask for another
REDIRECTS = frozenset({301, 302, 303, 307, 308})
MOST_REDIRECTS = 6
LONGEST_NAME = 254  # bytes, on XRootD 5.5.3
NOT_WORTH_IT = 1 << 20  # bytes: a new connection costs less

T = TypeVar("T")
Read = Callable[[aiohttp.ClientResponse], Awaitable[T]]


@dataclass(frozen=True)
class Answer(Generic[T]):
    """A clear answer: status, headers, what `read` made of the body, and which attempt it was."""

    status: int
    headers: Mapping[str, str]
    value: T
    attempt: int


async def drain(response: aiohttp.ClientResponse) -> None:
    """Read a body that nobody needs, so that the connection can be used again; one that is long is not worth it."""
    read = 0
    async for piece in response.content.iter_any():
        read += len(piece)
        if read > NOT_WORTH_IT:
            response.close()
            return


class Client:
    """Requests to one store, by one or several `doors` (see `doors_of`), no faster than `rate` requests per second.

    `trusted` are origins (scheme://host:port) that may see the credentials as well.
    """

    def __init__(
        self, base_url: str, sessions: Sessions, credentials: Credentials, retry: Retry | None = None,
        trusted: frozenset[str] = frozenset(), profile: ServerProfile | None = None, doors: DoorUrls = (),
        rate: float | None = None,
    ) -> None:  # fmt: skip
        self.doors, self.pace = doors_of(base_url, doors), Pace(rate)
        self._loop = RetryLoop(self.doors, self.pace)
        self.origin, self.sessions, self.credentials = self.doors.home.origin, sessions, credentials
        self.retry = Retry() if retry is None else retry
        self._homes = frozenset(canonical(door.origin) for door in self.doors.all)
        self.trusted = self._homes | {canonical(url) for url in trusted}
        self.detected_profile = profile
        self.dot_names: bool | None = None  # whether a listing has shown one
        self.many_ranges = True  # until the server answers a request for several with the whole file
        self._places: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore]
        self._places = weakref.WeakKeyDictionary()
        self._asking: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = weakref.WeakKeyDictionary()

    def speed(self) -> Speed:
        """Watches over one body."""
        connection = self.sessions.connection
        return Speed(connection.least_speed, connection.read_timeout)

    def url(self, path: str) -> str:
        """The URL of a path at the first door, as it is sent and as it is shown: there is no secret in it."""
        return self.doors.home.url(path)

    def prefix_of(self, response: aiohttp.ClientResponse) -> str:
        """What stands before the file system's paths in the answers of the door that sent this one."""
        return self.doors.prefix_at(str(response.url.origin()))

    async def destination(self, path: str) -> str:
        """A path as the header `Destination` at the first door; `request` says it as the door needs that is asked.

        Raises `Refused` for one that it cannot say.
        """
        if (await self.profile()).encodes:
            return self.url(path)
        if "?" in path or not path.isprintable():
            what = "this server takes '?', however it is written, and control characters for the end of a name"
            raise self.refused(path, what, "use another name")
        if len(path.rpartition("/")[2].encode(errors="surrogateescape")) > LONGEST_NAME:
            raise self.refused(path, "this server lists the first 254 bytes of a name only", "use another name")
        # XRootD 5.5.3 cuts white space and letters beyond ASCII off the end: an empty query keeps them.
        return f"{self.origin}{self.doors.home.prefix}{path}?_"

    async def profile(self) -> ServerProfile:
        """What kind of server this is; it is asked once, however many want to know."""
        if self.detected_profile is not None:
            return self.detected_profile
        async with self._asking.setdefault(asyncio.get_running_loop(), asyncio.Lock()):
            if self.detected_profile is not None:
                return self.detected_profile
            answer = await self.ask("OPTIONS", "/", expected=frozenset(range(200, 500)) - {401, 408, 429})
            self.detected_profile = detect(answer.headers)
        return self.detected_profile

    async def lists_dot_names(self) -> bool | None:
        """Whether listings hold names that begin with a dot; None where that is not known."""
        return (await self.profile()).lists_dot_names if self.dot_names is None else self.dot_names

    async def request(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, body: Body | bytes | None = None,
        expected: frozenset[int] = frozenset(), read: Read[T], ask_first: bool = False, query: str = "",
        before_again: Callable[[], Awaitable[None]] | None = None,
    ) -> Answer[T]:  # fmt: skip
        """The answer to one question, repeated while that can help, at other doors where one is down.

        Statuses 200 to 299 and those `expected` are answers. `ask_first`: an upload waits for the server's word.
        `before_again` looks, before a repetition, whether it would still do what was meant, and raises where not.
        Raises `FileNotFoundError` for 404 and 410, `Refused` for what is not to be asked again, else `NoAnswer`.
        """
        if "?" in path:
            await self.destination(path)  # raises where the server would take it for another path
        question = Question(method, path, {} if headers is None else headers, body, expected, ask_first, query)
        progress, operation = RequestProgress(), operation_of(method)
        return await self._loop.run(
            self.retry, operation, progress, lambda: self._in_turn(question, operation, progress, read),
            partial(self._given_up, question, progress), before_again,
        )  # fmt: skip

    async def ask(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, body: Body | bytes | None = None,
        expected: frozenset[int] = frozenset(), ask_first: bool = False,
    ) -> Answer[None]:  # fmt: skip
        """`request` where the body of the answer says nothing."""
        return await self.request(
            method, path, headers=headers, body=body, expected=expected, read=drain, ask_first=ask_first
        )

    def unavailable(self, path: str, what: str, advice: str = OTHERWISE) -> NoAnswer:
        """The error for a question that got no answer, or none that can be believed."""
        return NoAnswer(what, self.url(path), advice)

    def refused(self, path: str, what: str, advice: str, status: int | None = None) -> Refused:
        """The error for what this server does not do, by its own word (`status`) or by what is known of its kind."""
        where = self.url(path)
        return Refused(what, where, advice) if status is None else refused(status, what, where, advice)

    async def _in_turn(
        self, question: Question, operation: Operation, progress: RequestProgress, read: Read[T]
    ) -> Answer[T]:
        """One attempt, when it is our turn, at the door that is to be asked then."""
        waiting = time.monotonic()
        await self._turn(question, progress)
        progress.started += time.monotonic() - waiting  # a long queue is no outage
        return await self._attempt(question, self.doors.choose(operation), progress, read)

    async def _turn(self, question: Question, progress: RequestProgress) -> None:
        """Wait for our turn; where the server asks everybody to wait too long, do not.

        Requests wait here and not for a connection, so that a pause that the server asks for holds for all of them.
        """
        most = self.sessions.connection.per_host
        place = self._places.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(most))
        await place.acquire()
        progress.place = place
        held = self.pace.held()
        if held > max(0.0, self.retry.deadline - progress.spent()):
            progress.let_go()
            what = f"{question.method}: the server asked for a pause that lasts {held:.0f} s more"
            raise self.unavailable(question.path, what, advice(TOO_MANY))
        try:
            await self.pace.turn()
        except asyncio.CancelledError:
            progress.let_go()
            raise

    def _given_up(
        self, question: Question, progress: RequestProgress, failure: TransientError, spent: float
    ) -> GridDavError:
        what = f"{question.method}: {failure.what} ({self.retry.counted(progress.rounds)}, {spent:.1f} s)"
        if len(progress.asked) > 1:
            what += f"; asked: {', '.join(door.origin + door.prefix for door in progress.asked)}"
        if failure.damaged:
            return ContentChanged(what, self.url(question.path), failure.advice)
        return self.unavailable(question.path, what, failure.advice)

    async def _attempt(self, question: Question, door: Door, progress: RequestProgress, read: Read[T]) -> Answer[T]:
        """One attempt at one door. Raises `TransientError` where another may help."""
        progress.next(door)
        try:
            async with self.sessions.lent() as session, self._send(session, question, door, progress) as response:
                progress.answered = time.monotonic()
                self._classify(response, question, progress)
                self.doors.take_back(door)
                self._loop.told = False
                return Answer(response.status, response.headers, await read(response), progress.attempt)
        except GridDavError:  # some are a ConnectionError, too
            raise
        except (aiohttp.ClientOSError, ssl.SSLError) as error:
            if (said := refusal(error)) is not None:
                what = f"{question.method}: the server does not take our certificate, or none: {said}"
                raise NotAllowed(what, self.url(question.path), SHOW_ONE) from error
            if not isinstance(error, (aiohttp.ClientSSLError, ssl.SSLError)):
                raise no_answer(error, progress.at_door and progress.answered is None) from error
            if self.sessions.renewed():  # the CAs were caught while they were written
                raise TransientError(f"the connection is not safe: {error}") from error
            server, ca = URL(progress.origin), self.sessions.connection.authorities
            what, advice = await explained(error, server.host or "", server.port or 443, ca)
            what = f"{question.method}: {what}"
            raise self.unavailable(question.path, what, advice) from error
        except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
            if isinstance(error, TimeoutError) and progress.answered is not None:
                progress.answered += self.sessions.connection.read_timeout  # so long, nothing arrived
            raise no_answer(error, progress.at_door and progress.answered is None) from error

    @asynccontextmanager
    async def _send(
        self, session: aiohttp.ClientSession, question: Question, door: Door, progress: RequestProgress
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Follow redirects by hand: the body goes to the last server only, credentials to those that may see them."""
        url = URL(door.url(question.path) + question.query, encoded=True)
        path, method, body = question.path, question.method, question.body
        for number in range(MOST_REDIRECTS):
            own = {"Accept-Encoding": "identity", **question.headers}
            if "Destination" in own:
                own["Destination"] = self._at(door, own["Destination"])
            if "If" in own:
                own["If"] = "<" + self._at(door, own["If"].removeprefix("<"))
            if str(url.origin()) not in self.trusted:
                own.pop("TransferHeaderAuthorization", None)  # the token of another server
            # A body may be read from the same server: it is not kept waiting behind others like it.
            open_gate = callable(body) and not question.ask_first
            async with nullcontext() if open_gate else self.sessions.gate(str(url.origin())):
                progress.origin = str(url.origin())
                if progress.origin in self.trusted:
                    secret = await looked_again(partial(self.credentials.header, url.scheme == "https"))
                    own |= {"Authorization": secret} if secret else {}
                asked = await session.request(
                    method, url, headers=own, data=body() if callable(body) else body, allow_redirects=False,
                    expect100=question.ask_first and number == 0,
                    ssl=await looked_again(self.sessions.tls) if url.scheme == "https" else True,
                )  # fmt: skip
            async with asked as response:
                if response.status not in REDIRECTS or "Location" not in response.headers:
                    yield response
                    return
                url = url.join(URL(response.headers["Location"], encoded=True))
            if url.scheme not in ("http", "https"):
                raise self.unavailable(path, f"{method}: the server redirects to the protocol {url.scheme}")
            progress.at_door = str(url.origin()) in self._homes
        raise self.unavailable(path, f"{method}: the server redirects in circles (attempt {progress.attempt})")

    def _at(self, door: Door, destination: str) -> str:
        """A `Destination` of the first door as another door needs it; that of another server as it is."""
        home, own = (each.origin + each.prefix for each in (self.doors.home, door))
        return own + destination.removeprefix(home) if destination.startswith(f"{home}/") else destination

    def _classify(self, response: aiohttp.ClientResponse, question: Question, progress: RequestProgress) -> None:
        status, at_home = response.status, str(response.url.origin()) in self._homes
        if self.detected_profile is None and "Server" in response.headers and at_home:
            self.detected_profile = detect(response.headers)
        sent = response.request_info.headers.get("Authorization")
        ended = status == 403 and sent is not None and self.credentials.ended(sent)
        if 200 <= status < 300 or (status in question.expected and not ended):
            return
        if status in EXPIRED and not at_home:
            raise TransientError(f"the server redirected to a place that answered {status}")
        if status in MISSING:
            raise FileNotFoundError(2, "No such file or directory", question.path)
        what = f"the server answered {status} {response.reason or ''}".rstrip()
        fix: str | None = advice(status)
        if sent is not None and (status == 401 or ended):
            fix = self.credentials.refuse(sent, response.url.scheme == "https", status)
        if fix is None:  # there is another token now
            raise TransientError(what, advice(status))
        if status not in TRANSIENT:
            raise self.refused(question.path, f"{question.method}: {what} (attempt {progress.attempt})", fix, status)
        asked = retry_after(response.headers.get("Retry-After", ""), response.headers.get("Date", ""))
        raise TransientError(
            what, advice(status), asked, door_is_down=at_home and status in DOOR_IS_DOWN, too_many=status == TOO_MANY
        )  # fmt: skip
