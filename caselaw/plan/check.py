"""Whether everything under a path is what the records beside it say, whatever task it belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from caselaw.errors import ContentChanged, FingerprintError, OnTape, TransferError
from caselaw.plan.verify import OutputState
from caselaw.records import Record, read_records
from caselaw.storage.copying.copying import joined, output_of
from caselaw.storage.copying.reading import sha256_of
from caselaw.storage.files.concurrency import in_parallel
from caselaw.storage.files.place import Node, Place, exists
from caselaw.storage.files.tree import tree
from caselaw.storage.files.unfinished import in_unfinished
from caselaw.storage.location import OUTPUT, RECORDS
from caselaw.storage.store import Store
from caselaw.storage.stores import store_of

STATED = "sha-256"
"""The checksum that records hold; a server that states another one cannot be believed, the file is read."""

FAULTS = frozenset({OutputState.CHANGED, OutputState.MISSING, OutputState.UNRECORDED, OutputState.ON_TAPE})


@dataclass(frozen=True)
class Recorded:
    """What the records say of one output: SHA-256 and bytes of each time that it was made; none for no record."""

    place: Place
    is_folder: bool
    size: int | None
    records: tuple[tuple[str, int | None], ...]


class Evidence(StrEnum):
    """What an answer rests on: the size, the server's own checksum, or what was read; nothing where none was needed."""

    NOTHING = ""
    SIZE = "size"
    SERVER = "server"
    READ = "read"


@dataclass(frozen=True)
class Checked:
    """One output and what was found."""

    path: str
    state: OutputState
    way: Evidence = Evidence.NOTHING
    size: int | None = None
    expected: str | None = None
    found: str | None = None


@dataclass
class Checker:
    """Compares outputs with their records. `fast`: by existence and size only."""

    fast: bool
    states_sha256: dict[str, bool] = field(default_factory=dict)

    def check(self, output: Recorded) -> Checked:
        """Raises `StoreUnavailable` where the store cannot say."""
        path, size = output.place.url, output.size
        store = store_of(path)
        if not output.records:
            return Checked(path, OutputState.UNRECORDED, size=size)
        if size is None and not exists(output.place):  # a listing is believed for what it holds only
            return Checked(path, OutputState.MISSING, expected=output.records[0][0])
        try:
            return self.by_size(output) or self.by_content(store, output)
        except FileNotFoundError:  # removed meanwhile
            return Checked(path, OutputState.MISSING, expected=output.records[0][0])
        except OnTape:
            return Checked(path, OutputState.ON_TAPE, size=size, expected=output.records[0][0])

    def by_size(self, output: Recorded) -> Checked | None:
        """The answer, where the size decides."""
        found = size_of(output.place) if output.size is None else output.size
        sizes = {size for _, size in output.records}
        fits = found in sizes or None in sizes
        if fits and not self.fast:
            return None
        return Checked(
            output.place.url,
            OutputState.OK if fits else OutputState.CHANGED,
            Evidence.SIZE,
            found,
            output.records[0][0],
        )

    def by_content(self, store: Store, output: Recorded) -> Checked:
        expected = [sha256 for sha256, _ in output.records]
        path, size = output.place.url, output.size
        stated = None if output.is_folder or store.is_local else self.stated(output.place)
        try:
            found = stated or sha256_of(output.place)
        except (FingerprintError, ContentChanged) as error:
            return Checked(path, OutputState.CHANGED, Evidence.READ, size, expected[0], error.what)
        state = OutputState.OK if found in expected else OutputState.CHANGED
        return Checked(path, state, Evidence.READ if stated is None else Evidence.SERVER, size, expected[0], found)

    def stated(self, place: Place) -> str | None:
        """The server's SHA-256; a server that has none for one file is not asked again."""
        root = store_of(place.url).root
        if not self.states_sha256.get(root, True):
            return None
        found = place.checksum(STATED)
        self.states_sha256[root] = found is not None
        return found


def outputs_under(place: Place) -> list[Recorded]:
    """All outputs under a folder, or one output, with what their records say; those that only a record names as well.

    Raises `TransferError` where nothing is there, and `StoreUnavailable`.
    """
    try:
        top = place.node()
    except FileNotFoundError as error:
        raise TransferError("there is nothing of this name", place.url, "check the path") from error
    if not top.is_folder or OUTPUT.search(place.name):
        present = {place.name: PresentEntry(top.is_folder, size_of(place))}
        return list(outputs_of(place.parent, present, only=place.name))
    parts = in_parallel(lambda folder: list(outputs_of(*folder)), folders_of_outputs(place, tree(place)))
    return sorted((output for _, part in parts for output in part), key=lambda output: output.place.url)


def size_of(place: Place) -> int:
    """Bytes of a file, or of all files in a folder. Raises `FileNotFoundError`."""
    return sum(node.size or 0 for node in tree(place).values())


class PresentEntry(NamedTuple):
    """An entry of a folder of outputs; the size of a folder in bytes is that of all that it holds."""

    is_folder: bool
    size: int | None


def folders_of_outputs(place: Place, found: Mapping[str, Node]) -> list[tuple[Place, dict[str, PresentEntry]]]:
    """Folders that hold outputs or records, and what is in each by name."""
    folders: dict[str, dict[str, PresentEntry]] = {}
    for path, node in found.items():
        output = output_of(path)
        if node.is_folder and path.rpartition("/")[2] == RECORDS:
            folders.setdefault(path.rpartition("/")[0], {})
        if node.is_folder or in_unfinished(path) or any(part.startswith(".") for part in path.split("/")[:-1]):
            continue
        folder, _, name = (output or path).rpartition("/")
        inside = folders.setdefault(folder, {})
        before = inside.get(name, PresentEntry(False, 0)).size or 0
        inside[name] = PresentEntry(True, before + (node.size or 0)) if output else PresentEntry(False, node.size)
    return [
        (joined(place, folder), inside)
        for folder, inside in folders.items()
        if (f"{folder}/{RECORDS}" if folder else RECORDS) in found or any(map(OUTPUT.search, inside))
    ]


def outputs_of(folder: Place, present: Mapping[str, PresentEntry], only: str | None = None) -> Iterator[Recorded]:
    """Outputs of one folder. Its records are read after it was listed: what was listed has its record by then."""
    records = by_name(read_records(folder.url))
    names = {name for name in present if name in records or OUTPUT.search(name)} | (set(records) if not only else set())
    for name in sorted(names):
        there = present.get(name)
        yield Recorded(
            folder.child(name), there is not None and there.is_folder, there.size if there else None,
            records.get(name, ()),
        )  # fmt: skip


def by_name(records: Iterable[Record]) -> dict[str, tuple[tuple[str, int | None], ...]]:
    found: dict[str, tuple[tuple[str, int | None], ...]] = {}
    for record in records:
        for output in record.outputs.values():
            said = (str(output["sha256"]), output.get("bytes"))
            found[output["name"]] = (said, *found.get(output["name"], ()))
    return found


def check_all(outputs: Iterable[Recorded], *, fast: bool) -> Iterator[Checked]:
    """Check outputs, many at once; yields each when its answer is there. Raises `StoreUnavailable`."""
    checker = Checker(fast)
    for _, checked in in_parallel(checker.check, outputs):
        yield checked
