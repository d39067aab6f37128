"""Whether a store is where it was: one that is not there holds nothing, and is no empty one.

A marker in the root says which store it is, and this machine remembers which one it has seen there. It is asked where
something is missing, for what is found tells that the store is there.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
import logging
import os
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from caselaw.config import StoreSettings
from caselaw.errors import StoreMissing, StoreUnavailable
from caselaw.storage.store import Store
from caselaw.storage.stores import open_store
from caselaw.version import __version__

logger = logging.getLogger(__name__)

MARKER = ".caselaw-store.json"
SECONDS_BELIEVED = 30.0
"""As long a server that has shown its marker, or has none, is not asked again by the same process."""
SECONDS_OF_FIRST_RUNS = 20.0


@dataclass(frozen=True)
class Marker:
    """Which store it is, and since when."""

    id: str
    created: float
    caselaw: str = __version__

    @property
    def since(self) -> str:
        return datetime.datetime.fromtimestamp(self.created).astimezone().isoformat(" ", "minutes")


class Presence:
    """One store, and what this machine knows of it.

    `recorded_folders` gives the folders in its root in which records of outputs were seen from here. One that others
    write to (`of_others`) has to exist.
    """

    def __init__(
        self, settings: StoreSettings, recorded_folders: Callable[[], frozenset[str]], *, of_others: bool = False
    ) -> None:  # fmt: skip
        self.settings, self.recorded_folders, self.of_others = settings, recorded_folders, of_others
        self.store: Store = open_store(settings)
        self.marker = f"{settings.root}/{MARKER}"
        self._found: Marker | None = None
        self._stamp: object = None

    def require(self) -> Marker | None:
        """The marker, if there is one.

        Raises `StoreMissing` where this is not the store that this machine knows, and `StoreUnavailable`.
        """
        stamp = self.stamp()  # before the look: a marker that comes after it is read the next time
        if stamp is None or stamp != self._stamp:
            self._stamp = None
            self._found = self.check()
            self._stamp = stamp
        return self._found

    def stamp(self) -> object:
        """What is another one when the marker may be; None where there is none on this machine."""
        if not self.settings.is_local:
            return time.monotonic() // SECONDS_BELIEVED
        with contextlib.suppress(OSError):  # then it is read, and that says what is wrong
            state = os.stat(self.marker)
            return state.st_dev, state.st_ino, state.st_mtime_ns
        return None

    def check(self) -> Marker | None:
        """As `require`, whatever was known before. Raises `StoreMissing` where another store lies here."""
        expected = self.remembered()  # before the marker is read: another process may leave both in between
        found = self.read()
        if found is None:
            if expected is not None:
                raise self.missing(f"the store {expected.id} of {expected.since}")
            folders = sorted(self.recorded_folders())
            if folders and not {entry.name for entry in self.store.entries(self.settings.root)}.intersection(folders):
                raise self.missing(f"a store with {', '.join(folders[:5])}{', …' if len(folders) > 5 else ''}")
            if self.of_others:
                self.require_folder()
        elif expected is None or (found.id != expected.id and self.of_one_moment(found, expected)):
            self.remember(found)
        elif found.id != expected.id:
            raise StoreMissing(
                f"another store lies here: {found.id} of {found.since}, where {expected.id} of {expected.since} was",
                self.settings.root, f"mount the right one, or correct 'store' in law.cfg; {self.advice}",
            )  # fmt: skip
        return found

    def of_one_moment(self, found: Marker, expected: Marker) -> bool:
        """Whether two first runs made this store at the same time: XRootD moves the later marker over the first."""
        return not self.settings.is_local and abs(found.created - expected.created) < SECONDS_OF_FIRST_RUNS

    def require_folder(self) -> None:
        """Raise `StoreMissing` where there is no folder: one that others read is not made by a slip of its name."""
        if not self.store.exists(self.settings.root):
            raise StoreMissing(
                "the store is not there: no such folder", self.settings.root,
                f"mount it, or correct its name; {self.advice}",
            )  # fmt: skip

    def missing(self, what: str) -> StoreMissing:
        present = sorted(entry.name for entry in self.store.entries(self.settings.root))
        if present:
            now = f"here are only {', '.join(present[:5])}{', …' if len(present) > 5 else ''}, and no {MARKER}"
        else:
            now = "the folder is empty" if self.store.exists(self.settings.root) else "there is no such folder"
        return StoreMissing(
            f"the store is not there: {what} was seen here, now {now}", self.settings.root,
            f"mount it, or correct 'store' in law.cfg; {self.advice}",
        )  # fmt: skip

    @property
    def advice(self) -> str:
        return f"if this is to be a new store: caselaw store init --new {self.settings.name}"

    def introduce(self) -> Marker:
        """Leave a marker in a store that has none: it is about to be written to.

        Raises `StoreUnavailable` where it is not there after that.
        """
        if (found := self.require()) is not None:
            return found
        self.store.create_text(self.marker, json.dumps(asdict(Marker(uuid.uuid4().hex[:12], time.time()))))
        self._stamp = None
        found = self.require()  # somebody may have been faster
        if found is None:
            raise StoreUnavailable("the store's marker was written, and is not there", self.marker, "run again")
        return found

    def renew(self) -> Marker:
        """Take what is here for the store from now on, whatever was seen here before."""
        for root in (self.settings.root, *self.settings.doors):
            self.memory_of(root).unlink(missing_ok=True)
        self.recorded_folders, self.of_others, self._stamp = frozenset, False, None
        return self.introduce()

    def read(self) -> Marker | None:
        """The marker that lies in the root. Raises `StoreMissing` for one that cannot be read."""
        text = self.store.read_text(self.marker)
        if text is None:
            return None
        try:
            return marker_of(text)
        except (ValueError, TypeError, KeyError, OverflowError) as error:
            raise StoreMissing(
                f"the store's marker cannot be read: {error!r}", self.marker,
                f"look at what lies there, and mount the right store; {self.advice}, after this file is removed",
            ) from error  # fmt: skip

    # what this machine remembers

    @property
    def memory(self) -> Path:
        return self.memory_of(self.settings.root)

    def memory_of(self, root: str) -> Path:
        return memory_of(self.settings, root)

    def remembered(self) -> Marker | None:
        """The marker that was seen here, by whichever door."""
        return remembered(self.settings)

    def remember(self, found: Marker) -> None:
        temporary = self.memory.with_name(f".{self.memory.name}.{os.getpid()}")
        try:
            self.memory.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(json.dumps({"root": self.settings.root, **asdict(found)}), encoding="utf-8")
            temporary.replace(self.memory)
        except OSError as error:  # a project that cannot be written
            logger.debug("which store was seen is not remembered: %s", error)


def remembered(settings: StoreSettings) -> Marker | None:
    """The marker of a store that this machine has seen, by whichever door; the store itself is not asked."""
    for root in (settings.root, *settings.doors):
        try:
            return marker_of(memory_of(settings, root).read_text(encoding="utf-8"))
        except FileNotFoundError:
            continue
        except (OSError, ValueError, TypeError, KeyError, OverflowError) as error:
            logger.warning("it is not known which store was seen at %s: %s", root, error)
    return None


def memory_of(settings: StoreSettings, root: str) -> Path:
    mark = hashlib.blake2b(root.encode(), digest_size=8).hexdigest()
    return settings.mirror.parent / f"store-{mark}.json"


def is_marker(path: str) -> bool:
    """Whether a path is that of a marker: no copy has the one of its source, for it is another store."""
    return path.rpartition("/")[2] == MARKER


def marker_of(text: str) -> Marker:
    content = json.loads(text)
    found = Marker(str(content["id"]), float(content["created"]), str(content["caselaw"]))
    _ = found.since
    return found


# A cache, not configuration: the stores that this process has opened.
_watched: dict[str, Presence] = {}


def watch(
    settings: StoreSettings, recorded_folders: Callable[[], frozenset[str]], *, of_others: bool = False
) -> Presence:
    """Let `require_present` look at this store."""
    if settings.root not in _watched or _watched[settings.root].settings != settings:
        _watched[settings.root] = Presence(settings, recorded_folders, of_others=of_others)
    return _watched[settings.root]


def presence_of(path: str | os.PathLike[str]) -> Presence | None:
    """The store that a path lies in, if it was opened."""
    text = f"{os.fspath(path)}/"
    around = [root for root in _watched if text.startswith(f"{root}/")]
    return _watched[max(around, key=len)] if around else None


def require_present(path: str | os.PathLike[str]) -> None:
    """Raise `StoreMissing` where the store of a path is not there, so that nothing of it is missing."""
    if (presence := presence_of(path)) is not None:
        presence.require()


def introduce(store: Store) -> None:
    """Leave a marker in a store that is about to be written to, where there is none. Raises `StoreMissing`."""
    if (presence := presence_of(store.root)) is not None:
        presence.introduce()
