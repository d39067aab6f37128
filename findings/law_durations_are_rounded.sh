#!/usr/bin/env bash
# law 0.1.21: a DurationParameter does not give back what it was given: seconds are rounded to hundredths on their way
# through the command line, and a CSVParameter with force_tuple=False reads its own text of a sequence of one as a number.
# Seen 2026-11-30:
#   0.3333333333333333 -> 0.33
#   (1,) -> '1,' -> 1
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
python3 -m venv "$scratch/venv"
"$scratch/venv/bin/pip" install --quiet setuptools==80.9.0 wheel==0.45.1
"$scratch/venv/bin/pip" install --quiet --no-build-isolation law==0.1.21 luigi==3.8.1
cd "$scratch"
venv/bin/python -W ignore - <<'PYTHON' | tee seen
import law
import luigi

duration = law.DurationParameter(unit="s")
print(1 / 3, "->", duration.parse(duration.serialize(1 / 3)))
values = law.CSVParameter(cls=luigi.IntParameter, force_tuple=False)
text = values.serialize((1,))
print((1,), "->", repr(text), "->", values.parse(text))
PYTHON
diff - seen <<'SEEN'
0.3333333333333333 -> 0.33
(1,) -> '1,' -> 1
SEEN
