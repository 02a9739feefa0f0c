# shellcheck shell=bash
# Builds in release mode: what script/test and script/quickstart build, they share. Source it after common.sh.

build_log=${project:?}/.build/build.log

# Builds what the options of 'swift build' say: --build-tests (everything) or --product wafer. Shows where it is on a
# terminal, and the compiler's errors where it fails.
build() {
    local started=$SECONDS
    heading "Building in release mode (from clean it takes about ten minutes on two cores)"
    mkdir -p "$project/.build"
    if ! swift build --configuration release "$@" 2>&1 | tee "$build_log" | show_progress; then
        grep -E '(^|: )error:' "$build_log" | sort -u | sed 40q >&2 || tail -n 40 "$build_log" >&2
        die "the build failed" "Its whole output: $build_log"
    fi
    note "built in $(duration $((SECONDS - started)))"
}

# Keeps the last line of the input on the screen, where there is a screen.
show_progress() {
    if [[ -t 1 ]]; then
        awk '{ printf "\r\033[K%.78s", $0; fflush() } END { printf "\r\033[K" }'
    else
        cat >/dev/null
    fi
}
