# shellcheck shell=bash
# libfaketime, for the test of a server whose clock is wrong.

name_faketime() { printf 'libfaketime'; }
have_faketime() { [[ -n $TOKENKEEP_TEST_FAKETIME && -r $TOKENKEEP_TEST_FAKETIME ]]; }
install_faketime() {
    can_apt || because "No libfaketime was found for the tests, and installing it needs root." \
        "Ask an administrator for: apt-get install libfaketime" \
        "or set TOKENKEEP_TEST_FAKETIME to the path of libfaketimeMT.so.1. Then run the same command again."
    apt_install libfaketime
}
after_faketime() {
    if ! have_faketime; then TOKENKEEP_TEST_FAKETIME=$(find_faketime); fi
}
