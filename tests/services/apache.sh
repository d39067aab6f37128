#!/usr/bin/env bash
# apache2 with mod_dav: the tests of the WebDAV file system start it (apache.py).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source ./apt.sh

readonly modules=/usr/lib/apache2/modules    # apache.py looks there
works() {
    [[ -x /usr/sbin/apache2 && -e $modules/mod_dav_fs.so && -e $modules/mod_ssl.so ]] && command -v openssl >/dev/null
}
provide apache apache2 openssl
