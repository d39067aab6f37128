#!/usr/bin/env bash
# Headless Chromium: the tests open the report in it. Installed through apt when it is missing and we may.
set -euo pipefail

works() {    # Ubuntu's package of this name is an empty shell around a snap: ask the program itself
    local name
    for name in ${CHROMIUM:-chromium chromium-browser google-chrome}; do
        if timeout 30 "$name" --version >/dev/null 2>&1; then return 0; fi
    done
    return 1
}
missing() { printf 'chromium: %s; the tests that open the report will be skipped\n' "$*" >&2; exit 77; }

if works; then exit; fi
command -v apt-get >/dev/null || missing "not found, and there is no apt here to install it"
((EUID == 0)) || missing "not found, and only root can install it: sudo apt install chromium"

echo "chromium: installing it through apt; this takes a minute, once"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
{ apt-get update && apt-get install --yes --no-install-recommends chromium fonts-dejavu-core; } >"$log" 2>&1 ||
    { tail -n 5 "$log" >&2; missing "apt could not install it"; }
works || missing "apt installed a package that does not run (Ubuntu has it as a snap only: snap install chromium)"
