"""The records that stand for outputs, by what the store holds; files are read where records differ, and only there."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from caselaw.config.address import is_url
from caselaw.errors import EVERY_BRANCH, FingerprintError, StoreError
from caselaw.fingerprint import FileDigests
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


def digest_now(directory: str, digests: FileDigests, name: str) -> str | None:
    """SHA-256 of what the store holds; None where that cannot be read: it is gone, damaged, or on tape."""
    path = name if name.startswith("/") or is_url(name) else f"{directory}/{name}"
    try:
        return digests.digest(store_of(path).local(path))
    except EVERY_BRANCH:
        raise
    except (FileNotFoundError, FingerprintError, StoreError):
        return None
