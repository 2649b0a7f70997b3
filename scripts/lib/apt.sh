# shellcheck shell=bash
# Debian packages, for root only: nothing here asks for a password.

can_apt() { [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; }

# apt_install PACKAGE...: reads the package lists first, once a run.
apt_install() {
    export DEBIAN_FRONTEND=noninteractive
    local fresh=$TK_CACHE/apt-lists.$$
    if [[ ! -e $fresh ]]; then
        # One list that cannot be read need not be the one that matters: the install decides.
        apt-get update || echo "Some package lists could not be read."
        : >"$fresh"
    fi
    # Configuration files that somebody edited stay as they are.
    apt-get install -y --no-install-recommends -o Dpkg::Options::=--force-confold -o DPkg::Lock::Timeout=120 "$@"
}

# packaged NAME...: are these Debian packages installed?
packaged() {
    local name
    command -v dpkg-query >/dev/null || return 1
    for name in "$@"; do
        [[ $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) == installed ]] || return 1
    done
}

# without_services COMMAND...: a package's service is started when it is installed, unless a program says no (invoke-rc.d).
without_services() {
    local policy=/usr/sbin/policy-rc.d ours= code=0
    if [[ ! -e $policy ]]; then
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 755 "$policy"
        ours=yes
    fi
    "$@" || code=$?
    if [[ -n $ours ]]; then rm -f "$policy"; fi
    return "$code"
}
