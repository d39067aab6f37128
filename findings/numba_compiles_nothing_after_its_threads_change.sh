#!/usr/bin/env bash
# numba 0.68.1 with numpy 2.4.6: once its threads have started, another NUMBA_NUM_THREADS in the environment makes every
# later compilation fail, of functions without any parallel part, too: it reads its options again at each one.
# Seen 2026-11-30:
#   RuntimeError: Cannot set NUMBA_NUM_THREADS to a different value once the threads have been launched
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
python3 -m venv "$scratch/venv"
"$scratch/venv/bin/pip" install --quiet numba==0.68.1 numpy==2.4.6
cd "$scratch"
NUMBA_NUM_THREADS=2 venv/bin/python - <<'PYTHON' | tee seen
import os

import numba

numba.set_num_threads(1)
os.environ["NUMBA_NUM_THREADS"] = "1"


@numba.njit
def double(x):
    return 2 * x


try:
    print(double(1))
except RuntimeError as error:
    print(f"RuntimeError: {str(error).partition(' (')[0]}")
PYTHON
diff - seen <<'SEEN'
RuntimeError: Cannot set NUMBA_NUM_THREADS to a different value once the threads have been launched
SEEN
