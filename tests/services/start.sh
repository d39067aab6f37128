#!/usr/bin/env bash
# Makes ready what the tests need beside Python. The script of each service, beside this one, answers with
#   0    the service is there
#   77   it cannot be had on this machine, and it said why: its tests skip. In CI that is a failure.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

for service in apache xrootd nginx rclone chromium python314 columnflow; do
    code=0
    "./$service.sh" </dev/null || code=$?
    if ((code == 77)) && [[ -z ${CI:-} ]]; then continue; fi
    if ((code != 0)); then
        echo "services: $service is missing, and its tests must not be skipped here (CI=${CI:-})" >&2
        exit 1
    fi
done
