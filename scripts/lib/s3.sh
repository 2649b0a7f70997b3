# shellcheck shell=bash
# Two S3 servers for the tests of the S3 mirror, which start their own, as they need them.

name_s3s_fs() { printf 's3s-fs %s' "$S3S_FS_VERSION"; }
# It does not tell its version; its directory does. One that you named yourself is yours to keep up to date.
have_s3s_fs() { [[ -x $TOKENKEEP_TEST_S3S ]]; }
install_s3s_fs() { cargo_tool s3s-fs "$S3S_FS_VERSION" --locked --features binary; }
about_s3s_fs() { printf 'compiled once, about 3 minutes on 2 cores'; }

name_moto() { printf 'moto %s' "$MOTO_VERSION"; }
have_moto() { [[ -x $TOKENKEEP_TEST_MOTO ]]; }
install_moto() {
    local venv=$TK_CACHE/moto-$MOTO_VERSION
    python_venv "$venv"
    "$venv/bin/python3" -m pip install --quiet --disable-pip-version-check "moto[server]==$MOTO_VERSION"
}
