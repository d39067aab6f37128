"""What killed processes left behind: on a server, in the outbox, in the cache. Nothing else is ever removed."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from caselaw.errors import EVERY_BRANCH
from caselaw.publishing.outbox import OUTBOX as FOLDER
from caselaw.publishing.outbox import UPLOAD, locked, waiting_uploads
from caselaw.storage.cache import FileCache
from caselaw.storage.cache.entries import entry_of, slots
from caselaw.storage.copying.address import is_root_of_store
from caselaw.storage.files.folder import local_names
from caselaw.storage.files.place import Node, Place, exists
from caselaw.storage.files.remote import RemotePlace
from caselaw.storage.files.tree import tree_or_nothing, without_links_out
from caselaw.storage.files.unfinished import is_unfinished, unfinished_name
from caselaw.storage.publish import orphans_in, owner_of, remove_orphan
from caselaw.storage.stores import remote_store


class OrphanKind(StrEnum):
    """Where it was left: under an unfinished name in a store, in a staging folder, in an outbox, or in the cache."""

    TEMPORARY = "temporary"
    STAGED = "staging"
    OUTBOX = "outbox"
    CACHED = "cache"


@dataclass(frozen=True)
class Orphan:
    """Something that nobody needs.

    `age` in seconds, by the server's clock; None where it gives no times: such a one is only listed.
    """

    kind: OrphanKind
    path: str
    bytes: int
    age: float | None


def old(orphan: Orphan, older_than: float) -> bool:
    """Whether it may be removed: a younger one may be an upload that still runs."""
    return orphan.age is not None and orphan.age > older_than


def temporaries(root: Place, found: dict[str, Node]) -> list[Orphan]:
    """Unfinished uploads under a place, of which `found` is all that is there."""
    tops: dict[str, list[tuple[str, Node]]] = {}
    for path, node in found.items():
        top = top_of(path)
        if top is not None:
            tops.setdefault(top, []).append((path, node))
    if not tops:
        return []
    now = clock(root)
    return [orphan_of(root, top, [node for _, node in nodes], now) for top, nodes in sorted(tops.items())]


def top_of(path: str) -> str | None:
    """The temporary file or folder that a path is, or lies in."""
    parts = path.split("/")
    for number, part in enumerate(parts, 1):
        if is_unfinished(part):
            return "/".join(parts[:number])
    return None


def orphan_of(root: Place, path: str, nodes: list[Node], now: float | None) -> Orphan:
    """Of a folder counts the youngest that it holds: somebody may still fill it."""
    times = [node.modified for node in nodes if node.modified is not None]
    age = now - max(times) if now is not None and times else None
    return Orphan(OrphanKind.TEMPORARY, root.child(path).url, sum(node.size or 0 for node in nodes), age)


def clock(place: Place) -> float | None:
    """The time now by the clock of a store; ours may be an hour off. None where the server does not say."""
    return place.time() or time_of_probe(place)


def time_of_probe(place: Place) -> float | None:
    """By the time of a file that was just written, and is removed again."""
    probe = place.child(unfinished_name())
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"?")
        file.flush()
        try:
            probe.receive(Path(file.name), lambda _: None, overwrite=False)
            modified = probe.node().modified
            probe.remove()
        except EVERY_BRANCH:
            return None  # who may not write there cannot remove anything, either
    return modified


def staging(root: Path) -> list[Orphan]:
    """Staging folders of processes of this machine that live no more."""
    return [on_disk(OrphanKind.STAGED, path) for paths in orphans_in(root).values() for path in paths if path.is_dir()]


def on_disk(kind: OrphanKind, path: Path) -> Orphan:
    """Something on this machine, with the age of the youngest file in it."""
    size, last = 0, 0.0
    for each in (path, *path.rglob("*")):
        with contextlib.suppress(FileNotFoundError):
            state = each.lstat()
            last = max(last, state.st_mtime)
            size += 0 if each.is_dir() else state.st_size
    return Orphan(kind, str(path), size, time.time() - last)


def unfinished_uploads(outbox: Path) -> list[Orphan]:
    """Folders of an outbox that were never completed. What waits there for its upload stays."""
    waiting = (outbox / name for name in sorted(local_names(outbox)))
    return [on_disk(OrphanKind.OUTBOX, folder) for folder in waiting if not (folder / UPLOAD).exists()]


def number_waiting(root: Place) -> int:
    """How many branches wait in the outbox of a store for their upload, which the next run does."""
    if not isinstance(root, RemotePlace) or not is_root_of_store(root):
        return 0
    settings = root.server.settings
    return sum(upload.path_in(settings) is not None for upload in waiting_uploads(settings.mirror))


def killed_downloads(cache: FileCache) -> list[Orphan]:
    """Places of the cache that were never filled; nothing says which file it was to be."""
    return [on_disk(OrphanKind.CACHED, slot.incoming) for slot in slots(cache.folder) if entry_of(slot) is None]


def stale_entries(cache: FileCache, root: Place, found: dict[str, Node]) -> list[Orphan]:
    """Entries of the cache whose file a folder of the store holds no more, and damaged ones."""
    orphans = []
    for entry in cache.entries():
        url = entry.key.rsplit(" ", 2)[0]
        if not url.startswith(f"{root.url}/"):
            continue
        path = url.removeprefix(f"{root.url}/")
        if (path not in found and not exists(root.child(path))) or not entry.intact():
            orphans.append(Orphan(OrphanKind.CACHED, str(entry.path), entry.size, time.time() - entry.used))
    return orphans


def orphans(root: Place) -> list[Orphan]:
    """All orphans under a place; what this machine keeps for a store as a whole, where that is its root.

    Raises `StoreUnavailable`.
    """
    found = without_links_out(root, tree_or_nothing(root))
    if not isinstance(root, RemotePlace):
        assert root.local_path is not None
        return [*temporaries(root, found), *staging(root.local_path)]
    store = remote_store(root.server.settings)
    of_folder = [*temporaries(root, found), *stale_entries(store.cache, root, found)]
    if not is_root_of_store(root):
        return of_folder
    return [*of_folder, *unfinished_uploads(store.scratch / FOLDER), *killed_downloads(store.cache)]


def remove(root: Place, orphan: Orphan) -> bool:
    """Remove one; False where somebody uses it after all. Raises `StoreUnavailable`."""
    if orphan.kind is OrphanKind.TEMPORARY:
        root.child(orphan.path.removeprefix(f"{root.url}/")).remove()
        return True
    path = Path(orphan.path)
    if orphan.kind is OrphanKind.CACHED:
        assert isinstance(root, RemotePlace)
        return remote_store(root.server.settings).cache.forget(path)
    if orphan.kind is OrphanKind.STAGED:
        for left in orphans_in(Path(root.url)).get(owner_of(path.name), ()):
            remove_orphan(left)
        return not path.exists()
    with locked(path, wait=False) as free:
        if free and not (path / UPLOAD).exists():
            shutil.rmtree(path, ignore_errors=True)
    return not path.exists()
