#!/usr/bin/env bash
# Other programs that storage.py measures: davix and gfal2 through apt, webdav4 in a virtual environment of its own.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source ../tests/services/apt.sh

works() {
    command -v davix-get curl >/dev/null && /usr/bin/python3 -c "import gfal2" 2>/dev/null &&
        compgen -G "/usr/lib/*/gfal2-plugins/libgfal_plugin_file.so" >/dev/null
}

readonly home=../.venv/share/webdav4    # storage_versions.py looks there
code=0
(provide "davix and gfal2" davix python3-gfal2 gfal2-plugin-file gfal2-plugin-http curl) || code=$?
if ! "$home/bin/python" -c "import webdav4.client" 2>/dev/null; then
    python3 -m venv "$home"
    "$home/bin/pip" install --quiet --disable-pip-version-check "webdav4==0.11.0"
fi
exit "$code"
