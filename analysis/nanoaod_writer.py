"""Writing of NanoAOD-like ROOT files: `Events` with counters and collections, and `Runs`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from types import TracebackType

import awkward as ak
import numpy as np
import uproot

FLOAT, INT, BYTE, BOOL = "float32", "int32", "uint8", "bool"
MOMENTUM = dict.fromkeys(("pt", "eta", "phi", "mass"), FLOAT)
LEPTON = {
    **MOMENTUM, "pdgId": INT, "charge": INT,
    **dict.fromkeys(("dxy", "dxyErr", "dz", "dzErr", "ip3d", "sip3d"), FLOAT),
    "genPartIdx": INT, "genPartFlav": BYTE, "pfRelIso03_all": FLOAT,
}  # fmt: skip

# Types as in NanoAODv9.
COLLECTIONS: Mapping[str, Mapping[str, str]] = {
    "Electron": {**LEPTON, "cutBased": INT},
    "Muon": {**LEPTON, "pfRelIso04_all": FLOAT, "tightId": BOOL, "looseId": BOOL},
    "Jet": {
        **MOMENTUM, "jetId": INT,
        **dict.fromkeys(("chHEF", "neHEF", "chEmEF", "neEmEF", "muEF"), FLOAT), "nConstituents": BYTE,
        "hadronFlavour": INT, "partonFlavour": INT, "genJetIdx": INT, "btagCSVV2": FLOAT,
    },
    "GenJet": {**MOMENTUM, "hadronFlavour": BYTE, "partonFlavour": INT},
    "GenPart": {**MOMENTUM, "pdgId": INT, "status": INT, "statusFlags": INT, "genPartIdxMother": INT},
}  # fmt: skip
SCALARS: Mapping[str, str] = {
    "run": "uint32", "luminosityBlock": "uint32", "event": "uint64",
    **dict.fromkeys(("MET_pt", "MET_phi", "MET_sumEt", "GenMET_pt", "GenMET_phi"), FLOAT),
    "genWeight": FLOAT, "Generator_weight": FLOAT,
}  # fmt: skip
RUNS = {"run": "uint32", "genEventCount": "int64", "genEventSumw": "float64", "genEventSumw2": "float64"}


class NanoAODWriter:
    """Writes pieces of events; `Runs` follows on leaving the context without an error."""

    def __init__(self, path: os.PathLike[str] | str) -> None:
        self._file = uproot.recreate(os.fspath(path), compression=uproot.ZSTD(5))
        lists = {
            name: ak.types.from_datashape(f"var * {{{fields(columns)}}}", highlevel=False)
            for name, columns in COLLECTIONS.items()
        }
        scalars = {name: np.dtype(kind) for name, kind in SCALARS.items()}
        self._events = self._file.mktree("Events", scalars | lists, title="Events")
        self._sums: dict[int, tuple[int, float, float]] = {}

    def write(self, events: Mapping[str, ak.Array]) -> None:
        """One piece: every scalar branch, and each collection as one list of records per event."""
        self._events.extend(dict(events))
        runs, weights = np.asarray(events["run"]), np.asarray(events["genWeight"], dtype=np.float64)
        for run in np.unique(runs):
            mine = weights[runs == run]
            count, total, squares = self._sums.get(int(run), (0, 0.0, 0.0))
            self._sums[int(run)] = (count + len(mine), total + mine.sum(), squares + (mine**2).sum())

    def __enter__(self) -> NanoAODWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._write_runs()
        self._file.close()

    def _write_runs(self) -> None:
        runs = self._file.mktree("Runs", {name: np.dtype(kind) for name, kind in RUNS.items()}, title="Runs")
        rows = sorted((run, *sums) for run, sums in self._sums.items())
        if rows:
            columns = zip(*rows, strict=True)
            runs.extend({n: np.array(c, dtype=k) for (n, k), c in zip(RUNS.items(), columns, strict=True)})


def fields(columns: Mapping[str, str]) -> str:
    return ", ".join(f'"{name}": {kind}' for name, kind in columns.items())
