"""What a server says while it copies a file to or from another one: performance markers, then how it ended."""

from __future__ import annotations

import re
from collections.abc import Callable

LONGEST_LINE = 1 << 14  # bytes
URLS = re.compile(r"[a-z][a-z0-9+.-]*://\S*", re.IGNORECASE)  # may hold a secret: a redirect that is good once
UNPRINTABLE = re.compile(r"[^\x20-\x7e\xa0-\uffff]+")


class Markers:
    """Feed it the body in pieces; `progress` gets the bytes that were transferred so far, over all stripes."""

    def __init__(self, progress: Callable[[int], None] = lambda _: None) -> None:
        self._progress = progress
        self._rest = b""
        self._stripe = 0
        self._stripes: dict[int, int] = {}
        self._last = ""

    def feed(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._take(line)
        self._rest = self._rest[:LONGEST_LINE]

    def failure(self) -> str | None:
        """At the end: None for success, else what went wrong. Only a last line that says so is a success."""
        self._take(self._rest)
        self._rest = b""
        word, _, text = self._last.partition(":")
        if word == "success":
            return None
        shown = UNPRINTABLE.sub(" ", URLS.sub("another server", text if word == "failure" else "")).strip()
        return shown[:300] or "the server did not say how it ended"

    def _take(self, line: bytes) -> None:
        text = line[:LONGEST_LINE].decode(errors="replace").strip()
        if not text:
            return
        name, separator, value = (part.strip() for part in text.partition(":"))
        self._last = f"{name.lower()}:{value}" if separator else ""
        if not value.isdecimal() or len(value) > 19:
            return
        if name == "Stripe Index":
            self._stripe = int(value)
        elif name == "Stripe Bytes Transferred":
            self._stripes[self._stripe] = max(int(value), self._stripes.get(self._stripe, 0))
            self._progress(sum(self._stripes.values()))
