# shellcheck shell=bash
# How scripts talk to people: one line a step, with a count and the time so far. A terminal gets a live counter; a log
# gets a line at the start, one at the end, and one a minute in between, so that a silent hour cannot happen.

STEP=0
STEPS=0

say() { printf '%s\n' "$*"; }
complain() { printf '%s\n' "$*" >&2; }

# stop TEXT...: ends the script, saying what to do. Each argument is a line.
stop() {
    printf '%s\n' "$@" >&2
    exit 1
}

# elapsed SECONDS: "42 s" or "3 min 05 s".
elapsed() {
    if (($1 < 60)); then printf '%d s' "$1"; else printf '%d min %02d s' $(($1 / 60)) $(($1 % 60)); fi
}

# because TEXT...: called inside a task that cannot go on; the text replaces the guess of `explain`. Ends the task.
because() {
    if [[ -n ${TASK_REASON:-} ]]; then printf '%s\n' "$@" >"$TASK_REASON"; else complain "$@"; fi
    exit 1
}

# progress LOG: the last thing a build said about itself: cargo's count, else nothing.
progress() {
    local count
    count=$(tail -c 4000 "$1" 2>/dev/null | tr '\r' '\n' | grep -aoE '\] [0-9]+/[0-9]+' | tail -n 1 | cut -c3-) || true
    if [[ -n $count ]]; then printf ', %s' "$count"; fi
}

# tick LOG LABEL ABOUT PARENT: runs beside a task until it is killed, or until the script that started it is gone.
tick() {
    local log=$1 label=$2 about=$3 parent=$4 seconds=0 every=60
    if [[ -t 1 ]]; then every=1; fi
    while sleep "$every" && kill -0 "$parent" 2>/dev/null; do
        seconds=$((seconds + every))
        if [[ -t 1 ]]; then
            printf '\r\033[K%s … %s%s' "$label$about" "$(elapsed $seconds)" "$(progress "$log")"
        else
            say "$label: still working, $(elapsed $seconds)$(progress "$log")"
        fi
    done
}

# What a script has to tidy up; it defines this anew.
cleanup() { :; }
trap 'stop_ticker; cleanup' EXIT

TICKER=
stop_ticker() {
    if [[ -n $TICKER ]]; then
        # The ticker runs in a process group of its own, together with the sleep it waits for.
        kill -- "-$TICKER" 2>/dev/null || true
        wait "$TICKER" 2>/dev/null || true
        TICKER=
    fi
}

# explain LOG: says, from what the failed command printed, what a person can do about it.
explain() {
    local network='could not resolve|couldn.t resolve|temporary failure (in name )?resol|name or service not known|eai_again|enotfound|econnrefused|etimedout|econnreset|network is unreachable|failed to connect|could not connect|unable to connect|connection (refused|timed out|reset)|error sending request|failed to fetch|failed to download|download of .* failed|spurious network error|unable to update registry|no route to host|newconnectionerror|max retries exceeded'
    if grep -qiE "$network" "$1"; then
        complain "The network did not answer. Check the connection, and HTTPS_PROXY if you are behind a proxy, then run the"
        complain "same command again: finished steps are kept."
    elif grep -qiE 'no space left on device' "$1"; then
        complain "The disk is full. Tokenkeep needs about 6 GB to build and test; free some and run the same command again."
    elif grep -qiE 'permission denied|eacces' "$1"; then
        complain "A file or directory could not be written. The lines above name it; give $(id -un) access and run the same"
        complain "command again."
    else
        complain "The lines above say why. When it is mended, run the same command again: finished steps are kept."
    fi
}

# task LABEL COMMAND...: runs COMMAND, output to a log, with a live counter. On failure shows the end of the log and ends
# the script. TASK_ABOUT is said beside the label while it runs.
task() {
    local label=$1 about=${TASK_ABOUT:+ ($TASK_ABOUT)} log code=0 start=$SECONDS
    shift
    mkdir -p "$TK_CACHE/log"
    log=$TK_CACHE/log/$(printf '%s' "$label" | sed 's/^\[[^]]*\] *//' | tr -cs 'A-Za-z0-9.-' '-' | sed 's/-*$//').log
    : >"$log"
    TASK_REASON=$log.reason
    rm -f "$TASK_REASON"
    if [[ -t 1 ]]; then printf '%s …' "$label$about"; else say "$label: started$about"; fi
    set -m
    tick "$log" "$label" "$about" $$ 8>&- 9>&- &
    TICKER=$!
    set +m
    INTERRUPTED=
    trap 'INTERRUPTED=yes' INT
    # No `if` and no `||` around it: inside those, bash would ignore `set -e` in the command. The locks (8 and 9) stay with
    # this script: a compiler that outlives it must not hold them.
    set +e
    (
        set -e
        # Cargo counts for us even though it writes to a file.
        export CARGO_TERM_PROGRESS_WHEN=always CARGO_TERM_PROGRESS_WIDTH=100 CARGO_TERM_COLOR=never
        "$@"
    ) >"$log" 2>&1 </dev/null 8>&- 9>&-
    code=$?
    set -e
    trap - INT
    stop_ticker
    if [[ -t 1 ]]; then printf '\r\033[K'; fi
    if ((code == 0)); then
        say "$label: done in $(elapsed $((SECONDS - start)))"
        return 0
    fi
    if [[ -n $INTERRUPTED ]]; then
        say "$label: interrupted after $(elapsed $((SECONDS - start)))"
        exit 130
    fi
    say "$label: stopped after $(elapsed $((SECONDS - start)))"
    complain ""
    if [[ -s $TASK_REASON ]]; then
        cat "$TASK_REASON" >&2
    else
        tr '\r' '\n' <"$log" | sed 's/\x1b\[[0-9;]*m//g' | grep -avE '^ *(Building|Fetch) +\[|^$' | tail -n 40 | sed 's/^/    /' >&2
        complain ""
        explain "$log"
    fi
    complain "Everything it printed: ${log#"$TK_ROOT"/}"
    exit 1
}

# A step is counted once; its label stands in front of everything said about it.
count_step() { STEP=$((STEP + 1)); }
label() { printf '[%d/%d] %s' "$STEP" "$STEPS" "$1"; }
