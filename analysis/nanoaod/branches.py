"""Branches as a selection names them: what is wanted, in which type."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Branch:
    """A wanted branch: one value per event, or one per object of a `collection` ("Jet" of "Jet_pt").

    `kind` is the NumPy type of the array that comes out, whatever width the file has. A branch that is
    not `required` may be absent, e.g. `genWeight` in real data.
    """

    name: str
    kind: str
    collection: str | None = None
    required: bool = True

    @property
    def dtype(self) -> np.dtype:
        return np.dtype(self.kind)


def per_event(name: str, kind: str = "float32", *, required: bool = True) -> Branch:
    """A branch with one value per event."""
    return Branch(name, kind, None, required)


def per_object(name: str, kind: str = "float32", *, required: bool = True) -> Branch:
    """A branch with one value per object of the collection that its name begins with."""
    return Branch(name, kind, name.partition("_")[0], required)
