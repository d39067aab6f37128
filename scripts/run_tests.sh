#!/usr/bin/env bash
# Runs all tests: what is timed alone, then two parts at a time, and last those with servers, which mind company.
# A part is printed when it is through; what failed is named once more at the end.
#
#   scripts/run_tests.sh .venv/bin/python
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly python=$1
readonly timed=tests/packaging/test_start_up.py
readonly -A parts=(
    [forms]="tests/acceptance/adopting"
    [acceptance]="tests/acceptance --ignore=tests/acceptance/adopting"
    [plan]="tests/plan"
    [physics]="tests/analysis tests/tasks tests/report"
    [commands]="tests/cli"
    [griddav]="tests/griddav"
    [storage]="tests/storage"
)
read -ra named < <(printf '%s ' "${parts[@]}" | sed -E 's/--ignore=[^ ]*//g')
readonly rooms="tests --ignore=$timed ${named[*]/#/--ignore=}" # all others
logs=$(mktemp -d)
trap 'kill $(jobs -rp) 2>/dev/null; rm -rf "$logs"' EXIT
trap 'exit 130' INT TERM

part() {
    # The words of a part are arguments.
    # shellcheck disable=SC2086
    "$python" -m pytest ${parts[$1]-$rooms} >"$logs/$1.log" 2>&1 || touch "$logs/$1.failed"
    flock "$logs" sed "1i tests: $1" "$logs/$1.log"
}

two_at_a_time() {
    local name
    for name; do
        while (($(jobs -rp | wc -l) > 1)); do wait -n; done
        echo "tests: $name begins"
        part "$name" &
    done
    wait
}

"$python" -m pytest "$timed" || exit
two_at_a_time forms rooms acceptance plan physics
part commands
two_at_a_time storage griddav

compgen -G "$logs/*.failed" >/dev/null || exit 0
echo "tests: what failed, of all parts"
grep -HE '^(FAILED|ERROR) |^=+ .*(passed|failed|error).* =+$' "$logs"/*.log | sed "s#^$logs/##"
exit 1
