# shellcheck shell=bash
# valgrind, whose callgrind counts the instructions of a request (make bench-counts).

name_valgrind() { printf 'valgrind'; }
have_valgrind() { command -v valgrind >/dev/null && command -v callgrind_control >/dev/null; }
install_valgrind() {
    can_apt || because "valgrind was not found, and installing it needs root." \
        "Ask an administrator for: apt-get install valgrind" "Then run the same command again."
    apt_install valgrind
}
