# shellcheck shell=bash
# Git and fcgiwrap, for the tests of the Git mirror over HTTP. Not started: the tests run one of their own behind nginx.

name_git_http() { printf 'git over HTTP'; }
have_git_http() {
    [[ -n $TOKENKEEP_TEST_FCGIWRAP && -x $TOKENKEEP_TEST_FCGIWRAP ]] || return 1
    command -v git >/dev/null && [[ -x $(git --exec-path)/git-http-backend ]]
}
install_git_http() {
    can_apt || because "Git with its http-backend, or fcgiwrap, was not found for the tests, and installing them needs root." \
        "Ask an administrator for: apt-get install git fcgiwrap" \
        "or set TOKENKEEP_TEST_FCGIWRAP to its path. Then run the same command again."
    local code=0
    without_services apt_install git fcgiwrap || code=$?
    # Nor at the next start of the machine.
    if command -v systemctl >/dev/null; then systemctl disable fcgiwrap.service fcgiwrap.socket || true; fi
    return "$code"
}
after_git_http() {
    if ! have_git_http; then TOKENKEEP_TEST_FCGIWRAP=$(PATH=$PATH:/usr/sbin command -v fcgiwrap || true); fi
}
