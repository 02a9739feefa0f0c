# shellcheck shell=bash
# What the scripts of this folder share: where the project is, how to speak, how to get Debian's packages.
# Source it; it runs nothing.

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
tools=$project/.build/tools

bold='' dim='' red='' plain=''
if [[ -t 1 && -z ${NO_COLOR:-} ]]; then
    bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' plain=$'\e[0m'
fi

# Prints a heading: what happens now.
heading() {
    printf '%s== %s%s\n' "$bold" "$*" "$plain"
}

# Prints a remark.
note() {
    printf '%s%s%s\n' "$dim" "$*" "$plain"
}

# Says on stderr what failed and what to do next, one line an argument, and ends the script.
die() {
    printf '%serror:%s %s\n' "$red" "$plain" "$1" >&2
    shift
    (($# == 0)) || printf '       %s\n' "$@" >&2
    exit 1
}

# Prints the comment at the top of a script, which is its help.
print_help() {
    awk 'NR > 1 && !/^#/ { exit } NR > 1 { sub(/^# ?/, ""); print }' "$1"
}

# Runs a command as root: as it is, or with sudo.
as_root() {
    if ((EUID == 0)); then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "this needs root, and there is no sudo: $*" "Run it as root, then start again."
    fi
}

# Runs apt-get update, once in a run of a script.
update_package_lists() {
    [[ -z ${package_lists_updated:-} ]] || return 0
    as_root apt-get update -qq -o DPkg::Lock::Timeout=300
    package_lists_updated=yes
}

# Downloads packages into the current folder, with new package lists where those at hand do not do.
download_packages() {
    # apt would warn that its own user may not write here.
    local download=(apt-get download -qq -o APT::Sandbox::User="$(id -un)")
    "${download[@]}" "$@" 2>/dev/null || { update_package_lists && "${download[@]}" "$@"; }
}

# Unpacks packages into a folder without installing them: unpack_packages FOLDER PACKAGE...
# No maintainer script runs, and root is needed only where the package lists are missing.
unpack_packages() {
    local folder=$1 work
    shift
    mkdir -p "$folder" "$tools"
    work=$(mktemp -d "$tools/download.XXXXXX")
    if ! (cd "$work" && download_packages "$@"); then
        rm -r -- "$work"
        die "cannot get $* from Debian's packages"
    fi
    for package in "$work"/*.deb; do
        dpkg-deb -x "$package" "$folder"
    done
    rm -r -- "$work"
}

# Prints the path of Debian's registry: named by the operator, installed, or unpacked by script/bootstrap.
registry_program() {
    local unpacked=$tools/docker-registry/usr/bin/docker-registry
    if [[ -n ${WAFER_DOCKER_REGISTRY:-} ]]; then
        printf '%s\n' "$WAFER_DOCKER_REGISTRY"
    elif command -v docker-registry; then
        return
    elif [[ -x $unpacked ]]; then
        printf '%s\n' "$unpacked"
    fi
}

# Prints "1 minute 5 seconds" for a number of seconds.
duration() {
    if (($1 >= 60)); then printf '%d min %d s' $(($1 / 60)) $(($1 % 60)); else printf '%d s' "$1"; fi
}
