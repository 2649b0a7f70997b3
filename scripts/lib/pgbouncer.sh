# shellcheck shell=bash
# pgbouncer, for the test of the Postgres mirror behind a pooler. It is not started: the test runs one of its own.

name_pgbouncer() { printf 'pgbouncer'; }
have_pgbouncer() { [[ -n $TOKENKEEP_TEST_PGBOUNCER && -x $TOKENKEEP_TEST_PGBOUNCER ]]; }
install_pgbouncer() {
    can_apt || because "No pgbouncer was found for the tests, and installing it needs root." \
        "Ask an administrator for: apt-get install pgbouncer" \
        "or set TOKENKEEP_TEST_PGBOUNCER to its path. Then run the same command again."
    local code=0
    without_services apt_install pgbouncer || code=$?
    # Nor at the next start of the machine.
    if command -v systemctl >/dev/null; then systemctl disable pgbouncer.service || true; fi
    return "$code"
}
after_pgbouncer() {
    if ! have_pgbouncer; then TOKENKEEP_TEST_PGBOUNCER=$(PATH=$PATH:/usr/sbin command -v pgbouncer || true); fi
}
