#!/usr/bin/env bash
# apache2 with mod_dav: the tests of the WebDAV file system start it. Installed through apt when it is missing and we may.
set -euo pipefail

readonly modules=/usr/lib/apache2/modules    # tests/services/apache.py looks there
works() {
    [[ -x /usr/sbin/apache2 && -e $modules/mod_dav_fs.so && -e $modules/mod_ssl.so ]] && command -v openssl >/dev/null
}
missing() { printf 'apache: %s; the tests that need it will be skipped\n' "$*" >&2; exit 77; }

if works; then exit; fi
command -v apt-get >/dev/null || missing "not found, and there is no apt here to install it"
((EUID == 0)) || missing "not found, and only root can install it: sudo apt install apache2 openssl"

echo "apache: installing apache2 through apt, once"
log=$(mktemp)
policy=/usr/sbin/policy-rc.d    # apt asks it whether a service may start: ours shall not, the tests start their own
trap 'rm -f "$log"; [[ -z ${refused:-} ]] || rm -f "$policy"' EXIT
if [[ ! -e $policy ]]; then
    refused=yes
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
{ apt-get update && apt-get install --yes --no-install-recommends apache2 openssl; } >"$log" 2>&1 ||
    { tail -n 5 "$log" >&2; missing "apt could not install it"; }
works || missing "what apt installed has no mod_dav_fs or no mod_ssl"
