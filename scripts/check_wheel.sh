#!/usr/bin/env bash
# Builds the wheel into dist/ and tries it as a stranger would: in an empty environment, without extras.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

rm -rf build dist    # a module that was deleted would live on in build/
logged() { "$@" >"$scratch/log" 2>&1 </dev/null || { cat "$scratch/log" >&2; exit 1; }; }
logged .venv/bin/python -m build --wheel --no-isolation --outdir dist .
wheel=$(echo dist/*.whl)
echo "wheel: built $wheel"

strangers=$(.venv/bin/python -m zipfile --list "$wheel" |
    awk 'NR > 1 && $1 !~ /^(caselaw|griddav)(-[^\/]+\.dist-info)?\// { print $1 }')
[[ -z $strangers ]] || { printf 'wheel: holds more than caselaw and griddav:\n%s\n' "$strangers" >&2; exit 1; }

if command -v uv >/dev/null; then
    export UV_SYSTEM_CERTS=${UV_SYSTEM_CERTS:-true}
    logged uv venv --python .venv/bin/python "$scratch/venv"
    VIRTUAL_ENV=$scratch/venv logged uv pip install "$wheel"
else
    logged .venv/bin/python -m venv "$scratch/venv"
    logged "$scratch/venv/bin/python" -m pip install --no-input "$wheel"
fi
cd "$scratch"    # away from the repository: nothing here but what was installed
venv/bin/caselaw --help >/dev/null
version=$(venv/bin/python -c 'import caselaw.version; print(caselaw.version.__version__)')
venv/bin/python -c '
import importlib.util, sys
import caselaw
found = [name for name in ("analysis", "tasks", "uproot", "pyhf", "pythia8") if importlib.util.find_spec(name)]
sys.exit(f"wheel: not expected in an empty environment: {found}" if found else 0)
'
echo "wheel: caselaw $version installs, imports and answers in an empty environment"
