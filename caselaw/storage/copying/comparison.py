"""Whether two files hold the same, as far as that is known without copying them."""

from __future__ import annotations

from enum import StrEnum

from caselaw.storage.files.place import Node, Place

READABLE = "sha-256"
"""What is compared where both files can be read here."""

TICK = 1.0  # seconds: HTTP states times to the second


class Compare(StrEnum):
    """How files of the same name are compared.

    AUTO: by size, then by a checksum that both sides state or that is computed here, else by time. SIZE: by size only.
    """

    AUTO = "auto"
    SIZE = "size"


def same(source: Place, source_node: Node, target: Place, target_node: Node, how: Compare) -> bool:
    """Whether the target needs no copy. Raises `FileNotFoundError` where one vanished, and `StoreUnavailable`."""
    if source_node.is_folder or target_node.is_folder or source_node.size != target_node.size:
        return False
    if how is Compare.SIZE or not source_node.size:
        return True
    for algorithm in algorithms(source, target):
        wanted = source_node.checksums.get(algorithm) or source.checksum(algorithm)
        found = wanted and (target_node.checksums.get(algorithm) or target.checksum(algorithm))
        if wanted and found:
            return wanted == found
    # No checksum: what was changed after it was copied is newer than its copy.
    return (
        source_node.modified is None
        or target_node.modified is None
        or source_node.modified < target_node.modified + TICK
    )


def algorithms(source: Place, target: Place) -> list[str]:
    """Checksums that both sides may have, the best first."""
    stated = [place.preferred() for place in (source, target)]
    if source.local_path is not None and target.local_path is not None:
        return [READABLE]
    return list(dict.fromkeys(algorithm for algorithm in stated if algorithm is not None))
