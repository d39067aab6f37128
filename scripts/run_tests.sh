#!/usr/bin/env bash
# Runs all tests: what is timed alone, chains of runs beside the quick rooms, and then the servers, which mind company.
#
#   scripts/run_tests.sh .venv/bin/python
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly python=$1
readonly timed=tests/packaging/test_start_up.py servers=tests/storage
readonly chains=(tests/acceptance tests/plan tests/analysis tests/tasks tests/report)
log=$(mktemp)
other=
trap '[[ -z $other ]] || kill "$other" 2>/dev/null; rm -f "$log"' EXIT
trap 'exit 130' INT TERM

"$python" -m pytest "$timed" || exit
echo "tests: ${chains[*]} run beside the others; what they print follows"
"$python" -m pytest "${chains[@]}" >"$log" 2>&1 &
other=$!
"$python" -m pytest tests --ignore="$timed" --ignore="$servers" "${chains[@]/#/--ignore=}"
code=$?
wait "$other" || code=$?
other=
cat "$log"
"$python" -m pytest "$servers" || code=$?
exit "$code"
