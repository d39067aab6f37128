#!/usr/bin/env bash
# nginx with its WebDAV modules: tests and benchmarks of storage start it (nginx.py).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source ./apt.sh

works() { [[ -x /usr/sbin/nginx && -e /usr/lib/nginx/modules/ngx_http_dav_ext_module.so ]]; }
provide nginx nginx libnginx-mod-http-dav-ext
