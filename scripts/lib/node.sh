# shellcheck shell=bash
# Packages from npm, at the versions of the committed lock files.

# npm_stamp DIR: what DIR/node_modules was installed from.
npm_stamp() { sha256sum <"$1/package-lock.json"; }
npm_current() { [[ -r $1/node_modules/.installed-from && $(<"$1/node_modules/.installed-from") == "$(npm_stamp "$1")" ]]; }

npm_install() {
    require_node
    npm --prefix "$1" ci --no-audit --no-fund --ignore-scripts
    npm_stamp "$1" >"$1/node_modules/.installed-from"
}

require_node() {
    local major
    if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
        because "Node $NODE_MIN_MAJOR or newer with npm is needed, and was not found. Install it and run the same command again."
    fi
    major=$(node -p 'process.versions.node.split(".")[0]')
    if ((major < NODE_MIN_MAJOR)); then
        because "Node $NODE_MIN_MAJOR or newer is needed; this is $(node --version). Install a newer one and run the same command again."
    fi
}

name_styles() { printf 'Tailwind and wasm-opt'; }
have_styles() { npm_current "$TK_ROOT"; }
install_styles() { npm_install "$TK_ROOT"; }

name_playwright() { printf 'Playwright'; }
have_playwright() { [[ ! -e $TK_ROOT/end2end/package-lock.json ]] || npm_current "$TK_ROOT/end2end"; }
install_playwright() { npm_install "$TK_ROOT/end2end"; }

name_workers() { printf 'The Workers runtime'; }
have_workers() { npm_current "$TK_ROOT/crates/storage/tests/kv/cloudflare"; }
install_workers() { npm_install "$TK_ROOT/crates/storage/tests/kv/cloudflare"; }
