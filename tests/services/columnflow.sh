#!/usr/bin/env bash
# columnflow's sources, and what they need beside the packages of .venv, pinned with digests: tests/adopting/columnflow
# runs its task classes. Its metadata refuses Python 3.11.1 and later, so it is unpacked and not installed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/columnflow"

readonly home=../../../.venv/share/columnflow    # tests/adopting/columnflow looks there
readonly python=../../../.venv/bin/python
log=$(mktemp)
trap 'rm -f "$log"' EXIT

missing() { printf 'columnflow: %s; the tests that run columnflow will be skipped\n' "$*" >&2; exit 77; }
pip() {    # command, options; `setup.py` of what comes as source finds setuptools and wheel in .venv
    "$python" -m pip "$1" --disable-pip-version-check --no-input --quiet --require-hashes --no-deps \
        --no-build-isolation "${@:2}" >"$log" 2>&1 || { tail -n 5 "$log" >&2; missing "pip could not fetch it"; }
}
wanted() { cat packages.lock columnflow.lock; }
up_to_date() { [[ -f $home/installed.lock && $(wanted) == "$(<"$home/installed.lock")" ]]; }

if up_to_date; then exit; fi
if ! "$python" -m pip --version >/dev/null 2>&1; then
    "$python" -m ensurepip >"$log" 2>&1 || missing "no pip in .venv"
fi
echo "columnflow: fetching its sources and the packages that they need into .venv/share/columnflow, 2 MB"
rm -rf "$home"
mkdir -p "$home"
pip install --target "$home/packages" -r packages.lock
pip download --no-binary :all: --ignore-requires-python --dest "$home" -r columnflow.lock
tar -xzf "$home"/columnflow-*.tar.gz -C "$home"
mv "$home"/columnflow-*/columnflow "$home/columnflow"
wanted >"$home/installed.lock"    # at the very end: an interrupted installation starts afresh
