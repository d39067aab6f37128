"""From Pythia's event record to the three tables that the detector simulation needs.

Columns of one event (momenta in GeV, lengths in mm, PDG codes):

- `weight`, `event`, `luminosity_block`
- `particles`: stable particles, visible ones with |eta| < 5 and pT > 0.2 GeV, neutrinos without cuts:
  pdg_id, pt, eta, phi, mass
- `leptons`: those electrons and muons among them with pT > 3 GeV and |eta| < 3: particle (row in
  `particles`), parton (row in `partons` or -1), origin (NanoAOD's genPartFlav: 1 prompt, 15 prompt tau,
  5 b, 4 c, 3 other hadrons), vx, vy, vz (production vertex; the collision is at the origin)
- `partons`: the hard process: incoming and outgoing partons, t, W, Z and their decay products, prompt
  leptons and neutrinos: pdg_id, status (HepMC: 1 stable, else Pythia's), status_flags (bits as in
  NanoAOD), mother (row in `partons` or -1), pt, eta, phi, mass
- `heavy_hadrons`: the last b and c hadrons of their chains: pdg_id, pt, eta, phi, mass

Arrays of a `Record` have shape (particles,), all events of the batch after each other; `offsets`,
of shape (events + 1,), says where each event begins, and arrays called after a selection hold rows
of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import awkward as ak
import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

VISIBLE_ABS_ETA = 5.0
VISIBLE_PT = 0.2
LEPTON_ABS_ETA = 3.0
LEPTON_PT = 3.0

NEUTRINOS = (12, 14, 16)
LEPTONS = (11, 12, 13, 14, 15, 16)
RESONANCES = (6, 23, 24, 25)
BEAM_STATUS = 12  # the largest of those of the beams

FROM_HADRON, FROM_C, FROM_B, FROM_TAU, FROM_HARD_PROCESS = 1, 2, 4, 8, 16
IS_PROMPT, IS_TAU_DECAY, IS_PROMPT_TAU_DECAY = 1 << 0, 1 << 2, 1 << 3
IS_HARD_PROCESS, IS_FROM_HARD_PROCESS, IS_FIRST_COPY, IS_LAST_COPY = 1 << 7, 1 << 8, 1 << 12, 1 << 13


@dataclass(frozen=True)
class Record:
    """All particles of a batch of events, flattened; `mother` is a row of these arrays or -1."""

    offsets: Ints
    pdg_id: Ints
    status: Ints
    mother: Ints
    px: NDArray[np.float64]
    py: NDArray[np.float64]
    pz: NDArray[np.float64]
    mass: NDArray[np.float64]

    @property
    def pt(self) -> NDArray[np.float64]:
        return np.hypot(self.px, self.py)

    @property
    def eta(self) -> NDArray[np.float64]:
        # The beams have pT = 0: any large number will do.
        return np.arcsinh(self.pz / np.maximum(self.pt, 1e-9))


def event_tables(batch: ak.Array) -> ak.Array:
    """The tables of a batch from `Pythia.nextBatch`, one row per event."""
    record = flat_record(batch)
    ancestry = ancestors(record)
    final = stable_particles(record)
    partons = hard_process(record, ancestry)
    leptons = final[np.isin(np.abs(record.pdg_id[final]), (11, 13))]
    leptons = leptons[(record.pt[leptons] > LEPTON_PT) & (np.abs(record.eta[leptons]) < LEPTON_ABS_ETA)]
    return ak.zip(
        {
            "weight": ak.to_numpy(batch.info.weights[:, 0]),
            "particles": by_event(record, final, kinematics(record, final)),
            "leptons": by_event(record, leptons, lepton_columns(batch, record, ancestry, leptons, final, partons)),
            "partons": by_event(record, partons, parton_columns(record, ancestry, partons)),
            "heavy_hadrons": by_event(record, rows := heavy_hadrons(record), kinematics(record, rows)),
        },
        depth_limit=1,
    )


def flat_record(batch: ak.Array) -> Record:
    particles = batch.prt
    counts = ak.to_numpy(ak.num(particles.id))
    offsets = np.concatenate([[0], np.cumsum(counts)])

    def flat(column: ak.Array) -> NDArray[np.generic]:
        return ak.to_numpy(ak.flatten(column))

    mother = flat(particles.mother1).astype(np.int64)
    mother = np.where(mother > 0, mother + np.repeat(offsets[:-1], counts), -1)
    return Record(
        offsets, flat(particles.id).astype(np.int64), flat(particles.status).astype(np.int64), mother,
        flat(particles.p.px), flat(particles.p.py), flat(particles.p.pz), flat(particles.m),
    )  # fmt: skip


def by_event(record: Record, rows: Ints, columns: dict[str, NDArray[np.generic]]) -> ak.Array:
    """Columns of the given (ascending) rows as one list of records per event."""
    counts = np.diff(np.searchsorted(rows, record.offsets))
    return ak.unflatten(ak.zip(columns), counts)


def kinematics(record: Record, rows: Ints) -> dict[str, NDArray[np.generic]]:
    px, py = record.px[rows], record.py[rows]
    return {
        "pdg_id": record.pdg_id[rows].astype(np.int32),
        "pt": record.pt[rows].astype(np.float32),
        "eta": record.eta[rows].astype(np.float32),
        "phi": np.arctan2(py, px).astype(np.float32),
        "mass": record.mass[rows].astype(np.float32),
    }


def stable_particles(record: Record) -> Ints:
    neutrino = np.isin(np.abs(record.pdg_id), NEUTRINOS)
    visible = (np.abs(record.eta) < VISIBLE_ABS_ETA) & (record.pt > VISIBLE_PT)
    return np.flatnonzero((record.status > 0) & (neutrino | visible))


def quark_content(pdg_id: Ints) -> tuple[Mask, Mask, Mask]:
    """(is a hadron, has a b quark, has a c but no b quark), from the digits n_q of the PDG code.

    PDG, "Monte Carlo particle numbering scheme": ...n_q1 n_q2 n_q3 n_J; a diquark has n_q3 = 0.
    """
    code = np.abs(pdg_id)
    q1, q2, q3 = code // 1000 % 10, code // 100 % 10, code // 10 % 10
    hadron = (code > 100) & (q2 > 0) & (q3 > 0)
    with_b = hadron & ((q1 == 5) | (q2 == 5) | (q3 == 5))
    with_c = hadron & ~with_b & ((q1 == 4) | (q2 == 4) | (q3 == 4))
    return hadron, with_b, with_c


def heavy_hadrons(record: Record) -> Ints:
    """b hadrons without b-hadron children and c hadrons without c-hadron children (they decay weakly)."""
    _, with_b, with_c = quark_content(record.pdg_id)
    last = np.zeros(len(with_b), dtype=bool)
    for kind in (with_b, with_c):
        parents = record.mother[kind]
        has_heavy_child = np.zeros(len(kind), dtype=bool)
        has_heavy_child[parents[parents >= 0]] = True
        last |= kind & ~has_heavy_child
    return np.flatnonzero(last)


def ancestors(record: Record) -> Ints:
    """Per particle the FROM_* bits of everything above it, found by following first mothers.

    Mothers mostly come before their children, but not in initial-state showers; hence the fixed point by
    pointer doubling: after k rounds 2^k generations are covered.
    """
    hadron, with_b, with_c = quark_content(record.pdg_id)
    code, status = np.abs(record.pdg_id), np.abs(record.status)
    hadron &= status > BEAM_STATUS  # everything descends from the beam protons
    own = FROM_HADRON * hadron + FROM_C * with_c + FROM_B * with_b + FROM_TAU * (code == 15)
    own = own + FROM_HARD_PROCESS * ((status > 20) & (status < 30))
    nobody = len(code)  # one extra row, its own mother, without properties
    pointer = np.append(np.where(record.mother >= 0, record.mother, nobody), nobody)
    bits = np.append(own, 0)[pointer]
    while np.any(pointer != nobody):
        bits = bits | bits[pointer]
        pointer = pointer[pointer]
    return bits[:-1]


def hard_process(record: Record, ancestry: Ints) -> Ints:
    code, status = np.abs(record.pdg_id), np.abs(record.status)
    process = (status > 20) & (status < 30)
    resonance = np.isin(code, RESONANCES) & last_copy(record)
    prompt = (ancestry & (FROM_HADRON | FROM_TAU)) == 0
    lepton = np.isin(code, LEPTONS) & prompt & last_copy(record)
    return np.flatnonzero(process | resonance | lepton)


def last_copy(record: Record) -> Mask:
    """Particles without a child of the same kind."""
    child = np.flatnonzero(record.mother >= 0)
    copied = child[record.pdg_id[child] == record.pdg_id[record.mother[child]]]
    last = np.ones(len(record.pdg_id), dtype=bool)
    last[record.mother[copied]] = False
    return last


def first_copy(record: Record) -> Mask:
    return (record.mother < 0) | (record.pdg_id != record.pdg_id[record.mother])


def row_of_nearest(record: Record, start: Ints, kept: Ints) -> Ints:
    """For each start row the first row at or above it that is in `kept` (position in `kept`), or -1."""
    position = np.full(len(record.pdg_id) + 1, -1, dtype=np.int64)
    position[kept] = np.arange(len(kept))
    here = start.copy()
    while np.any(active := (here >= 0) & (position[here] < 0)):
        here[active] = record.mother[here[active]]
    return np.where(here >= 0, position[here], -1)


def within_event(record: Record, kept: Ints, positions: Ints) -> NDArray[np.int32]:
    """Positions in `kept` (or -1) counted from the start of their event."""
    starts = np.searchsorted(kept, record.offsets)
    event = np.searchsorted(starts, positions, side="right") - 1
    return np.where(positions >= 0, positions - starts[event], -1).astype(np.int32)


def parton_columns(record: Record, ancestry: Ints, partons: Ints) -> dict[str, NDArray[np.generic]]:
    status = np.abs(record.status[partons])
    hard = (status > 20) & (status < 30)
    above = ancestry[partons]
    prompt = (above & (FROM_HADRON | FROM_TAU)) == 0
    from_tau = (above & FROM_TAU) != 0
    flags = IS_PROMPT * prompt + IS_HARD_PROCESS * hard
    flags += IS_FROM_HARD_PROCESS * (hard | (prompt & ((above & FROM_HARD_PROCESS) != 0)))
    flags += IS_TAU_DECAY * from_tau + IS_PROMPT_TAU_DECAY * (from_tau & ((above & FROM_HADRON) == 0))
    flags += IS_FIRST_COPY * first_copy(record)[partons] + IS_LAST_COPY * last_copy(record)[partons]
    mother = row_of_nearest(record, record.mother[partons], partons)
    return kinematics(record, partons) | {
        "status": np.where(record.status[partons] > 0, 1, status).astype(np.int32),
        "status_flags": flags.astype(np.int32),
        "mother": within_event(record, partons, mother),
    }


def lepton_columns(
    batch: ak.Array, record: Record, ancestry: Ints, leptons: Ints, final: Ints, partons: Ints
) -> dict[str, NDArray[np.generic]]:
    above = ancestry[leptons]
    origin = np.select(
        [(above & bit) != 0 for bit in (FROM_B, FROM_C, FROM_HADRON, FROM_TAU)], [5, 4, 3, 15], default=1
    )
    itself = np.where(np.isin(leptons, partons), np.searchsorted(partons, leptons), -1)
    vertex = ak.flatten(batch.prt.vProd)[leptons]
    columns = {
        "particle": within_event(record, final, np.searchsorted(final, leptons)),
        "parton": within_event(record, partons, itself),
        "origin": origin.astype(np.uint8),
    }
    for name, component in (("vx", vertex.px), ("vy", vertex.py), ("vz", vertex.pz)):
        columns[name] = ak.to_numpy(ak.fill_none(component, 0.0)).astype(np.float32)
    return columns
