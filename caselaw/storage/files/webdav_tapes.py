"""Tapes behind WebDAV servers and dCache, by griddav: WLCG's Tape REST API, or dCache's bulk requests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fsspec.asyn import sync

from caselaw.errors import StoreUnavailable
from caselaw.storage.files.tapes import DAY, Staged, TapeProgress, TapeRequest
from griddav.tape import interface, online
from griddav.tape.locality import Locality
from griddav.tape.staging import StagingProgress, failed, requested, unreadable


@dataclass(frozen=True)
class WebDavTapes:
    """See `Tapes`. `fs` is one of griddav's file systems."""

    fs: Any

    def name_of(self, path: str) -> str:
        return online.prefix_of(self.fs) + path

    def stage(self, paths: Sequence[str], lifetime: float = 2 * DAY) -> Sequence[TapeRequest]:
        return ours(online.stage(self.fs, paths, lifetime))

    def stage_missing(self, paths: Sequence[str], lifetime: float) -> Staged:
        found: Staged = sync(self.fs.loop, self.asked, paths, lifetime)
        return found

    async def asked(self, paths: Sequence[str], lifetime: float) -> Staged:
        """Raises `StoreUnavailable` for a server without an API to ask by."""
        where = self.fs.unstrip_protocol("/")
        tape = await online.tape_of(self.fs)
        found = await online.places_of(self.fs, tape, paths)
        wanted = tuple(path for path, place in found.items() if place.locality is Locality.NEARLINE)
        beyond = {path: why for path, why in unreadable(found).items() if path not in wanted}
        if beyond:
            raise failed(beyond, len(paths), where)
        if not wanted:
            return Staged(len(paths))
        if tape is None:
            raise StoreUnavailable("files are on tape, and the server has no API to stage them", where, online.ADVICE)
        requests = await requested(tape, list(map(self.name_of, wanted)), lifetime)
        return Staged(len(paths) - len(wanted), wanted, ours(requests))

    def wait(self, requests: Sequence[TapeRequest], paths: Sequence[str], report: TapeProgress) -> None:
        def told(state: StagingProgress) -> None:
            report(state.online, state.failed, state.total)

        online.wait(self.fs, theirs(requests), paths, told)

    def release(self, requests: Sequence[TapeRequest]) -> None:
        online.release(self.fs, theirs(requests))


def ours(requests: Sequence[interface.StageRequest]) -> tuple[TapeRequest, ...]:
    return tuple(TapeRequest(each.id, each.paths) for each in requests)


def theirs(requests: Sequence[TapeRequest]) -> list[interface.StageRequest]:
    return [interface.StageRequest(each.id, each.paths) for each in requests]
