#!/usr/bin/env bash
# Makes the lock files anew: requirements/build.lock from requirements/build.in, and
# requirements/workspace.lock from setup.cfg. Pins that still fit are kept; arguments go to uv:
#
#   scripts/lock.sh --upgrade                    everything to its newest version
#   scripts/lock.sh --upgrade-package uproot     one package
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

command -v uv >/dev/null || { echo "make lock: needs uv on the path (pip install uv)" >&2; exit 1; }

compile() {
    # Without annotations of the index the files hold versions and digests, and no address.
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
        --no-emit-index-url --no-emit-find-links "$@" >/dev/null
}
compile "$@" requirements/build.in --output-file requirements/build.lock
compile "$@" --extra analysis --extra generator --extra test setup.cfg --output-file requirements/workspace.lock
echo "make lock: $(grep -c '^[a-z].*==' requirements/workspace.lock) packages locked; now run make test"
