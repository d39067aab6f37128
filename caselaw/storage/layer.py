"""A layer: a store behind the first one, which is read only, and how it is asked; one that may be left out is.

In which layer an output lies, `records/layer_search.py` finds.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from caselaw.errors import StoreUnavailable
from caselaw.storage.store import Store

logger = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True)
class Layer:
    """A store behind the first one: it is read, and never written to.

    `name` as in law.cfg; an `optional` one is left out where it does not answer.
    """

    name: str
    store: Store
    optional: bool

    @property
    def root(self) -> str:
        return self.store.root

    def folder(self, first_root: str, directory: str) -> str:
        """The folder in this layer that a folder of the first one is there."""
        return f"{self.root}{directory.removeprefix(first_root)}"


# A cache, not configuration: layers that this process has opened, and those that it has left out, with the reason.
_layers: dict[str, Layer] = {}
_left_out: dict[str, str] = {}


def open_layer(layer: Layer) -> Layer:
    """Let `ask` know the layer."""
    _layers[layer.root] = layer
    return layer


def layer_of(directory: str) -> Layer | None:
    """The layer behind the first one that a folder lies in."""
    around = [root for root in _layers if f"{directory}/".startswith(f"{root}/")]
    return _layers[max(around, key=len)] if around else None


def ask(directory: str, question: Callable[[], T], otherwise: Callable[[], T]) -> T:
    """An answer about a folder of a layer; what `otherwise` gives where that may be left out, and does not answer.

    It is asked no more by this process then. Raises `StoreUnavailable`, which names the layer.
    """
    layer = layer_of(directory)
    if layer is None:
        return question()
    if layer.name in _left_out:
        return otherwise()
    try:
        return question()
    except StoreUnavailable as error:
        if not layer.optional:
            raise
        logger.warning("the layer '%s' does not answer, and is left out: %s", layer.name, error)
        _left_out[layer.name] = error.what
        return otherwise()


def nothing() -> None:
    """What is known of a layer that is left out."""


def left_out() -> dict[str, str]:
    """Layers that this process has done without, and why: what they hold was made again, if it was needed."""
    return dict(sorted(_left_out.items()))
