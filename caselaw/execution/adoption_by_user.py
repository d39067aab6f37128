"""Outputs that something else made become today's, because a user says that they are what today's code would make.

The record, which says who vouched, when and why, comes first, as with everything that is published; then each file
gets its name for today's fingerprint.
"""

from __future__ import annotations

import contextlib
import dataclasses
import getpass
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from law.target.remote.base import RemoteTarget

from caselaw.config.address import is_url
from caselaw.errors import EVERY_BRANCH, FingerprintError, PublishError, StoreError, StoreUnavailable
from caselaw.execution.claims import Claim, ClaimState
from caselaw.fingerprint import digest
from caselaw.fingerprint.content.damage import damage
from caselaw.publishing.contents import OutputContents
from caselaw.publishing.own_outputs import final_outputs, known_by_notes, note_own
from caselaw.publishing.recording import Started, record_of
from caselaw.publishing.task import RunnableTask
from caselaw.records import Record
from caselaw.records.files import write_batch
from caselaw.storage.files.concurrency import AT_ONCE, side_by_side
from caselaw.storage.files.folder import ADVICE
from caselaw.storage.own_targets import by_name
from caselaw.storage.plain_files import local_state, path_of_local
from caselaw.storage.products import verify
from caselaw.storage.second_names import NO_SECOND_NAME, How, give_name

BATCH = 5000
"""Branches whose records are one document; what is killed has vouched for whole batches, or their first files."""
READERS = 4
"""Files of this machine that are read at the same time."""


@dataclass(frozen=True)
class Word:
    """Who vouches for outputs, and why."""

    by: str
    why: str

    @property
    def as_record(self) -> dict[str, str]:
        return {"by": self.by, "when": datetime.now(UTC).isoformat("T", "seconds"), "why": self.why}


@dataclass(frozen=True)
class Manner:
    """How files get their names, and whether they are read: else sizes and times, or a server's word, must do."""

    how: How = How.LINK
    quick: bool = False


def current_user() -> str:
    """`user@host` of this process."""
    user = "somebody"
    with contextlib.suppress(KeyError, OSError):  # a number without a name, as in a container
        user = getpass.getuser()
    return f"{user}@{socket.gethostname()}"


def vouch(
    task: RunnableTask, claims: Sequence[Claim], word: Word, manner: Manner, output_contents: OutputContents,
    report: Callable[[int, int], None],
) -> Iterator[Claim]:  # fmt: skip
    """Take what is ready of some claims; yields each claim as it stands then. `report` gets how many are done, failed.

    Raises `StoreUnavailable`, and `PublishError` where a file cannot have two names.
    """
    ready = [claim for claim in claims if claim.state is ClaimState.READY]
    if manner.how is How.LINK:
        refuse_links(ready)
    yield from (claim for claim in claims if claim.state is not ClaimState.READY)
    said, done, failed = word.as_record, 0, 0
    for start in range(0, len(ready), BATCH):
        some = ready[start : start + BATCH]
        for claim in vouch_for_some(task, some, said, manner, output_contents):
            done, failed = done + 1, failed + (claim.state is not ClaimState.VOUCHED)
            report(done, failed)
            yield claim
    task.record_index.refresh(task.output_location.directory)


def refuse_links(claims: Sequence[Claim]) -> None:
    """Raise `PublishError` where an output cannot have a second name."""
    for plain in (plain for claim in claims for plain in claim.files.values()):
        if isinstance(plain.source, RemoteTarget) and plain.path != plain.final:
            raise PublishError(NO_SECOND_NAME, plain.path, "give --move (the old name goes) or --copy")


def vouch_for_some(
    task: RunnableTask, claims: Sequence[Claim], said: Mapping[str, str], manner: Manner,
    output_contents: OutputContents,
) -> Iterator[Claim]:  # fmt: skip
    started = Started.now()
    at_once = AT_ONCE if any(is_url(f.path) for c in claims for f in c.files.values()) else READERS
    described = side_by_side(lambda claim: outputs_of(claim, manner), claims, at_once)
    records, kept = [], []
    for claim, outputs in zip(claims, described, strict=True):
        if isinstance(outputs, str):
            yield dataclasses.replace(claim, state=ClaimState.REFUSED, reason=outputs)
            continue
        records.append(record_of_vouched(task, claim.number, outputs, said, started, output_contents))
        kept.append(claim)
    if not records:
        return
    write_batch(task.output_location.directory, records)
    side_by_side(lambda claim: take(task, claim, manner.how), kept, at_once)
    yield from (dataclasses.replace(claim, state=ClaimState.VOUCHED) for claim in kept)


def record_of_vouched(
    task: RunnableTask, number: int, outputs: Mapping[str, Mapping[str, Any]], said: Mapping[str, str],
    started: Started, output_contents: OutputContents,
) -> Record:  # fmt: skip
    row = task.full_row(number, output_contents)
    measured = {"started": started.time, "cpu_seconds": 0.0, "peak_memory": 0}
    return record_of(task, row, outputs, vouched=dict(said), **measured)


def take(task: RunnableTask, claim: Claim, how: How) -> None:
    """Give the files of a branch their names."""
    for plain in claim.files.values():
        if plain.path != plain.final:
            give_name(plain.source, plain.target, how)
    if claim.others:
        branch = task.passing_branch(claim.number)
        note_own(branch, known_by_notes(branch, by_name(final_outputs(branch))))


# what the record says of an output


def outputs_of(claim: Claim, manner: Manner) -> dict[str, dict[str, Any]] | str:
    """What the record says of each file, or why one of them is no output."""
    found = {}
    for name, plain in claim.files.items():
        describe = described_remote if isinstance(plain.source, RemoteTarget) else described_local
        try:
            said = describe(name, plain.source, plain.is_folder, manner)
        except EVERY_BRANCH:
            raise
        except (PublishError, FingerprintError, StoreError) as error:
            return f"{plain.path}: {error.what}"
        if isinstance(said, str):
            return f"{plain.path}: {said}"
        found[name] = {"name": plain.final, "was": plain.path, **said}
    return found


def described_local(name: str, path: str, folder: bool, manner: Manner) -> dict[str, Any] | str:
    """What a record says of an output of this machine. Raises `StoreUnavailable` where it cannot be looked at."""
    try:
        size, modified = local_state(path)
    except OSError as error:
        raise StoreUnavailable(f"an output cannot be looked at: {error.strerror}", path, ADVICE) from error
    if manner.quick:
        unread = digest("unread", path, size, modified)
        return {"bytes": size, "modified": modified, "sha256": "", "digest": f"unread:{unread}"}
    sha256, size, content = verify(name, path, folder, may_be_empty=True)
    if content.startswith("bytes:") and size and (wrong := damage(path)) is not None:
        return wrong
    return {"bytes": size, "modified": modified, "sha256": sha256, "digest": content}


def described_remote(name: str, target: Any, folder: bool, manner: Manner) -> dict[str, Any] | str:
    """By the checksum that the server states; where it states none, by what it holds, unless that takes too long."""
    if not folder:
        size = int(target.stat().st_size)
        checksum = getattr(target.fs.file_interface, "checksum", None)
        stated = checksum(target.path) if checksum is not None else None
        if stated is not None or manner.quick:
            stated = stated or f"{size} bytes"
            unread = digest("unread", str(target.uri()), size, stated)
            return {"bytes": size, "stated": stated, "sha256": "", "digest": f"unread:{unread}"}
    with target.localize("r") as local:
        said = described_local(name, path_of_local(local), folder, Manner(quick=False))
    return said if isinstance(said, str) else {key: value for key, value in said.items() if key != "modified"}
