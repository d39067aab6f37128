"""The records that stand for outputs, by what the store holds; files are read where records differ, and only there."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from caselaw.config.address import is_url
from caselaw.errors import EVERY_BRANCH, FingerprintError, StoreError
from caselaw.fingerprint import FileDigests
from caselaw.records.chosen_by_digest import digests as digests_of
from caselaw.records.chosen_by_digest import standing
from caselaw.records.index import MOST_VALUES, RecordIndex
from caselaw.records.record import Record
from caselaw.storage.stores import store_of


def explaining(
    index: RecordIndex, directory: str, fingerprints: Iterable[str], digests: FileDigests
) -> dict[str, Record]:
    """Fingerprint → the record that stands for its outputs; none where no record explains them.

    Raises what every output would meet (`EVERY_BRANCH`).
    """
    wanted = set(fingerprints)
    found: dict[str, list[Record]] = {}
    if len(wanted) > MOST_VALUES:
        for record in index.records(directory):
            if record.fingerprint in wanted:
                found.setdefault(record.fingerprint, []).append(record)
    elif wanted:
        found = index.of_fingerprints(directory, wanted)
    digest_of = partial(digest_now, directory, digests)
    chosen = {fingerprint: standing(records, digest_of) for fingerprint, records in found.items()}
    return {fingerprint: record for fingerprint, record in chosen.items() if record is not None}


def vouched(index: RecordIndex, directory: str, digests: FileDigests) -> dict[str, dict[str, str]]:
    """Fingerprint → who vouched for the outputs that lie there, when and why.

    Where caselaw has made some of the same fingerprint as well, what the store holds tells whose these are.
    """
    said, disputed = index.vouched(directory)
    stands = explaining(index, directory, disputed, digests)
    return {
        fingerprint: word
        for fingerprint, word in said.items()
        if fingerprint not in disputed or is_vouched(index, directory, stands.get(fingerprint))
    }


def is_vouched(index: RecordIndex, directory: str, stands: Record | None) -> bool:
    """Whether a user vouched for what these outputs hold."""
    if stands is None:
        return False
    records = index.of_fingerprints(directory, [stands.fingerprint])[stands.fingerprint]
    return any(record.vouched is not None and digests_of(record) == digests_of(stands) for record in records)


def digest_now(directory: str, digests: FileDigests, name: str) -> str | None:
    """SHA-256 of what the store holds; None where that cannot be read: it is gone, damaged, or on tape."""
    path = name if name.startswith("/") or is_url(name) else f"{directory}/{name}"
    try:
        return digests.digest(store_of(path).local(path))
    except EVERY_BRANCH:
        raise
    except (FileNotFoundError, FingerprintError, StoreError):
        return None
