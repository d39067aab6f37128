#!/usr/bin/env bash
# Builds both wheels into dist/ and tries them as strangers would, in empty environments and without extras: caselaw
# alone, griddav alone, and caselaw with the extra that brings griddav.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly here=$PWD
scratch=$(mktemp -d)
# A module that was deleted would live on in build/.
clear() { rm -rf build griddav/build griddav/griddav.egg-info; }
trap 'rm -rf "$scratch"; cd "$here"; clear' EXIT

logged() { "$@" >"$scratch/log" 2>&1 </dev/null || { cat "$scratch/log" >&2; exit 1; }; }
rm -rf dist
clear
for source in . griddav; do
    logged .venv/bin/python -m build --wheel --no-isolation --outdir dist "$source"
done

# The version of a package whose wheel holds nothing else.
checked() {
    local wheel strangers
    wheel=$(echo "dist/$1"-*.whl)
    strangers=$(.venv/bin/python -m zipfile --list "$wheel" |
        awk -v name="$1" 'NR > 1 && $1 !~ "^" name "(-[^/]+[.]dist-info)?/" { print $1 }')
    [[ -z $strangers ]] || { printf 'wheel: holds more than %s:\n%s\n' "$1" "$strangers" >&2; exit 1; }
    echo "wheel: built $wheel"
}
checked caselaw
checked griddav

# An empty environment of that name with what is named, from dist/ where that has it.
environment() {
    local folder=$scratch/$1; shift
    if command -v uv >/dev/null; then
        export UV_SYSTEM_CERTS=${UV_SYSTEM_CERTS:-true}
        logged uv venv --python .venv/bin/python "$folder"
        VIRTUAL_ENV=$folder logged uv pip install --find-links dist "$@"
    else
        logged .venv/bin/python -m venv "$folder"
        logged "$folder/bin/python" -m pip install --no-input --find-links dist "$@"
    fi
}
environment alone dist/caselaw-*.whl
environment client dist/griddav-*.whl
environment both "$(echo dist/caselaw-*.whl)[dcache]"

cd "$scratch"    # away from the repository: nothing here but what was installed
mkdir store && echo content >store/file
alone/bin/caselaw --help >/dev/null
alone/bin/caselaw store ls -l store | grep -q file
said=$(alone/bin/caselaw store ls davs://server/store 2>&1 || true)
[[ $said == *"pip install 'caselaw[dcache]'"* && $said != *$'\n'* ]] ||
    { printf 'wheel: a plain install says of a server:\n%s\n' "$said" >&2; exit 1; }
version=$(alone/bin/python -c 'import caselaw.version; print(caselaw.version.__version__)')
alone/bin/python -c '
import importlib.util, sys
import caselaw
strange = ("analysis", "tasks", "griddav", "aiohttp", "uproot", "pyhf", "pythia8")
found = [name for name in strange if importlib.util.find_spec(name)]
sys.exit(f"wheel: not expected in an empty environment: {found}" if found else 0)
'
for python in client/bin/python both/bin/python; do
    "$python" -c '
import fsspec
for scheme in ("dav", "davs", "dcache"):
    assert fsspec.get_filesystem_class(scheme).__module__.startswith("griddav."), scheme
fs = fsspec.filesystem("davs", base_url="davs://localhost:1", attempts=1)
try:
    fs.exists("/store")
except ConnectionError as error:
    assert "no connection" in str(error), error
else:
    raise SystemExit("wheel: nobody answers, and yet there was an answer")
'
done
mkdir configs && echo '[caselaw]' >law.cfg
echo "grid: {url: 'davs://localhost:1/store', patience: 1 s}" >configs/stores.yaml
said=$(both/bin/caselaw store ls grid: 2>&1 || true)
[[ $said == *"no connection"* ]] || { printf 'wheel: with its extra caselaw says:\n%s\n' "$said" >&2; exit 1; }
echo "wheel: caselaw $version and griddav install, import and answer in empty environments, alone and together"
