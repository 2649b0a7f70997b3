# shellcheck shell=bash
# nginx, for the test that runs the recipe of deploy/nginx. It is not started: the test runs one of its own, as it needs it.

name_nginx() { printf 'nginx'; }
have_nginx() { [[ -n $TOKENKEEP_TEST_NGINX && -x $TOKENKEEP_TEST_NGINX ]]; }
install_nginx() {
    can_apt || because "No nginx was found for the tests, and installing it needs root." \
        "Ask an administrator for: apt-get install nginx-light" \
        "or set TOKENKEEP_TEST_NGINX to the path of an nginx with the auth request module. Then run the same command again."
    local code=0
    without_services apt_install nginx-light || code=$?
    # Nor at the next start of the machine.
    if command -v systemctl >/dev/null; then systemctl disable nginx.service || true; fi
    return "$code"
}
after_nginx() {
    if ! have_nginx; then TOKENKEEP_TEST_NGINX=$(PATH=$PATH:/usr/sbin command -v nginx || true); fi
}
