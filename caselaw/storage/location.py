"""Names of outputs: `<store>/<family>/<readable parameters>/<product>.<fingerprint>.<ext>`."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

LONGEST_COMPONENT = 120
UNSAFE = re.compile(r"[^A-Za-z0-9._+-]+")


@dataclass(frozen=True)
class Location:
    """A folder of the store and the products that one task family leaves there.

    `products` are pairs of name and extension; the extension "/" stands for a folder.
    """

    directory: str
    products: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, directory: Path, products: Mapping[str, str]) -> Location:
        return cls(str(directory), tuple(products.items()))

    def name(self, product: str, extension: str, fingerprint: str) -> str:
        suffix = "" if extension in ("", "/") else f".{extension}"
        return f"{product}.{fingerprint}{suffix}"

    def names(self, fingerprint: str) -> list[str]:
        """File names of all products of one branch."""
        return [self.name(product, extension, fingerprint) for product, extension in self.products]

    def full_names(self, fingerprint: str) -> list[str]:
        """Paths of all products of one branch, as text."""
        return [f"{self.directory}/{name}" for name in self.names(fingerprint)]

    def paths(self, fingerprint: str) -> dict[str, Path]:
        """Full path of every product of one branch."""
        names = self.full_names(fingerprint)
        return {product: Path(name) for (product, _), name in zip(self.products, names, strict=True)}

    def is_folder(self, product: str) -> bool:
        return dict(self.products)[product] == "/"


def readable_directory(store: Path, family: str, campaign: str | None, parameters: Iterable[tuple[str, str]]) -> Path:
    """Folder of a task's outputs, named for people: `SelectEvents/quickstart/dataset_ttbar__shift_nominal`."""
    folder = store / component(family)
    if campaign is not None:
        folder /= component(campaign)
    readable = "__".join(f"{name}_{component(value)}" for name, value in parameters)
    return folder / component(readable) if readable else folder


def component(text: str) -> str:
    """One path component: safe on every store; shortened or altered text carries a hash, so that names differ."""
    safe = UNSAFE.sub("_", text).lstrip(".")
    if safe == text and 0 < len(text) <= LONGEST_COMPONENT:
        return text
    mark = hashlib.blake2b(text.encode(), digest_size=4).hexdigest()
    return f"{safe[:LONGEST_COMPONENT]}-{mark}" if safe else mark
