#!/usr/bin/env bash
# XRootD with HTTP, third-party copy, macaroons and WLCG tokens: the tests of storage start it (xrootd.py).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source ./apt.sh

works() {    # 5.x wherever the distribution keeps it; a compiler, because XRootD is told by a preloaded library where to listen
    local plugin
    for plugin in XrdHttp XrdHttpTPC XrdMacaroons XrdAccSciTokens; do
        compgen -G "/usr/lib/*/lib$plugin-5.so" >/dev/null || return 1
    done
    [[ -x /usr/bin/xrootd && -e /usr/include/stdlib.h ]] && command -v cc openssl >/dev/null
}
provide xrootd xrootd-server xrootd-server-plugins xrootd-plugins xrootd-scitokens-plugins libmacaroons0 \
    openssl gcc libc6-dev
