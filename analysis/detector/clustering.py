"""Jets of generated particles: anti-kT with R = 0.4, with flavour and composition.

FastJet: M. Cacciari, G. Salam, G. Soyez, arXiv:1111.6097 and arXiv:0802.1189 (anti-kT).

Particles and jets are one list per event; what is called `inside` is one list per jet, all events
after each other. Momenta, masses and energies are in GeV, angles in radians.
"""

from __future__ import annotations

from dataclasses import dataclass

import awkward as ak
import numpy as np

from analysis.detector.isolation import NEUTRINOS
from analysis.detector.momenta import like
from analysis.generation.event_record import quark_content

RADIUS = 0.4
LOWEST_PT = 8.0
NANO_GENJET_PT = 10.0
GHOST_SCALE = 1e-18

PARTICLE, HADRON_GHOST, PARTON_GHOST = 0, 1, 2
OUTGOING_STATUS = 23
PROMPT_ORIGINS = (1, 15)


@dataclass(frozen=True)
class GeneratedJets:
    """Jets with pT > 8 GeV in falling pT, and what of the event is in none of them.

    `jets`: pt, eta, phi, mass, hadron_flavour (0, 4, 5), parton_flavour, constituents, charged (number),
    fractions of the energy: electron, muon, photon, neutral_hadron, charged_hadron, and prompt_lepton.
    `unclustered`: scalar sum of pT (GeV) of the visible particles outside these jets, per event.
    """

    jets: ak.Array
    unclustered: ak.Array

    @property
    def nano(self) -> ak.Array:
        """The collection GenJet (pT > 10 GeV)."""
        jets = self.jets[self.jets.pt > NANO_GENJET_PT]
        columns = {name: jets[name] for name in ("pt", "eta", "phi", "mass")}
        columns["hadronFlavour"] = ak.values_astype(jets.hadron_flavour, np.uint8)
        columns["partonFlavour"] = ak.values_astype(jets.parton_flavour, np.int32)
        return ak.zip(columns)


def generated_jets(events: ak.Array, underlying_event: float) -> GeneratedJets:
    """Cluster all visible particles; heavy hadrons and outgoing partons take part as ghosts.

    `underlying_event` (GeV per unit of area in eta and phi) times the area pi R^2 is added to the pT of each
    jet, in place of multiparton interactions that were not generated.

    Ghosts (momenta scaled by 1e-18) do not change the jets; a jet has the flavour of the heaviest hadron
    ghost in it, as in CMS (arXiv:1712.07158, section 4).
    """
    import fastjet._swig

    inputs = clustering_inputs(events)
    momenta = ak.zip(
        {
            "px": inputs.scale * inputs.pt * np.cos(inputs.phi),
            "py": inputs.scale * inputs.pt * np.sin(inputs.phi),
            "pz": inputs.scale * inputs.pt * np.sinh(inputs.eta),
            "E": inputs.scale * inputs.energy,
        },
        with_name="Momentum4D",
    )
    # Its banner would appear once per process in the middle of whatever is printed; it is cited above.
    fastjet._swig.ClusterSequence.set_fastjet_banner_stream(None)
    anti_kt = fastjet.JetDefinition(fastjet.antikt_algorithm, RADIUS)
    sequence = fastjet.ClusterSequence(momenta, anti_kt)
    offset = underlying_event * np.pi * RADIUS**2
    jets = jet_kinematics(sequence.inclusive_jets(LOWEST_PT), offset)
    rows = sequence.constituent_index(LOWEST_PT)
    inside = ak.unflatten(ak.flatten(inputs[ak.flatten(rows, axis=2)]), ak.flatten(ak.num(rows, axis=2)))
    described = like(ak.zip(flat_columns(jets) | composition(inside)), jets)
    visible = ak.sum(ak.where(inputs.kind == PARTICLE, inputs.pt, 0.0), axis=1)
    clustered = np.zeros(len(events)) + ak.sum(like(scalar_sum(inside), jets), axis=1)
    order = ak.argsort(described.pt, ascending=False)
    return GeneratedJets(described[order], np.maximum(visible - clustered, 0.0))


def clustering_inputs(events: ak.Array) -> ak.Array:
    """Visible particles, then hadron ghosts, then parton ghosts, one list per event."""
    code = abs(events.particles.pdg_id)
    visible = code > 0
    for neutrino in NEUTRINOS:
        visible = visible & (code != neutrino)
    prompt = prompt_leptons(events)
    particles = described(events.particles, PARTICLE, 1.0, prompt)[visible]
    hadrons = described(events.heavy_hadrons, HADRON_GHOST, GHOST_SCALE)
    partons = events.partons
    partons = partons[(partons.status == OUTGOING_STATUS) & is_quark_or_gluon(partons.pdg_id)]
    return ak.concatenate([particles, hadrons, described(partons, PARTON_GHOST, GHOST_SCALE)], axis=1)


def is_quark_or_gluon(pdg_id: ak.Array) -> ak.Array:
    return (abs(pdg_id) <= 5) | (pdg_id == 21)


def prompt_leptons(events: ak.Array) -> ak.Array:
    """Which particles are electrons and muons from W, Z or tau."""
    flags = np.zeros(ak.sum(ak.num(events.particles)), dtype=bool)
    starts = np.concatenate([[0], np.cumsum(ak.to_numpy(ak.num(events.particles)))[:-1]])
    prompt = events.leptons[(events.leptons.origin == 1) | (events.leptons.origin == 15)]
    flags[ak.to_numpy(ak.flatten(prompt.particle + starts))] = True
    return like(flags, events.particles)


def described(particles: ak.Array, kind: int, scale: float, prompt: ak.Array | None = None) -> ak.Array:
    pt, eta, phi = (ak.values_astype(particles[name], np.float64) for name in ("pt", "eta", "phi"))
    mass = ak.values_astype(particles.mass, np.float64)
    return ak.zip(
        {
            "pt": pt,
            "eta": eta,
            "phi": phi,
            "energy": np.sqrt((pt * np.cosh(eta)) ** 2 + mass**2),
            "pdg_id": particles.pdg_id,
            "kind": ak.full_like(particles.pdg_id, kind),
            "scale": ak.full_like(pt, scale),
            "prompt": ak.full_like(particles.pdg_id, False, dtype=bool) if prompt is None else prompt,
        }
    )


def jet_kinematics(jets: ak.Array, offset: float) -> ak.Array:
    """pt, eta, phi, mass; pT and mass grow by the same factor, so that pT grows by `offset`."""
    pt = np.hypot(jets.px, jets.py)
    mass2 = (jets.E**2 - pt**2 - jets.pz**2) * (1 + offset / pt) ** 2
    columns = {
        "pt": pt + offset,
        "eta": np.arcsinh(jets.pz / pt),
        "phi": np.arctan2(jets.py, jets.px),
        "mass": np.sqrt(np.maximum(mass2, 0.0)),
    }
    return ak.zip({name: ak.values_astype(values, np.float32) for name, values in columns.items()})


def flat_columns(jets: ak.Array) -> dict[str, ak.Array]:
    return {name: ak.flatten(jets[name]) for name in jets.fields}


def scalar_sum(inside: ak.Array) -> ak.Array:
    return ak.sum(ak.where(inside.kind == PARTICLE, inside.pt, 0.0), axis=1)


def composition(inside: ak.Array) -> dict[str, ak.Array]:
    """Flavours, multiplicities and energy fractions of jets given their constituents (one list per jet)."""
    real = inside.kind == PARTICLE
    code = abs(inside.pdg_id)
    energy = ak.where(real, inside.energy, 0.0)
    total = ak.sum(energy, axis=1)
    electron, muon, photon = (real & (code == number) for number in (11, 13, 22))
    hadron = real & ~electron & ~muon & ~photon
    charged = hadron & like(is_charged_hadron(ak.to_numpy(ak.flatten(code))), inside)

    def fraction(chosen: ak.Array) -> ak.Array:
        return ak.values_astype(ak.sum(ak.where(chosen, energy, 0.0), axis=1) / total, np.float32)

    return {
        "hadron_flavour": hadron_flavour(inside),
        "parton_flavour": parton_flavour(inside),
        "constituents": ak.sum(real, axis=1),
        "charged": ak.sum(charged | electron | muon, axis=1),
        "electron": fraction(electron),
        "muon": fraction(muon),
        "photon": fraction(photon),
        "charged_hadron": fraction(charged),
        "neutral_hadron": fraction(hadron & ~charged),
        "prompt_lepton": fraction(real & inside.prompt),
    }


def is_charged_hadron(code: np.ndarray) -> np.ndarray:
    """Charge of long-lived hadrons from their quark digits (absolute PDG codes); K0L and K0S are neutral."""
    q1, q2, q3 = code // 1000 % 10, code // 100 % 10, code // 10 % 10
    up_type = [(q != 0) & (q % 2 == 0) for q in (q1, q2, q3)]
    baryon_thirds = sum(np.where(q == 0, 0, np.where(up, 2, -1)) for q, up in zip((q1, q2, q3), up_type, strict=True))
    meson_charged = up_type[1] != up_type[2]
    return np.where(q1 > 0, baryon_thirds != 0, meson_charged) & (code != 130) & (code != 310)


def hadron_flavour(inside: ak.Array) -> ak.Array:
    """5 with a b hadron inside, else 4 with a c hadron inside, else 0."""
    pdg_id = ak.to_numpy(ak.flatten(inside.pdg_id)).astype(np.int64)
    _, with_b, with_c = quark_content(pdg_id)
    ghost = inside.kind == HADRON_GHOST
    has_b = ak.any(ghost & like(with_b, inside), axis=1)
    has_c = ak.any(ghost & like(with_c, inside), axis=1)
    return ak.where(has_b, 5, ak.where(has_c, 4, 0))


def parton_flavour(inside: ak.Array) -> ak.Array:
    """PDG code of the outgoing parton with the highest pT inside, 0 if there is none."""
    partons = inside[inside.kind == PARTON_GHOST]
    leading = ak.argmax(partons.pt, axis=1, keepdims=True)
    return ak.fill_none(ak.firsts(partons.pdg_id[leading]), 0)
