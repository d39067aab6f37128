"""Events with one lepton and four jets, as the code of the Analysis Grand Challenge selects them.

Deviations: the Challenge counts b tags of 4j1b with `>=` and those of 4j2b with `>`, here it is `>` for
both; cuts are compared in double precision; and where it shifts only the pT of jets, here their masses
shift in proportion, as in CMS's own analyses. Missing momentum stays as it is, here and there.

Arrays over events have shape (n_events,), those over jets (n_jets,), as in `selection.columns`;
momenta in GeV.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from os import PathLike, fspath
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from analysis import campaign
from analysis.columns import REGION_CODES
from analysis.corrections import event_weights, shifted_jet_pt
from analysis.nanoaod import Branch, Chunk, open_nano, per_event, per_object
from analysis.selection import kernel, reference
from analysis.selection.columns import (
    FOUR_JETS,
    NO_LEPTON,
    ONE_B_TAG,
    ONE_LEPTON,
    TWO_B_TAGS,
    JetColumns,
    SelectedEvents,
    SelectedJets,
)
from analysis.selection.cutflow import Cutflow

NOMINAL = "nominal"
CUTS = ("all events", "one lepton", "four jets", *REGION_CODES)
Columns = dict[str, np.ndarray]
Path = PathLike[str] | str
Select = Callable[[Chunk, campaign.LeptonJets], SelectedEvents]
IMPLEMENTATIONS: dict[str, Select] = {"kernel": kernel.select, "awkward": reference.select}


def select_events(
    nano: Path,
    events: Path,
    cutflow: Path,
    selection: campaign.LeptonJets,
    correction_file: Path | None = None,
    *,
    process: str | None = None,
    shift: str = NOMINAL,
    chunk_size: int = 100_000,
    implementation: Literal["kernel", "awkward"] = "kernel",
) -> None:
    """Write the selected events of the NanoAOD file `nano` as Parquet, and the cutflow as JSON.

    `correction_file` (of `analysis.corrections`) adds event weights for `process` and allows a `shift` of
    the jets; without it, as for real data, the weight is the generator's, or 1 where there is none. The
    cutflow has generator weights only. The result does not depend on `chunk_size`.

    Raises `analysis.nanoaod.UnreadableFile`, and its kind `MissingBranch`, for unusable files. Raises `ValueError`
    where a shift has no correction file, or a correction no name of the process.
    """
    if correction_file is None and shift != NOMINAL:
        raise ValueError(f"shift '{shift}' needs a correction file")
    if correction_file is not None and process is None:
        raise ValueError("corrections of event weights need the name of the process")
    flow = Cutflow(CUTS)
    parts = []
    with open_nano(nano) as file:
        branches = [*core_branches(selection), *output_branches(selection, correction_file, shift)]
        for chunk in file.chunks(branches, chunk_size):
            if correction_file is not None and shift != NOMINAL:
                chunk = with_shifted_jets(chunk, shift, correction_file)
            selected = IMPLEMENTATIONS[implementation](chunk, selection)
            fill_cutflow(flow, selected, generator_weights(chunk))
            columns = measured(chunk, selected, selection)
            factors = {NOMINAL: np.ones(len(selected.event))}
            if correction_file is not None:
                jets = selected_jets(chunk, selected, selection)
                factors = event_weights(jets, process or "", correction_file)
            parts.append(columns | weighted(generator_weights(chunk)[selected.event], factors))
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    pq.write_table(pa.table(joined), fspath(events), compression="zstd")
    flow.write(cutflow)


def core_branches(selection: campaign.LeptonJets) -> list[Branch]:
    """The 16 branches (and three counters) on which the decision and the cutflow rest."""
    electron = ("Electron_pt", "Electron_eta", "Electron_sip3d")
    muon = ("Muon_pt", "Muon_eta", "Muon_sip3d", "Muon_pfRelIso04_all")
    jet = ("Jet_pt", "Jet_eta", "Jet_phi", "Jet_mass", selection.b_tagging.branch)
    return [
        per_event("genWeight", required=False),
        *(per_object(name) for name in (*electron, *muon, *jet)),
        per_object("Electron_cutBased", "int32"),
        per_object("Muon_tightId", "bool"),
        per_object("Jet_jetId", "int32"),
    ]


def output_branches(selection: campaign.LeptonJets, correction_file: Path | None, shift: str) -> Iterable[Branch]:
    """What the columns and corrections of selected events need beyond the core."""
    yield from (
        per_event("run", "uint32"),
        per_event("luminosityBlock", "uint32"),
        per_event("event", "uint64"),
    )
    yield from (per_event(f"{selection.missing_momentum}_{name}") for name in ("pt", "phi"))
    yield from (per_object("Electron_phi"), per_object("Muon_phi"))
    if correction_file is not None:
        yield per_event("genWeight")
        yield per_object("Jet_hadronFlavour", "int32")
    if shift.startswith("jer_"):
        yield from (per_object("Jet_genJetIdx", "int32"), per_object("GenJet_pt"))


def generator_weights(chunk: Chunk) -> np.ndarray:
    """Weight of each event, float64; 1 in real data."""
    return chunk["genWeight"].astype(np.float64) if "genWeight" in chunk else np.ones(len(chunk))


def with_shifted_jets(chunk: Chunk, shift: str, correction_file: Path) -> Chunk:
    """The same chunk with momenta and masses of all jets under a shift."""
    pt = chunk["Jet_pt"]
    jets = JetColumns(chunk.offsets["Jet"], pt, chunk["Jet_eta"], chunk["Jet_phi"], matched_gen_pt(chunk))
    numbers = (chunk["run"], chunk["luminosityBlock"], chunk["event"])
    moved = shifted_jet_pt(jets, shift, numbers, correction_file)
    factor = np.divide(moved, pt, out=np.ones(len(pt)), where=pt > 0)
    mass = (chunk["Jet_mass"] * factor).astype(np.float32)
    return replace(chunk, arrays=chunk.arrays | {"Jet_pt": moved.astype(np.float32), "Jet_mass": mass})


def matched_gen_pt(chunk: Chunk) -> np.ndarray | None:
    """pT of the generator jet of each jet, 0 where there is none (or it is too soft to be stored)."""
    if "Jet_genJetIdx" not in chunk:
        return None
    index, starts = chunk["Jet_genJetIdx"], chunk.offsets["GenJet"]
    counts = np.diff(chunk.offsets["Jet"])
    found = (index >= 0) & (index < np.repeat(np.diff(starts), counts))
    gen_pt = np.zeros(len(index), np.float32)
    gen_pt[found] = chunk["GenJet_pt"][(np.repeat(starts[:-1], counts) + index)[found]]
    return gen_pt


def selected_jets(chunk: Chunk, selected: SelectedEvents, selection: campaign.LeptonJets) -> SelectedJets:
    """The jets from which weights are computed."""
    return SelectedJets(
        offsets=selected.jet_offsets,
        pt=chunk["Jet_pt"][selected.jets].astype(np.float64),
        eta=chunk["Jet_eta"][selected.jets].astype(np.float64),
        b_tagged=chunk[selection.b_tagging.branch][selected.jets].astype(np.float64) > selection.b_tagging.cut,
        hadron_flavour=chunk["Jet_hadronFlavour"][selected.jets],
    )


def measured(chunk: Chunk, selected: SelectedEvents, selection: campaign.LeptonJets) -> Columns:
    """The columns of the selected events; momenta and masses in GeV."""
    event = selected.event
    met, met_phi = (chunk[f"{selection.missing_momentum}_{name}"][event].astype(float) for name in ("pt", "phi"))
    pt, eta, phi = (_of_lepton(chunk, selected, name) for name in ("pt", "eta", "phi"))
    return {
        **{name: chunk[name][event] for name in ("run", "luminosityBlock", "event")},
        "region": selected.region,
        "ht": selected.ht,
        "trijet_mass": selected.trijet_mass,
        "n_jets": np.diff(selected.jet_offsets).astype(np.int32),
        "n_btags": selected.n_btags,
        "lepton_pt": pt,
        "lepton_eta": eta,
        "lepton_is_muon": selected.lepton_is_muon,
        "met": met,
        "mt_w": np.sqrt(2 * pt * met * (1 - np.cos(phi - met_phi))),
        **{f"jet{n + 1}_pt": selected.leading_pt[:, n] for n in range(selected.leading_pt.shape[1])},
    }


def _of_lepton(chunk: Chunk, selected: SelectedEvents, name: str) -> np.ndarray:
    values = np.empty(len(selected.lepton))
    for collection, mine in (("Muon", selected.lepton_is_muon), ("Electron", ~selected.lepton_is_muon)):
        values[mine] = chunk[f"{collection}_{name}"][selected.lepton[mine]]
    return values


def weighted(gen_weight: np.ndarray, corrections: dict[str, np.ndarray]) -> Columns:
    """`weight` from the nominal corrections, `weight_…` from each variation."""
    return {
        "weight" if name == NOMINAL else f"weight_{name}": gen_weight * factor for name, factor in corrections.items()
    }


def fill_cutflow(flow: Cutflow, selected: SelectedEvents, weights: np.ndarray) -> None:
    """Add the events of a chunk, with their weights, to the cutflow."""
    last_cut = selected.last_cut
    passing = (
        last_cut >= NO_LEPTON, last_cut >= ONE_LEPTON, last_cut >= FOUR_JETS,
        last_cut == ONE_B_TAG, last_cut == TWO_B_TAGS,
    )  # fmt: skip
    for cut, mask in zip(CUTS, passing, strict=True):
        flow.fill(cut, weights[mask])
