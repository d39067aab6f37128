#!/usr/bin/env bash
# Runs all tests in two halves, side by side: most of them wait for processes that they have started.
#
#   scripts/run_tests.sh .venv/bin/python
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly python=$1
readonly chains=(tests/acceptance tests/plan tests/analysis tests/tasks tests/report)
log=$(mktemp)
other=
trap '[[ -z $other ]] || kill "$other" 2>/dev/null; rm -f "$log"' EXIT
trap 'exit 130' INT TERM

echo "tests: ${chains[*]} run beside the others; what they print follows at the end"
"$python" -m pytest "${chains[@]}" >"$log" 2>&1 &
other=$!
"$python" -m pytest tests "${chains[@]/#/--ignore=}"
code=$?
wait "$other" || code=$?
other=
cat "$log"
exit "$code"
