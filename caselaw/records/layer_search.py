"""In which layer outputs lie, and what the records of all layers say."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial

from caselaw.records.index import RecordIndex
from caselaw.records.record import Record
from caselaw.storage.layer import ask
from caselaw.storage.location import Location
from caselaw.storage.state import existing_names, exists

MOST_BY_NAME = 8
"""More outputs than these are looked up in a listing of their folder."""

# A cache, not configuration: folder in the first layer → fingerprint → folder of the layer that it was seen in last.
_seen: dict[str, dict[str, str]] = {}


def found_below(
    index: RecordIndex, location: Location, fingerprints: Collection[str], *, trusted: bool
) -> dict[str, str]:  # fmt: skip
    """Fingerprint → folder of the first further layer that has all products with a record; asked for those lacking.

    Raises `StoreUnavailable` where a layer gives no answer that may not be left out.
    """
    found: dict[str, str] = {}
    for directory in location.below:
        left = [fingerprint for fingerprint in fingerprints if fingerprint not in found]
        if left:
            look = partial(complete_in, index, location.at(directory), left, trusted=trusted)
            found |= dict.fromkeys(ask(directory, look, frozenset[str]), directory)
    _seen.setdefault(location.directory, {}).update(
        (fingerprint, found.get(fingerprint, location.directory)) for fingerprint in fingerprints
    )
    return found


def complete_in(
    index: RecordIndex, location: Location, fingerprints: Sequence[str], *, trusted: bool
) -> frozenset[str]:  # fmt: skip
    """Which fingerprints have all products in one folder, with a record."""
    if len(fingerprints) <= MOST_BY_NAME:
        made = [each for each in fingerprints if all(map(exists, location.full_names(each)))]
    else:
        made = location.made(fingerprints, existing_names(location.directory))
    return frozenset(made) if trusted or not made else frozenset(made) & index.recorded(location.directory, made)


def lying(
    index: RecordIndex, location: Location, fingerprints: Iterable[str], *, trusted: bool = False
) -> Mapping[str, str]:  # fmt: skip
    """Fingerprint → folder of the layer in which its outputs lie; of what lies nowhere, that of the first.

    What was seen by this process is not asked again; `found_below` asks. Nothing where there are no layers.
    """
    if not location.below:
        return {}
    wanted = list(fingerprints)
    seen = _seen.setdefault(location.directory, {})
    if unseen := [fingerprint for fingerprint in wanted if fingerprint not in seen]:
        first = complete_in(index, location.at(location.directory), unseen, trusted=trusted)
        seen.update(dict.fromkeys(first, location.directory))
        found_below(index, location, [each for each in unseen if each not in first], trusted=trusted)
    return {fingerprint: seen[fingerprint] for fingerprint in wanted}


def see_first(location: Location, fingerprints: Iterable[str]) -> None:
    """Note what lies in the first layer."""
    if location.below:
        _seen.setdefault(location.directory, {}).update(dict.fromkeys(fingerprints, location.directory))


def records_in(index: RecordIndex, location: Location) -> Iterator[Record]:
    """All records of a folder in all layers, each layer's oldest first; those of the first layer come last."""
    for directory in reversed(location.below):
        yield from ask(directory, partial(all_records, index, directory), list[Record])
    yield from index.records(location.directory)


def all_records(index: RecordIndex, directory: str) -> list[Record]:
    return list(index.records(directory))


def of_identity_in(index: RecordIndex, location: Location, identity: str) -> list[Record]:
    """All records of one branch in all layers, in the same order."""
    found: list[Record] = []
    for directory in reversed(location.below):
        found += ask(directory, partial(index.of_identity, directory, identity), list[Record])
    return found + index.of_identity(location.directory, identity)


def names_in_layers(directories: Iterable[str]) -> dict[str, frozenset[str]]:
    """Folder → names in it, of folders in any layer; of one in a layer that is left out, none."""
    found: dict[str, frozenset[str]] = {}
    for directory in dict.fromkeys(directories):
        found[directory] = ask(directory, partial(existing_names, directory), frozenset[str])
    return found
