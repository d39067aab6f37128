#!/usr/bin/env bash
# Runs all tests: what is timed alone, chains of runs beside the quick rooms, and then the servers, which mind company.
# What failed is named once more at the end, since the parts print some thousand lines.
#
#   scripts/run_tests.sh .venv/bin/python
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly python=$1
readonly timed=tests/packaging/test_start_up.py
readonly commands=tests/cli servers=(tests/storage tests/griddav)
readonly chains=(tests/acceptance tests/plan tests/analysis tests/tasks tests/report)
logs=$(mktemp -d)
other=
trap '[[ -z $other ]] || kill "$other" 2>/dev/null; rm -rf "$logs"' EXIT
trap 'exit 130' INT TERM

part() { "$python" -m pytest "${@:2}" 2>&1 | tee "$logs/$1"; }

"$python" -m pytest "$timed" || exit
echo "tests: ${chains[*]} run beside the others; what they print follows"
"$python" -m pytest "${chains[@]}" >"$logs/chains" 2>&1 &
other=$!
part rooms tests --ignore="$timed" --ignore="$commands" "${servers[@]/#/--ignore=}" "${chains[@]/#/--ignore=}"
code=$?
wait "$other" || code=$?
other=
cat "$logs/chains"
part commands "$commands" || code=$?
part servers "${servers[@]}" || code=$?
if ((code)); then
    echo "tests: what failed, of all parts"
    grep -hE '^(FAILED|ERROR) |^=+ .*(passed|failed|error).* =+$' "$logs"/{rooms,chains,commands,servers}
fi
exit "$code"
