"""The collection GenPart: the hard process as NanoAOD writes it.

One list of records per event; momenta and masses in GeV, angles in radians.
"""

from __future__ import annotations

import awkward as ak
import numpy as np


def generator_particles(events: ak.Array) -> ak.Array:
    """Hard-process partons, resonances and prompt leptons with mother indices, status and flags."""
    partons = events.partons
    columns = {name: ak.values_astype(partons[name], np.float32) for name in ("pt", "eta", "phi", "mass")}
    names = {"pdgId": "pdg_id", "status": "status", "statusFlags": "status_flags", "genPartIdxMother": "mother"}
    columns |= {name: ak.values_astype(partons[source], np.int32) for name, source in names.items()}
    return ak.zip(columns)
