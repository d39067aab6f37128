"""Events and jets as flat arrays: what reading, selection and corrections pass to each other.

Every array over jets has shape (n_jets,), all events after each other; `offsets`, int64 of shape
(n_events + 1,), says where an event begins: the jets of event i are `pt[offsets[i]:offsets[i + 1]]`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# The last cut that an event passes.
NO_LEPTON, ONE_LEPTON, FOUR_JETS, ONE_B_TAG, TWO_B_TAGS = range(5)


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


@dataclass(frozen=True)
class SelectedEvents:
    """What the selection finds in a chunk.

    `last_cut` (uint8, NO_LEPTON … TWO_B_TAGS) has an entry per event of the chunk, all other arrays one per
    event in a region (4j1b or 4j2b), in the order of the chunk. `jets` has positions in the chunk's jet arrays,
    in the file's order, those of selected event i being [jet_offsets[i], jet_offsets[i + 1]).
    """

    last_cut: np.ndarray
    event: np.ndarray  # int64, position in the chunk
    lepton: np.ndarray  # int64, position in the chunk's arrays of muons or electrons
    lepton_is_muon: np.ndarray  # bool
    n_btags: np.ndarray  # int32
    ht: np.ndarray  # float64, GeV, scalar sum of the selected jets' pT
    trijet_mass: np.ndarray  # float64, GeV
    leading_pt: np.ndarray  # float64, GeV, shape (selected, 4), decreasing
    jets: np.ndarray  # int64
    jet_offsets: np.ndarray  # int64, shape (selected + 1,)

    @property
    def region(self) -> np.ndarray:
        """1 for 4j1b, 2 for 4j2b; int8."""
        return (self.last_cut[self.event] - FOUR_JETS).astype(np.int8)
