# shellcheck shell=bash
# A Python with the cryptography package, for the test that exchanges Fernet tokens with somebody else's code.

name_python() { printf 'Python cryptography %s' "$PYTHON_CRYPTOGRAPHY_VERSION"; }
have_python() {
    # A look at the files, not an import: this runs before every test run.
    [[ -x $TOKENKEEP_TEST_PYTHON ]] || return 1
    # A Python that you named yourself is yours to keep up to date.
    [[ $TOKENKEEP_TEST_PYTHON != "$TK_CACHE"/* ]] ||
        compgen -G "$TK_CACHE/python/lib/python3*/site-packages/cryptography-$PYTHON_CRYPTOGRAPHY_VERSION.dist-info" >/dev/null
}
install_python() {
    local venv=$TK_CACHE/python
    python_venv "$venv"
    "$venv/bin/python3" -m pip install --quiet --disable-pip-version-check "cryptography==$PYTHON_CRYPTOGRAPHY_VERSION"
    "$venv/bin/python3" -c 'import cryptography.fernet'
}

# python_venv DIR: a Python of its own in DIR, from the beginning.
python_venv() {
    rm -rf "$1"
    if ! command -v python3 >/dev/null || ! python3 -m venv "$1"; then
        can_apt || because "Python 3 with its venv module is needed. On Debian: apt-get install python3-venv" \
            "Then run the same command again."
        apt_install python3 python3-venv
        rm -rf "$1"
        python3 -m venv "$1"
    fi
}
