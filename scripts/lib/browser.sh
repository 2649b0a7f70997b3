# shellcheck shell=bash
# The browser of the end-to-end tests, and fonts that can show every language of the console.

BROWSER_FONTS=(fonts-dejavu-core fonts-noto-cjk)

has_browser() { [[ -n $TOKENKEEP_TEST_CHROMIUM && -x $TOKENKEEP_TEST_CHROMIUM ]]; }
# Elsewhere than on Debian, and without root, the fonts are yours to choose.
has_fonts() { ! can_apt || packaged "${BROWSER_FONTS[@]}"; }

name_browser() { printf 'Chromium and fonts'; }
have_browser() { has_browser && has_fonts; }
install_browser() {
    local wanted=()
    has_browser || wanted+=(chromium)
    has_fonts || wanted+=("${BROWSER_FONTS[@]}")
    if can_apt; then
        apt_install "${wanted[@]}"
        return 0
    fi
    because "No Chromium was found for the end-to-end tests, and installing it needs root." \
        "Ask an administrator for: apt-get install chromium ${BROWSER_FONTS[*]}" \
        "or set TOKENKEEP_TEST_CHROMIUM to the path of a Chromium or Chrome you have. Then run the same command again."
}
after_browser() {
    if ! has_browser; then TOKENKEEP_TEST_CHROMIUM=$(command -v chromium || true); fi
}
