#!/usr/bin/env bash
# uproot 5.7.7: a dictionary of arrays written as an RNTuple has its fields in alphabetical order; written as a TTree,
# the same dictionary keeps its order. Seen 2026-11-30:
#   RNTuple ['eta', 'phi', 'pt']
#   TTree   ['pt', 'eta', 'phi']
# Code that takes columns by position gets others after a change of format.
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
python3 -m venv "$scratch/venv"
"$scratch/venv/bin/pip" install --quiet uproot==5.7.7 awkward==2.14.0 numpy==2.4.6
cd "$scratch"
venv/bin/python - <<'PYTHON' | tee seen
import numpy as np
import uproot

columns = {name: np.arange(3.0) for name in ("pt", "eta", "phi")}
with uproot.recreate("events.root") as file:
    file.mkrntuple("ntuple", columns)
    file.mktree("tree", {name: array.dtype for name, array in columns.items()}).extend(columns)
with uproot.open("events.root") as file:
    print("RNTuple", list(file["ntuple"].keys()))
    print("TTree  ", list(file["tree"].keys()))
PYTHON
diff - seen <<'SEEN'
RNTuple ['eta', 'phi', 'pt']
TTree   ['pt', 'eta', 'phi']
SEEN
