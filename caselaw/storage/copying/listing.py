"""What is in a folder, with as much as the server states about each file."""

from __future__ import annotations

from caselaw.errors import TransferError
from caselaw.storage.files.concurrency import in_parallel
from caselaw.storage.files.dot_names import warn_of_hidden
from caselaw.storage.files.place import Node, Place
from caselaw.storage.files.tree import tree
from caselaw.storage.files.unfinished import in_unfinished


def listing(place: Place, *, recursive: bool = False, details: bool = False) -> dict[str, Node]:
    """Name (or path below `place`) → what is there; of a file, itself.

    `details`: what a server says only of single files (dCache: checksums and locality) is asked for as well. Raises
    `TransferError` where there is nothing, and `StoreUnavailable`.
    """
    top = present(place)
    if not top.is_folder:
        return {place.name: top}
    warn_of_hidden(place)
    found = tree(place) if recursive else {node.name: node for node in place.entries()}
    found = {path: node for path, node in found.items() if not in_unfinished(path)}
    if not details or not place.tells_more_of_single_files():
        return found
    files = [name for name, node in found.items() if not node.is_folder and node.locality is None]
    return found | dict(in_parallel(lambda name: place.child(name).node(), files))


def present(place: Place) -> Node:
    """What is there. Raises `TransferError` where nothing is."""
    try:
        return place.node()
    except FileNotFoundError as error:
        raise TransferError("there is no file or folder of this name", place.url, "check the path") from error
