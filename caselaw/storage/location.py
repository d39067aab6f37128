"""Names of outputs: `<store>/<family>/<readable parameters>/<product>.<fingerprint>.<ext>`."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from caselaw.fingerprint.hashing import CARRIES_FINGERPRINT, NAME_LENGTH

LONGEST_COMPONENT = 120
RECORDS = ".records"
"""The folder of records beside outputs: it is there before the first of them."""

FINGERPRINT = re.compile(rf"\.([0-9a-f]{{{NAME_LENGTH}}})(?=\.|$)")
OUTPUT = CARRIES_FINGERPRINT
"""The name of an output carries a fingerprint: nothing else is removed, and a folder of such a name is whole."""

UNSAFE = re.compile(r"[^A-Za-z0-9._+-]+")


@dataclass(frozen=True)
class Location:
    """A folder of the store, as path or URL, and the products that one task family leaves there.

    `products` are pairs of name and extension; the extension "/" stands for a folder. `below` are the same folder in
    further layers, in which outputs may lie that this one lacks.
    """

    directory: str
    products: tuple[tuple[str, str], ...]
    below: tuple[str, ...] = ()

    @classmethod
    def of(cls, directory: str, products: Mapping[str, str], below: tuple[str, ...] = ()) -> Location:
        return cls(directory, tuple(products.items()), below)

    def at(self, directory: str) -> Location:
        """The same products in another folder."""
        return self if directory == self.directory else Location(directory, self.products)

    @property
    def folders(self) -> tuple[str, ...]:
        """The folder in all layers, the first first."""
        return (self.directory, *self.below)

    def name(self, product: str, extension: str, fingerprint: str) -> str:
        suffix = "" if extension in ("", "/") else f".{extension}"
        return f"{product}.{fingerprint}{suffix}"

    def names(self, fingerprint: str) -> list[str]:
        """File names of all products of one branch."""
        return [self.name(product, extension, fingerprint) for product, extension in self.products]

    def full_names(self, fingerprint: str) -> list[str]:
        """Paths or URLs of all products of one branch."""
        return [f"{self.directory}/{name}" for name in self.names(fingerprint)]

    def paths(self, fingerprint: str) -> dict[str, str]:
        """Full path of every product of one branch."""
        names = self.full_names(fingerprint)
        return {product: name for (product, _), name in zip(self.products, names, strict=True)}

    def made(self, fingerprints: Iterable[str], names: frozenset[str]) -> list[str]:
        """Those fingerprints of which every product is among the `names` in the folder."""
        found = list(fingerprints)
        for product, extension in self.products:
            start, end = self.name(product, extension, "\0").split("\0")
            found = [fingerprint for fingerprint in found if f"{start}{fingerprint}{end}" in names]
        return found

    def is_folder(self, product: str) -> bool:
        return dict(self.products)[product] == "/"


def readable_directory(root: str, family: str, campaign: str | None, parameters: Iterable[tuple[str, str]]) -> str:
    """Folder of a task's outputs, named for people: `SelectEvents/quickstart/dataset_ttbar__shift_nominal`."""
    readable = "__".join(f"{name}_{component(value)}" for name, value in parameters)
    parts = [family, *([] if campaign is None else [campaign]), *([readable] if readable else [])]
    return "/".join([root.rstrip("/"), *map(component, parts)])


def aside_name(path: str) -> str:
    """A new name beside an output that is not one of an output: `events.unrecorded-<fingerprint>-<mark>.parquet`."""
    directory, _, name = path.rpartition("/")
    mark = uuid.uuid4().hex[:8]
    return f"{directory}/{FINGERPRINT.sub(lambda found: f'.unrecorded-{found[1]}-{mark}', name)}"


def component(text: str) -> str:
    """One path component: safe on every store; shortened or altered text carries a hash, so that names differ."""
    safe = UNSAFE.sub("_", text).lstrip(".")
    if safe == text and 0 < len(text) <= LONGEST_COMPONENT:
        return text
    mark = hashlib.blake2b(text.encode(), digest_size=4).hexdigest()
    return f"{safe[:LONGEST_COMPONENT]}-{mark}" if safe else mark
