#!/usr/bin/env bash
# CPython 3.14 as WebAssembly: the tests that compare Pythons run it with Node. Installed through npm, with
# the digests in package-lock.json; Node and npm through apt when they are missing and we may.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/python314"

readonly home=../../../.venv/share/python314    # tests/fingerprint/test_python_versions.py looks there
log=$(mktemp)
trap 'rm -f "$log"' EXIT

missing() { printf 'python314: %s; the tests that run Python 3.14 will be skipped\n' "$*" >&2; exit 77; }
has_nodejs() { node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' 2>/dev/null; }
has_npm() { command -v npm >/dev/null; }
works() { [[ $(node python.mjs "$home/node_modules/pyodide" "$PWD" "$PWD/version.py" 2>&1) == 3.14.* ]]; }
up_to_date() { cmp -s package-lock.json "$home/installed.json"; }

provide() {    # nodejs or npm; some packages of nodejs bring npm along
    if "has_$1"; then return; fi
    command -v apt-get >/dev/null || missing "no $1 (Node 18 or newer is needed), and no apt here to install it"
    ((EUID == 0)) || missing "no $1 (Node 18 or newer is needed), and only root can install it: sudo apt install $1"
    echo "python314: installing $1 through apt; this takes a minute, once"
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update && apt-get install --yes --no-install-recommends "$1"; } >"$log" 2>&1 ||
        { tail -n 5 "$log" >&2; missing "apt could not install $1"; }
    "has_$1" || missing "apt installed a $1 that is too old"
}

provide nodejs
if up_to_date; then exit; fi
provide npm
echo "python314: installing CPython 3.14 for WebAssembly through npm, 14 MB"
rm -rf "$home"
mkdir -p "$home"
cp package.json package-lock.json "$home"
npm ci --prefix "$home" --ignore-scripts --no-audit --no-fund >"$log" 2>&1 ||
    { tail -n 5 "$log" >&2; missing "npm could not install it"; }
works || missing "what npm installed does not run"
cp package-lock.json "$home/installed.json"    # at the very end: an interrupted installation starts afresh
