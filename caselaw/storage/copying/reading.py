"""SHA-256 of what a store holds, by reading it: nothing that a server states is believed, and nothing is kept here."""

from __future__ import annotations

from caselaw.errors import StoreUnavailable
from caselaw.fingerprint.hashing import digest
from caselaw.storage.files.place import Node, Place
from caselaw.storage.files.remote import RemotePlace, refuse_tape
from caselaw.storage.files.tree import tree
from caselaw.storage.stores import THIS_MACHINE


def sha256_of(place: Place) -> str:
    """Of a file; of a folder the digest of its names and their SHA-256, as `caselaw.fingerprint.file_digest` has it.

    Raises `FileNotFoundError`, `FingerprintError` for what cannot be digested, `OnTape` for what is not on disk, and
    `StoreUnavailable`.
    """
    if not isinstance(place, RemotePlace):
        return THIS_MACHINE.digest(place.url)
    found = tree(place)
    if "" in found:
        return read(place, found[""])
    parts = {
        f"{path}/" if node.is_folder else path: "" if node.is_folder else read(place.child(path), node)
        for path, node in found.items()
    }
    return digest("folder", parts)


def read(place: RemotePlace, node: Node) -> str:
    """What is in a file. A server that knows more of single files than of a listing is asked where it is first.

    Raises `StoreUnavailable` for a file that is still being written.
    """
    if node.size is None or (not node.locality and place.tells_more_of_single_files()):
        node = place.node()
    refuse_tape(node, place.url)
    if node.size is None:
        raise StoreUnavailable("the file is still being written", place.url, "run again when its writer is done")
    return place.sha256(node.size)
