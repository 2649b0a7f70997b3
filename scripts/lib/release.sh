# shellcheck shell=bash disable=SC2034 # TASK_ABOUT is read by task
# The release build, and knowing without cargo whether it is still the one these sources make.

RELEASE_BINARY=$TK_TARGET/release/tokenkeep
RELEASE_SITE=$TK_TARGET/site
RELEASE_STAMP=$TK_TARGET/tokenkeep-release.stamp

# Compressed ahead, for the server to send as it is; the browser's code in parts (app/src/behind.rs), which only fit with --split.
RELEASE_FLAGS=(--release --precompress --split)

# Everything that goes into the binary and the site. What is not listed cannot change them.
RELEASE_INPUTS=(Cargo.toml Cargo.lock .cargo rust-toolchain.toml package.json package-lock.json scripts/versions
    app frontend server crates style public migrations .sqlx)

# release_inputs: one hash over the sources, by content, and over what compiles them.
release_inputs() {
    local existing=() input
    for input in "${RELEASE_INPUTS[@]}"; do
        if [[ -e $TK_ROOT/$input ]]; then existing+=("$input"); fi
    done
    (
        cd "$TK_ROOT" || exit 1
        printf '%s\n' "$TK_RUST" "$WASM_BINDGEN_VERSION" "${RUSTFLAGS:-}" "${RELEASE_FLAGS[@]}"
        find "${existing[@]}" -type d \( -name target -o -name node_modules \) -prune -o -type f -print0 |
            LC_ALL=C sort -z | xargs -0 -r sha256sum
    ) | sha256sum
}

# release_outputs: what was built, by size and time: another build into the same place shows.
release_outputs() {
    find "$RELEASE_BINARY" "$RELEASE_SITE" -type f -printf '%p %s %T@\n' 2>/dev/null | LC_ALL=C sort | sha256sum
}

release_current() {
    [[ -x $RELEASE_BINARY && -d $RELEASE_SITE && -r $RELEASE_STAMP ]] &&
        [[ $(<"$RELEASE_STAMP") == "$1"$'\n'"$(release_outputs)" ]]
}

# build_release: brings the release up to date.
build_release() {
    local inputs
    exec 8>"$TK_CACHE/release.lock"
    if ! flock -n 8; then
        say "Another build is at work in this checkout; waiting for it"
        flock 8
    fi
    inputs=$(release_inputs)
    if release_current "$inputs"; then
        say "Release build: up to date"
    else
        count_step
        TASK_ABOUT=
        if [[ ! -e $RELEASE_BINARY ]]; then TASK_ABOUT='the first time about 8 minutes on 2 cores'; fi
        task "$(label 'Release build: server, browser code, styles')" leptos_build
        printf '%s\n%s\n' "$inputs" "$(release_outputs)" >"$RELEASE_STAMP"
    fi
    exec 8>&-
}

leptos_build() {
    cd "$TK_ROOT" || return 1
    rm -f "$RELEASE_STAMP"
    # Written anew as a whole; a part that no longer exists must not stay behind and be served.
    rm -rf "$RELEASE_SITE/pkg"
    # A backtrace of cargo-leptos would only bury what it has to say.
    RUST_BACKTRACE=0 cargo-leptos build "${RELEASE_FLAGS[@]}"
    [[ -x $RELEASE_BINARY ]] || because "The build ended, but $RELEASE_BINARY is not there."
}
