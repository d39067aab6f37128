"""How outputs get into a store of this machine, and what becomes of something that has their name."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Container, Mapping

from caselaw.config import load_project
from caselaw.errors import FingerprintError, PublishError
from caselaw.records import Record, write_records
from caselaw.records.index import index_of
from caselaw.storage.products import verify
from caselaw.storage.publish import Published, Staging
from caselaw.storage.store import Store

logger = logging.getLogger(__name__)


def publish_local(
    store: Store, staging: Staging, verified: Mapping[str, Published], record: Record, directory: str
) -> None:
    """Publish verified outputs in a store of this machine.

    The record comes first: whatever is killed when, there is no output without one. Raises `StoreUnavailable` and
    `PublishError`.
    """
    write_records(directory, [record])
    for product, published in verified.items():
        if os.path.lexists(published.path) and not make_way(store, published.path, record.fingerprint):
            continue  # somebody else has made it meanwhile: it stays, and its own record explains it
        store.place(staging.paths[product], published.path, published.sha256)


def already_published(verified: Mapping[str, Published], folders: Container[str]) -> dict[str, Published]:
    """Outputs that hold what was made and have its name, from whomever: they stay, and get a record now."""
    found = {}
    for product, published in verified.items():
        if os.path.lexists(published.path):
            with contextlib.suppress(PublishError, FingerprintError):  # else something is in the way, see `make_way`
                there = Published(published.path, *verify(product, published.path, is_folder=product in folders))
                if there.digest == published.digest:
                    found[product] = there
    return found


def make_way(store: Store, final: str, fingerprint: str) -> bool:
    """Keep what has the name of an output under another one, unless a record explains it; whether the name is free now.

    Raises `StoreUnavailable` and `PublishError`.
    """
    try:
        found = store.digest(final)
    except FileNotFoundError:
        if not store.is_local:
            return True
        found = ""  # a link that leads nowhere
    except FingerprintError:  # something that is no file
        found = ""
    directory, _, name = final.rpartition("/")
    records = index_of(load_project().root).of_fingerprints(directory, [fingerprint]).get(fingerprint, ())
    outputs = [output for record in records for output in record.outputs.values()]
    if any(output["name"] == name and output["sha256"] == found for output in outputs):
        return False
    aside = store.set_aside(final)
    if aside is not None:
        logger.warning("an output without a record was in the way of a new one; it is kept as %s", aside)
    return True
