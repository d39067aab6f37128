#!/usr/bin/env bash
# Runs all tests in two halves, side by side: most of them wait for processes that they have started.
#
#   scripts/run_tests.sh .venv/bin/python
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly python=$1
readonly timed=tests/packaging/test_start_up.py    # what is timed runs alone
readonly chains=(tests/acceptance tests/plan tests/analysis tests/tasks tests/report)
log=$(mktemp)
other=
trap '[[ -z $other ]] || kill "$other" 2>/dev/null; rm -f "$log"' EXIT
trap 'exit 130' INT TERM

"$python" -m pytest "$timed" || exit
echo "tests: ${chains[*]} run beside the others; what they print follows at the end"
"$python" -m pytest "${chains[@]}" >"$log" 2>&1 &
other=$!
"$python" -m pytest tests --ignore="$timed" "${chains[@]/#/--ignore=}"
code=$?
wait "$other" || code=$?
other=
cat "$log"
exit "$code"
