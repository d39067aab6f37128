#!/usr/bin/env bash
# h5py 3.16.0: File(track_order=True) keeps the order of what is made in the file itself, and not of what is made in its
# groups, unless each create_group says so as well. Seen 2026-11-30:
#   file  ['z', 'y', 'x']
#   group ['x', 'y', 'z']
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
python3 -m venv "$scratch/venv"
"$scratch/venv/bin/pip" install --quiet h5py==3.16.0
cd "$scratch"
venv/bin/python - <<'PYTHON' | tee seen
import h5py

with h5py.File("run.h5", "w", track_order=True) as file:
    for name in "zyx":
        file[name] = 1
    print("file ", list(file))
with h5py.File("groups.h5", "w", track_order=True) as file:
    group = file.create_group("calibration")
    for name in "zyx":
        group[name] = 1
    print("group", list(group))
PYTHON
diff - seen <<'SEEN'
file  ['z', 'y', 'x']
group ['x', 'y', 'z']
SEEN
