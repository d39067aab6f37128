#!/usr/bin/env bash
# pandas with pyarrow: an ordered category written to Parquet without dictionaries comes back as an ordered category
# whose order is that in which values appear in the file, and without the categories that no row has: its largest value
# is another one. Seen 2026-11-30 with the versions below:
#   written ['low', 'medium', 'high'] max high
#   read    ['high', 'low'] ordered True max low
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
python3 -m venv "$scratch/venv"
"$scratch/venv/bin/pip" install --quiet pandas==2.3.3 pyarrow==22.0.0
cd "$scratch"
venv/bin/python - <<'PYTHON' | tee seen
import pandas as pd

frame = pd.DataFrame({"bin": pd.Categorical(["high", "low"], categories=["low", "medium", "high"], ordered=True)})
print("written", list(frame.bin.cat.categories), "max", frame.bin.max())
frame.to_parquet("bins.parquet", use_dictionary=False)
read = pd.read_parquet("bins.parquet")
print("read   ", list(read.bin.cat.categories), "ordered", read.bin.cat.ordered, "max", read.bin.max())
PYTHON
diff - seen <<'SEEN'
written ['low', 'medium', 'high'] max high
read    ['high', 'low'] ordered True max low
SEEN
