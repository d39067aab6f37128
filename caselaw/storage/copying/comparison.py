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


def same(source: Place, here: Node, target: Place, there: Node, how: Compare) -> bool:
    """Whether the target needs no copy. Raises `FileNotFoundError` where one vanished, and `StoreUnavailable`."""
    if here.is_folder or there.is_folder or here.size != there.size:
        return False
    if how is Compare.SIZE or not here.size:
        return True
    for algorithm in algorithms(source, target):
        wanted = here.checksums.get(algorithm) or source.checksum(algorithm)
        found = wanted and (there.checksums.get(algorithm) or target.checksum(algorithm))
        if wanted and found:
            return wanted == found
    # No checksum: what was changed after it was copied is newer than its copy.
    return here.modified is None or there.modified is None or here.modified < there.modified + TICK


def algorithms(source: Place, target: Place) -> list[str]:
    """Checksums that both sides may have, the best first."""
    stated = [place.preferred() for place in (source, target)]
    if source.here is not None and target.here is not None:
        return [READABLE]
    return list(dict.fromkeys(algorithm for algorithm in stated if algorithm is not None))
