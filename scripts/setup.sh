#!/usr/bin/env bash
# Makes the virtual environment .venv from the lock files; does nothing, silently, when it is up to date.
#
#   PYTHON=python3.12 scripts/setup.sh              with that interpreter
#   PYTHON=python3.13 scripts/setup.sh .venv-3.13   in that folder, beside the usual one
#
# What was set up is written into .venv/setup.stamp at the very end. A set-up that was interrupted leaves
# .venv/setup.unfinished instead, and the next one starts afresh: pip cannot tell half a package from a
# whole one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly venv=${1:-.venv}
readonly stamp=$venv/setup.stamp
readonly unfinished=$venv/setup.unfinished
readonly log=$venv/setup.log
readonly locks=(requirements/build.lock requirements/workspace.lock)
readonly oldest=3.11 newest=3.13    # the locked packages have wheels for these
unset PYTHONHOME PYTHONPATH
# Like pip, uv shall trust the certificates that this machine trusts: many institutes add their own.
export UV_SYSTEM_CERTS=${UV_SYSTEM_CERTS:-true}

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$@" >&2; exit 1; }

is_supported() {    # a pyenv shim is on the path without being a Python: ask the program itself
    "$1" -c "import sys; sys.exit(not ((${oldest/./,}) <= sys.version_info[:2] <= (${newest/./,})))" 2>/dev/null
}

find_python() {
    local candidate
    for candidate in ${PYTHON:-python3 python3.11 python3.12 python3.13}; do
        if is_supported "$candidate"; then echo "$candidate"; return; fi
    done
    return 1
}

# Everything that decides what is inside .venv: where it is, which Python it has, what it was made from.
state_of_locked() {
    printf 'folder %s\npython ' "$PWD/$venv"
    "$venv/bin/python" -c 'import sys; print(sys.version)' 2>/dev/null || return 1
    sha256sum "${locks[@]}" scripts/setup.sh
}
state() {
    state_of_locked && sha256sum setup.cfg pyproject.toml caselaw/version.py griddav/pyproject.toml griddav/version.py
}

up_to_date() {
    [[ -f $stamp && ! -e $unfinished ]] && [[ $(state) == "$(<"$stamp")" ]]
}

is_usable() {
    [[ ! -e $unfinished ]] || { say "the last set-up did not finish: starting afresh"; return 1; }
    is_supported "$venv/bin/python" || { say "$venv has no working Python: starting afresh"; return 1; }
    if [[ -f $stamp && $(head -n 1 "$stamp") != "folder $PWD/$venv" ]]; then
        say "$venv was made in another folder: starting afresh"; return 1
    fi
    command -v uv >/dev/null || "$venv/bin/python" -m pip --version >/dev/null 2>&1 ||
        { say "$venv has no pip: starting afresh"; return 1; }
}

make_venv() {
    local python
    python=$(find_python) || {
        command -v uv >/dev/null && [[ -z ${PYTHON:-} ]] || fail \
            "no Python from $oldest to $newest found${PYTHON:+ under the name $PYTHON}." \
            "On Debian 12+ or Ubuntu 24.04+:  sudo apt install python3 python3-venv" \
            "Elsewhere install uv, which brings a Python along, or name one:  make run PYTHON=/path/to/python3.12"
        python=$newest
    }
    if command -v uv >/dev/null; then
        uv venv --quiet --python "$python" "$venv"
    else
        "$python" -c 'import ensurepip, venv' 2>/dev/null || fail \
            "$python cannot make virtual environments: its venv module is missing." \
            "On Debian and Ubuntu:  sudo apt install python3-venv"
        "$python" -m venv "$venv"
    fi
}

# One line for every 25 packages, everything into the log.
show_progress() {
    local line count=0
    while IFS= read -r line; do
        printf '%s\n' "$line" >>"$log"
        case $line in
            Collecting\ *) count=$((count + 1)); ((count % 25)) || say "  $count of about $1 packages fetched" ;;
            Installing\ collected*) ((count < 25)) || say "  installing them" ;;
        esac
    done
}

install() {
    if command -v uv >/dev/null; then
        VIRTUAL_ENV=$PWD/$venv uv pip install --no-build-isolation "$@"
        return
    fi
    local total
    total=$(grep -c '^[a-z].*==' requirements/workspace.lock)
    "$venv/bin/python" -m pip install --no-input --disable-pip-version-check --progress-bar off \
        --no-build-isolation "$@" </dev/null 2>&1 | show_progress "$total" || {
        tail -n 20 "$log" >&2
        fail "the installation failed; the whole log is $log. Run the same command again to retry."
    }
}

set_up() {
    # law's own program starts with the line "#!<path of python>", which ends at the first space.
    [[ $PWD != *[[:space:]]* ]] || fail "the path of this folder has a space in it: $PWD" \
        "law cannot be started from such a path: move or clone the repository elsewhere."
    if [[ -e $venv || -L $venv ]] && ! is_usable; then rm -rf "$venv"; fi
    if [[ ! -e $venv ]]; then make_venv; fi
    local locked
    locked=$(state_of_locked)
    : >"$log"
    if [[ ! -f $stamp || $(<"$stamp") != "$locked"* ]]; then
        say "installing the locked packages into $venv, 1.4 GB; this takes two to four minutes, once"
        touch "$unfinished"
        install --require-hashes -r requirements/build.lock
        # Only law comes as source; it is built with the setuptools that was just installed.
        install --require-hashes --only-binary :all: --no-binary law -r requirements/workspace.lock
    fi
    say "installing caselaw and griddav themselves into $venv, editable"
    install --no-deps -e . -e ./griddav
    state >"$stamp.new"
    mv "$stamp.new" "$stamp"
    rm -f "$unfinished"
}

if up_to_date; then exit 0; fi
exec 9>"$venv.lock"
if command -v flock >/dev/null && ! flock --nonblock 9; then
    say "another set-up is at work here: waiting for it"
    flock 9
    if up_to_date; then exit 0; fi
fi
set_up
