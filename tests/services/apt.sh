# Sourced by the scripts beside this one: Debian packages that tests need, installed when they are missing and we may.

# provide SERVICE PACKAGE…: install the packages unless the function `works` says that all is there
provide() {
    local service=$1
    shift
    if works; then return; fi
    command -v apt-get >/dev/null || missing "$service" "not found, and there is no apt here to install it"
    ((EUID == 0)) || missing "$service" "not found, and only root can install it: sudo apt install $*"
    echo "$service: installing it through apt, once"
    install "$@" || missing "$service" "apt could not install it"
    works || missing "$service" "what apt installed does not do: $*"
}

missing() {
    printf '%s: %s; the tests that need it will be skipped\n' "$@" >&2
    exit 77
}

install() {
    log=$(mktemp)
    policy=/usr/sbin/policy-rc.d    # apt asks it whether a service may start: ours shall not, the tests start their own
    trap 'rm -f "$log"; [[ -z ${refused:-} ]] || rm -f "$policy"' EXIT
    if [[ ! -e $policy ]]; then
        refused=yes
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod +x "$policy"
    fi
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update && apt-get install --yes --no-install-recommends "$@"; } >"$log" 2>&1 ||
        { tail -n 5 "$log" >&2; return 1; }
}
