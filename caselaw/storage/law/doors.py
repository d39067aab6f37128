"""The servers of a store: which one is asked, and what their errors mean."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from caselaw.errors import EVERY_BRANCH, ConfigError, ContentChanged, StoreError, StoreUnavailable
from caselaw.storage.files.answers import clear_answers
from caselaw.storage.files.server import ServerFiles, open_server
from caselaw.storage.law.settings import LawSettings

AVOIDED = 60.0  # seconds: a door that did not answer is the last one to be asked


@dataclass(frozen=True)
class LawDoor:
    """A base URL, the files behind it and the path of the base there."""

    url: str
    server: ServerFiles
    root: str

    def path(self, name: str) -> str:
        """The path of a name of the store, which is taken as it stands."""
        return f"{self.root.rstrip('/')}/{name.lstrip('/')}".rstrip("/") or "/"

    def info(self, path: str) -> dict[str, Any]:
        """What fsspec says about a path. Raises `FileNotFoundError`, `NotADirectoryError` and `StoreUnavailable`."""
        with clear_answers(self.url):
            return self.server.info(path)


@dataclass
class LawDoors:
    """Opens doors when they are first needed, one for each process, and remembers those that did not answer."""

    settings: LawSettings
    _open: dict[tuple[int, str], LawDoor] = field(default_factory=dict, init=False, repr=False)
    _silent: dict[str, float] = field(default_factory=dict, init=False, repr=False)

    def door(self, url: str) -> LawDoor:
        """Raises `ConfigError` for options that do not fit, and `StoreUnavailable`."""
        key = (os.getpid(), url)
        if key not in self._open:
            try:
                with clear_answers(url, (TypeError, ValueError)):
                    server = open_server(url, self.settings.options_of(url))
            except (TypeError, ValueError) as error:
                where, advice = f"[{self.settings.section}] in law.cfg", f"look at what the library for {url} takes"
                raise ConfigError(f"the options do not fit: {error}", where, advice) from error
            self._open[key] = LawDoor(url, server, server.path_of(url))
        return self._open[key]

    def in_order(self, urls: Sequence[str], shuffled: bool) -> list[str]:
        """Those that answered first."""
        order = random.sample(urls, len(urls)) if shuffled else list(urls)
        now = time.monotonic()
        return sorted(order, key=lambda url: now - self._silent.get(url, now - AVOIDED) < AVOIDED)

    def ask(self, urls: Sequence[str], question: Callable[[LawDoor], Any], shuffled: bool) -> Any:
        """The answer of the first door that gives one.

        Raises the error of the last one (`StoreUnavailable`) when none does, and at once every error that is an answer,
        such as `FileNotFoundError` and `OnTape`. What one door sends damaged, another one may send whole.
        """
        failures: list[StoreError] = []
        for url in self.in_order(urls, shuffled):
            try:
                door = self.door(url)
                with clear_answers(url):
                    return question(door)
            except (*EVERY_BRANCH, ContentChanged) as error:
                self._silent[url] = time.monotonic()
                failures.append(error)
        if len(failures) == 1 or isinstance(failures[-1], ContentChanged):
            raise failures[-1]
        what = "; ".join(f"{error.where}: {error.what}" for error in failures)
        raise StoreUnavailable(f"none of {len(failures)} servers answered: {what}", urls[0], failures[-1].advice)
