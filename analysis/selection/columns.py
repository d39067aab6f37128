"""Jets of many events as flat arrays: what selection and corrections pass to each other.

Every array over jets has shape (n_jets,), all events after each other; `offsets`, int64 of shape
(n_events + 1,), says where an event begins: the jets of event i are `pt[offsets[i]:offsets[i + 1]]`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class JetColumns:
    """All jets of a chunk of events, before any cut."""

    offsets: np.ndarray
    pt: np.ndarray  # float32, GeV, as in the file
    eta: np.ndarray  # float32
    phi: np.ndarray  # float32
    gen_pt: np.ndarray | None = None  # float32, GeV, matched generator jet, 0 where none; None in real data

    @property
    def counts(self) -> np.ndarray:
        """Jets per event, shape (n_events,)."""
        return np.diff(self.offsets)


@dataclass(frozen=True)
class SelectedJets:
    """The jets that pass the jet cuts, of the events in 4j1b or 4j2b."""

    offsets: np.ndarray
    pt: np.ndarray  # float64, GeV, after the jet shift
    eta: np.ndarray  # float64
    b_tagged: np.ndarray  # bool
    hadron_flavour: np.ndarray  # int32: 5 b, 4 c, 0 light

    @property
    def counts(self) -> np.ndarray:
        """Selected jets per event, shape (n_events,), at least 4."""
        return np.diff(self.offsets)
