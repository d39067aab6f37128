"""The rest of a file whose download broke: asked for, recognised, and never that of another file."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import aiohttp

from griddav.checksums import Checksum, served
from griddav.http.arriving import refuse_other_size
from griddav.http.retry import TransientError, damaged

RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")
ENOUGH = 1 << 20  # bytes: who got so much further may break as often again


@dataclass
class Rest:
    """How far a download of `size` bytes has come. `headers` ask for what is missing, in each attempt anew.

    The rest is asked for where something can tell that it belongs to what is here: a checksum (`algorithm`) that the
    server states of the whole file, or a strong ETag (RFC 9110, 13.1.5). Otherwise a download starts over.
    """

    size: int
    algorithm: str | None
    stated: dict[str, str]
    headers: dict[str, str] = field(default_factory=dict)
    received: int = 0
    furthest: int = 0
    etag: str | None = None
    checksum: Checksum | None = None

    def __post_init__(self) -> None:
        self.reset()

    @property
    def proven(self) -> bool:
        """Whether a checksum tells, when all is here, that it is the file."""
        return self.algorithm is not None and self.algorithm in self.stated

    def reset(self) -> None:
        """Nothing of what is here is of use."""
        self.received, self.checksum = 0, Checksum(self.algorithm) if self.algorithm else None

    def ask(self) -> None:
        """To be called before each attempt, and when one broke."""
        self.furthest = max(self.furthest, self.received)
        strong = self.etag is not None and not self.etag.startswith("W/")
        if self.received >= self.size or not (self.proven or strong):
            self.reset()
        for name in ("Range", "If-Range"):
            self.headers.pop(name, None)
        if self.received:
            self.headers["Range"] = f"bytes={self.received}-{self.size - 1}"
            if not self.proven and self.etag is not None:
                self.headers["If-Range"] = self.etag

    def begin(self, response: aiohttp.ClientResponse) -> int:
        """Where the bytes of an answer begin. Raises `TransientError` for an answer that is not the rest."""
        etag = response.headers.get("ETag")
        if response.status == 206 and self.received:
            span = RANGE.fullmatch(response.headers.get("Content-Range", "").strip())
            fits = span is not None and int(span[1]) == self.received and span[3] in ("*", str(self.size))
            if fits and (self.proven or etag == self.etag):
                return self.received
        self.reset()
        self.ask()
        if response.status != 200:
            raise TransientError("the server did not send the rest of the file where the download broke")
        refuse_other_size(response, self.size)
        self.stated |= served(response.headers, whole=True)
        self.etag = etag
        return 0

    def add(self, size: int) -> None:
        """So many bytes more are here, and in the checksum."""
        self.received += size

    def gone_on(self, before: int) -> bool:
        """Whether it is worth while to begin once more: the download got further than it had been `before`."""
        self.ask()
        return self.furthest - before >= ENOUGH

    def verify(self) -> None:
        """Raises `TransientError` for what is not the whole file, or another one."""
        if self.received != self.size:
            raise TransientError(f"the server sent {self.received} bytes of a file of {self.size}")
        if self.checksum is not None and self.proven and self.checksum.hex() != self.stated[self.checksum.algorithm]:
            self.reset()
            raise damaged(f"the bytes that arrived do not have the {self.algorithm} that the server states")
