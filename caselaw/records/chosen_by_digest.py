"""Which record explains an output: the one whose digest the file has, whatever any host's clock said.

Two runs at once, or stores that were synchronised, leave several records of one fingerprint. Where these say the
same, nothing is read; where not, the files tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from caselaw.records.record import Record
from caselaw.storage.reading import Content

DigestOf = Callable[[str], str | None]
"""Name of an output, as its record has it → SHA-256 of what the store holds; None where it is not there."""


def standing(records: Sequence[Record], digest_of: DigestOf) -> Record | None:
    """What stands for the outputs of one fingerprint; None where no record explains them.

    Products may be of several writers: then each is explained by its own record, and all else comes from one of these.
    """
    different = distinct(records)
    if len(different) <= 1:
        return different[0] if different else None
    outputs: dict[str, Any] = {}
    explained: list[Record] = []
    for product in dict.fromkeys(product for record in different for product in record.outputs):
        saying = [record for record in different if product in record.outputs]
        if len({digest(record, product) for record in saying}) > 1:
            found = digest_of(saying[0].outputs[product]["name"])
            if found is None:
                return None
            # One that a user vouched for unread explains what nobody else does.
            saying = [r for r in saying if digest(r, product) == found] or [r for r in saying if not digest(r, product)]
        if not saying:
            return None
        outputs[product] = saying[0].outputs[product]
        explained.append(saying[0])
    return replace(max(explained, key=explained.count), outputs=outputs)


def distinct(records: Iterable[Record]) -> list[Record]:
    """Records that differ in what they say of the bytes."""
    return list({tuple(sorted(digests(record).items())): record for record in records}.values())


def digests(record: Record) -> dict[str, str]:
    return {product: digest(record, product) for product in record.outputs}


def digest(record: Record, product: str) -> str:
    """SHA-256 of an output by its record; empty where nobody has read it."""
    return str(record.outputs[product]["sha256"])


def contents_by_product(records: Iterable[Record]) -> dict[str, tuple[Content, ...]]:
    """Product → all that it may hold."""
    found: dict[str, dict[str, Content]] = {}
    for record in records:
        for product, output in record.outputs.items():
            content = Content(output["sha256"], output.get("bytes"))
            found.setdefault(product, {}).setdefault(content.sha256, content)
    return {product: tuple(each.values()) for product, each in found.items()}
