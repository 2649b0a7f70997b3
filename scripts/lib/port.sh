# shellcheck shell=bash
# Is the address free that the server is about to take?

# require_free ADDRESS COMMAND: stops with advice when something already listens on ADDRESS (host:port).
require_free() {
    local address=$1 host port owner=
    port=${address##*:}
    host=${address%:*}
    host=${host#[}
    host=${host%]}
    # A server that listens everywhere also answers here.
    if [[ $host == 0.0.0.0 || $host == :: || $host == '*' ]]; then host=127.0.0.1; fi
    if ! (exec 3<>"/dev/tcp/$host/$port") 2>/dev/null; then return 0; fi
    if command -v ss >/dev/null; then
        owner=$(ss -Hltnp "sport = :$port" 2>/dev/null | sed -n 's/.*users:(("\([^"]*\)",pid=\([0-9]*\).*/ (\1, process \2)/p' | head -n 1)
    fi
    stop "$address is already in use$owner. Stop that program, or choose another address:" \
        "    TOKENKEEP_LISTEN=${address%:*}:$((port + 10)) $2"
}
