"""The step of the lepton+jets selection: a NanoAOD file in, selected events and a cutflow out."""

from __future__ import annotations

import os

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.campaign import LeptonJets
from analysis.corrections import WEIGHT_VARIATIONS, event_weights, shifted_jet_pt
from analysis.nanoaod import Chunk, open_nano
from analysis.selection.branches import lepton_jets_branches
from analysis.selection.columns import SelectedJets
from analysis.selection.cutflow import Cutflow
from analysis.selection.kernel import QUANTITIES, select
from analysis.selection.objects import event_objects, jet_columns, kernel_cuts

PathLike = os.PathLike[str] | str
CHUNK_SIZE = 100_000


def select_events(
    nano: PathLike,
    events: PathLike,
    cutflow: PathLike,
    selection: LeptonJets,
    correction_file: PathLike | None,
    *,
    process: str,
    shift: str = "nominal",
    chunk_size: int = CHUNK_SIZE,
) -> None:
    """Select lepton+jets events of a NanoAOD file and write their columns (Parquet) and the cutflow (JSON).

    With a `correction_file`, the sample is simulation: jets are shifted, weights are corrected and varied.
    Without one, every event has weight 1. Results do not depend on `chunk_size`.
    """
    simulation = correction_file is not None
    branches = lepton_jets_branches(selection, simulation=simulation, shifted=shift.startswith("jer"))
    counted = Cutflow()
    with open_nano(nano) as file, pq.ParquetWriter(os.fspath(events), schema(simulation), compression="zstd") as writer:
        for chunk in file.chunks(branches, chunk_size):
            columns = selected_columns(chunk, selection, correction_file, process, shift, counted)
            writer.write_table(pa.table(columns, schema=schema(simulation)), row_group_size=CHUNK_SIZE)
    counted.write(cutflow)


def selected_columns(
    chunk: Chunk, selection: LeptonJets, correction_file: PathLike | None, process: str, shift: str, counted: Cutflow
) -> dict[str, np.ndarray]:
    """Columns of the selected events of a chunk; the chunk is added to the cutflow."""
    identity = tuple(chunk[name] for name in ("run", "luminosityBlock", "event"))
    jets = jet_columns(chunk)
    shifts = correction_file is not None and shift != "nominal"
    jet_pt = shifted_jet_pt(jets, shift, identity, correction_file) if shifts else jets.pt.astype(np.float64)
    objects = event_objects(chunk, selection, jet_pt)
    stage, region, quantities, good, tagged = select(
        objects.electrons, objects.muons, objects.jets, objects.met, kernel_cuts(selection)
    )
    weight = generator_weight(chunk, simulation=correction_file is not None)
    counted.add(stage, region, weight)
    kept = region > 0
    columns = {
        "run": identity[0][kept],
        "luminosityBlock": identity[1][kept],
        "event": identity[2][kept],
        "region": region[kept],
        **{name: quantities[kept, number] for number, name in enumerate(QUANTITIES)},
    }
    if correction_file is None:
        return {**columns, "weight": weight[kept]}
    corrections = event_weights(kept_jets(chunk, jet_pt, kept, good, tagged), process, correction_file)
    columns["weight"] = weight[kept] * corrections["nominal"]
    for name in WEIGHT_VARIATIONS:
        columns[f"weight_{name}"] = weight[kept] * corrections[name]
    return columns


def generator_weight(chunk: Chunk, *, simulation: bool) -> np.ndarray:
    """Weight of every event, float64; 1 in real data and where the file has none."""
    if simulation and "genWeight" in chunk:
        return chunk["genWeight"].astype(np.float64)
    return np.ones(len(chunk))


def kept_jets(
    chunk: Chunk, jet_pt: np.ndarray, kept: np.ndarray, good: np.ndarray, tagged: np.ndarray
) -> SelectedJets:
    """Selected jets of the selected events."""
    counts = np.diff(chunk.offsets["Jet"])
    chosen = good & np.repeat(kept, counts)
    per_event = np.add.reduceat(np.append(chosen, 0), chunk.offsets["Jet"][:-1]) if len(counts) else counts
    per_event = np.where(counts > 0, per_event, 0)[kept]
    flavour = chunk["Jet_hadronFlavour"] if "Jet_hadronFlavour" in chunk else np.zeros(len(jet_pt), np.int32)
    return SelectedJets(
        offsets=np.concatenate([[0], np.cumsum(per_event)]).astype(np.int64),
        pt=jet_pt[chosen],
        eta=chunk["Jet_eta"][chosen].astype(np.float64),
        b_tagged=tagged[chosen],
        hadron_flavour=flavour[chosen],
    )


def schema(simulation: bool) -> pa.Schema:
    """Types of the columns, the same for every file."""
    names = {"run": pa.uint32(), "luminosityBlock": pa.uint32(), "event": pa.uint64(), "region": pa.int8()}
    weights = ["weight", *(f"weight_{name}" for name in WEIGHT_VARIATIONS)] if simulation else ["weight"]
    return pa.schema([*names.items(), *((name, pa.float64()) for name in (*QUANTITIES, *weights))])
