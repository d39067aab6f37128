"""Everything that lies under a place."""

from __future__ import annotations

import os

from caselaw.storage.files.concurrency import in_parallel
from caselaw.storage.files.place import Node, Place


def tree(place: Place) -> dict[str, Node]:
    """Path below `place` → what is there, sorted; of a file, itself under the name "".

    All folders of a level are listed at once. A folder that vanishes meanwhile holds nothing. Raises
    `FileNotFoundError` where `place` is missing, and `StoreUnavailable`.
    """
    top = place.node()
    if not top.is_folder:
        return {"": top}
    found: dict[str, Node] = {}
    level = [""]
    while level:
        listings = dict(in_parallel(lambda folder: entries(place, folder), level))
        new = {f"{folder}/{node.name}" if folder else node.name: node for folder in level for node in listings[folder]}
        found |= new
        level = [path for path, node in new.items() if node.is_folder]
    return dict(sorted(found.items()))


def entries(place: Place, folder: str) -> list[Node]:
    try:
        return (place.child(folder) if folder else place).entries()
    except FileNotFoundError:
        return []


def tree_or_nothing(place: Place) -> dict[str, Node]:
    """As `tree`, of a place that may be missing."""
    try:
        return tree(place)
    except FileNotFoundError:
        return {}


def without_links_out(place: Place, found: dict[str, Node]) -> dict[str, Node]:
    """What is reached without a link that leads out of a folder of this machine: the rest is not its own."""
    if place.local_path is None:
        return found
    root = os.path.realpath(place.url).rstrip("/")
    folders = {path.rpartition("/")[0] for path in found}
    own = {each for each in folders if f"{os.path.realpath(os.path.join(place.url, each))}/".startswith(f"{root}/")}
    return {path: node for path, node in found.items() if path.rpartition("/")[0] in own}
