# shellcheck shell=bash
# The pinned Rust with clippy, rustfmt and the browser target, and the tools that cargo builds.

name_rust() { printf 'Rust %s and its browser target' "$RUST_CHANNEL"; }
# Rust links with the C compiler.
have_rust() { [[ $TK_RUST != missing ]] && command -v cc >/dev/null; }
install_rust() {
    if ! command -v cc >/dev/null; then
        can_apt || because "A C compiler is needed to link. On Debian: apt-get install build-essential" \
            "Then run the same command again."
        apt_install build-essential
    fi
    if [[ $TK_RUST != missing ]]; then return 0; fi
    if command -v rustup >/dev/null; then
        if rust_by_rustup; then return 0; fi
        echo "rustup could not provide Rust $RUST_CHANNEL; trying Debian's packages of the same version."
    fi
    if can_apt; then
        rust_by_debian
        return 0
    fi
    if command -v rustup >/dev/null; then
        because "rustup could not install Rust $RUST_CHANNEL with the wasm32-unknown-unknown target." \
            "If the network is down, connect and run the same command again." \
            "If rustup's server is closed to you, run this once as root on Debian: it uses Debian's packages instead."
    fi
    because "No rustup was found, and Rust $RUST_CHANNEL is not installed." \
        "Install rustup and run the same command again, or run it once as root on Debian, which uses Debian's packages."
}
after_rust() { choose_rust; }

# toolchain_list KEY: the strings of a list in rust-toolchain.toml.
toolchain_list() {
    sed -n "s/^$1 *= *\[\(.*\)\].*/\1/p" "$TK_ROOT/rust-toolchain.toml" | tr -d '" ' | tr ',' '\n'
}

rust_by_rustup() {
    local arguments=() part
    for part in $(toolchain_list components); do arguments+=(--component "$part"); done
    for part in $(toolchain_list targets); do arguments+=(--target "$part"); done
    rustup toolchain install "$RUST_CHANNEL" --profile minimal --no-self-update "${arguments[@]}" || return 1
    # rustup can leave out a target without an error: look, rather than find out from a build.
    rustup_sysroot >/dev/null || return 1
}

# Debian's Rust has no standard library for wasm32-unknown-unknown, so it is built once from Debian's own source package
# and laid where `rustup target add` would put it.
rust_by_debian() {
    local crate=$TK_CACHE/wasm-std sysroot built version
    apt_install rustc-web cargo-web rust-web-src rust-web-llvm lld-22 rustfmt-web rust-web-clippy
    version=$(/usr/bin/rustc --version)
    if [[ $version != "rustc $RUST_CHANNEL "* ]]; then
        because "Debian offers $version, but Tokenkeep is built with $RUST_CHANNEL." \
            "Install rustup and run the same command again."
    fi
    sysroot=$(/usr/bin/rustc --print sysroot)
    if ! has_wasm_std "$sysroot/lib"; then
        rm -rf "$crate"
        mkdir -p "$crate/src"
        printf '[package]\nname = "wasm-std"\nversion = "0.0.0"\nedition = "2024"\n[workspace]\n' >"$crate/Cargo.toml"
        printf '#![no_std]\n' >"$crate/src/lib.rs"
        (
            cd "$crate" || exit 1
            export PATH=/usr/bin:$PATH RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=target
            export RUSTFLAGS="-Cembed-bitcode=yes -Cdebuginfo=0"
            /usr/bin/cargo build --release --target wasm32-unknown-unknown \
                -Zbuild-std=std,panic_abort,panic_unwind,proc_macro,test
        )
        built=$sysroot/lib/rustlib/wasm32-unknown-unknown/lib
        mkdir -p "$built"
        find "$crate/target/wasm32-unknown-unknown/release/deps" -name '*.rlib' ! -name 'libwasm_std-*' \
            -exec cp -t "$built" {} +
        rm -rf "$crate"
    fi
    debian_rust_complete || because "Debian's Rust is installed but its browser target is not complete." \
        "Install rustup and run the same command again."
}

# answers PROGRAM ARGUMENT... VERSION: does the program on PATH say that version?
answers() {
    local version=${*: -1}
    [[ " $("${@:1:$#-1}" 2>/dev/null | head -n 1) " == *" $version "* ]]
}

# cargo_tool NAME VERSION [OPTION...]: builds a tool from its crate into a directory of its own. Without its own release
# profile: link-time optimisation costs more than the tools ever give back here.
cargo_tool() {
    local name=$1 version=$2 build=$TK_CACHE/build/$1
    shift 2
    # From the checkout, so that rust-toolchain.toml chooses the compiler. What an interrupted run compiled is kept.
    cd "$TK_ROOT" || return 1
    env -u RUSTFLAGS -u CARGO_BUILD_TARGET \
        CARGO_TARGET_DIR="$build" CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
        CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_DEBUG=0 CARGO_PROFILE_RELEASE_PANIC=unwind \
        cargo install "$name" --version "$version" --root "$TK_TOOLS/$name-$version" --no-track "$@"
    rm -rf "$build"
}

name_cargo_leptos() { printf 'cargo-leptos %s' "$CARGO_LEPTOS_VERSION"; }
have_cargo_leptos() { answers cargo-leptos --version "$CARGO_LEPTOS_VERSION"; }
install_cargo_leptos() { cargo_tool cargo-leptos "$CARGO_LEPTOS_VERSION" --locked --features no_downloads; }
about_cargo_leptos() { printf 'compiled once, about 8 minutes on 2 cores'; }

name_wasm_bindgen() { printf 'wasm-bindgen %s' "$WASM_BINDGEN_VERSION"; }
have_wasm_bindgen() { answers wasm-bindgen --version "$WASM_BINDGEN_VERSION"; }
# Without --locked: its lock file names a version that was withdrawn.
install_wasm_bindgen() { cargo_tool wasm-bindgen-cli "$WASM_BINDGEN_VERSION"; }
about_wasm_bindgen() { printf 'compiled once, about 2 minutes on 2 cores'; }

name_nextest() { printf 'cargo-nextest %s' "$CARGO_NEXTEST_VERSION"; }
have_nextest() { answers cargo-nextest nextest --version "$CARGO_NEXTEST_VERSION"; }
install_nextest() {
    cargo_tool cargo-nextest "$CARGO_NEXTEST_VERSION" --locked --no-default-features --features default-no-update
}
about_nextest() { printf 'compiled once, about 4 minutes on 2 cores'; }

name_fuzz() { printf 'cargo-fuzz %s' "$CARGO_FUZZ_VERSION"; }
have_fuzz() { answers cargo-fuzz --version "$CARGO_FUZZ_VERSION"; }
install_fuzz() { cargo_tool cargo-fuzz "$CARGO_FUZZ_VERSION" --locked; }
about_fuzz() { printf 'compiled once, about 1 minute on 2 cores'; }
