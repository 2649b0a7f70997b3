# shellcheck shell=bash
# What `make bench` measures beside Tokenkeep (bench/peers). None of them is needed for anything else, and what cannot be had is left out.

PEERS_ALL=(peer_nginx peer_haproxy peer_fastapi peer_better_auth)

name_peer_nginx() { printf 'nginx with Lua'; }
have_peer_nginx() { have_nginx && [[ -e /usr/lib/nginx/modules/ngx_http_lua_module.so ]]; }
install_peer_nginx() { apt_install_quiet libnginx-mod-http-lua lua-resty-core; }

name_peer_haproxy() { printf 'haproxy'; }
have_peer_haproxy() { command -v haproxy >/dev/null; }
install_peer_haproxy() { apt_install_quiet haproxy; }

# apt_install_quiet PACKAGE...: without starting what they bring as a service.
apt_install_quiet() {
    can_apt || because "Installing $* needs root."
    local code=0
    without_services apt_install "$@" || code=$?
    return "$code"
}

PEER_FASTAPI=$TK_CACHE/peers/fastapi
export BENCH_FASTAPI_PYTHON=
name_peer_fastapi() { printf 'FastAPI with SQLAlchemy'; }
have_peer_fastapi() {
    [[ -r $PEER_FASTAPI/installed-from ]] && cmp -s "$PEER_FASTAPI/installed-from" "$TK_ROOT/bench/peers/fastapi/requirements.txt" || return 1
    BENCH_FASTAPI_PYTHON=$PEER_FASTAPI/bin/python3
}
install_peer_fastapi() {
    local requirements=$TK_ROOT/bench/peers/fastapi/requirements.txt
    rm -rf "$PEER_FASTAPI"
    mkdir -p "$(dirname "$PEER_FASTAPI")"
    python3 -m venv "$PEER_FASTAPI" || return 1
    "$PEER_FASTAPI/bin/python3" -m pip install --quiet --disable-pip-version-check --no-deps -r "$requirements" || return 1
    cp "$requirements" "$PEER_FASTAPI/installed-from"
}

name_peer_better_auth() { printf 'better-auth'; }
have_peer_better_auth() { npm_current "$TK_ROOT/bench/peers/better-auth"; }
install_peer_better_auth() { npm_install "$TK_ROOT/bench/peers/better-auth"; }

# install_peers: those that are missing, as far as that goes.
install_peers() {
    local peer log
    for peer in "${PEERS_ALL[@]}"; do
        if "have_$peer"; then continue; fi
        log=$TK_CACHE/log/$peer.log
        mkdir -p "$TK_CACHE/log"
        say "Installing $("name_$peer") to measure it"
        # What cannot be installed is said, and does not end the rest.
        if ! ("install_$peer") >"$log" 2>&1 || ! "have_$peer"; then
            say "$("name_$peer"): left out, it could not be installed. The log is .cache/log/$peer.log"
        fi
    done
}
