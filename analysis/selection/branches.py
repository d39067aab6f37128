"""What the lepton+jets selection reads of a NanoAOD file."""

from __future__ import annotations

from analysis.campaign import LeptonJets
from analysis.nanoaod import Branch, per_event, per_object

ELECTRON = ("Electron_pt", "Electron_eta", "Electron_phi", "Electron_sip3d")
MUON = ("Muon_pt", "Muon_eta", "Muon_phi", "Muon_sip3d", "Muon_pfRelIso04_all")
JET = ("Jet_pt", "Jet_eta", "Jet_phi", "Jet_mass")


def lepton_jets_branches(selection: LeptonJets, *, simulation: bool, shifted: bool) -> list[Branch]:
    """Branches of the selection; generator information only where the sample and the shift have a use for it."""
    branches = [
        per_event("run", "uint32"),
        per_event("luminosityBlock", "uint32"),
        per_event("event", "uint64"),
        per_event("MET_pt"),
        per_event("MET_phi"),
        *(per_object(name) for name in ELECTRON),
        per_object("Electron_cutBased", "int32"),
        *(per_object(name) for name in MUON),
        per_object("Muon_tightId", "bool"),
        *(per_object(name) for name in JET),
        per_object("Jet_jetId", "int32"),
        per_object(selection.b_tagging.branch),
    ]
    if simulation:
        branches += [per_event("genWeight", required=False), per_object("Jet_hadronFlavour", "int32", required=False)]
    if shifted:
        branches += [per_object("Jet_genJetIdx", "int32", required=False), per_object("GenJet_pt", required=False)]
    return branches
