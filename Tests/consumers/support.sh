# shellcheck shell=bash disable=SC2034,SC2154
# What Tests/consumers/run needs for every consumer: results, users, processes that are held. Source it after common.sh.

count_ok=0 count_failed=0 count_skipped=0
# A command in front of others that ends them in time, where one is needed.
limit=()

ok() {
    count_ok=$((count_ok + 1))
    printf 'ok       %s%s\n' "$1" "${2:+ ($2)}"
}

failed() {
    count_failed=$((count_failed + 1))
    printf '%sFAILED%s   %s\n' "$red" "$plain" "$1"
    printf '%s\n' "${2:-}" | head -n 14 | sed 's/^/           /'
}

skipped() {
    count_skipped=$((count_skipped + 1))
    printf 'skipped  %s: %s\n' "$1" "$2"
}

# Runs a command, and tells whether its status is 0: check NAME COMMAND...
# The last line that it prints goes beside an ok, all of it below a failure.
check() {
    local name=$1 said
    shift
    if said=$("$@" 2>&1 </dev/null); then
        ok "$name" "$(tail -n 1 <<<"$said")"
    else
        failed "$name" "$said"
    fi
}

have() {
    command -v "$1" >/dev/null
}

# Finds the user, and makes the folder of this run.
prepare() {
    local program
    for program in python3 nsenter setpriv timeout; do
        have "$program" || die "$program is missing" "Install python3, util-linux and coreutils."
    done
    if ((EUID != 0)); then
        user=$(id -un)
    elif [[ -z $user ]]; then
        user=$(awk -F: 'NR == 1 { print $1 }' /etc/subuid 2>/dev/null)
    fi
    if [[ -n $user ]]; then
        user_id=$(id -u -- "$user") || die "no such user: $user" "Name another one with --user."
        group_id=$(id -g -- "$user")
        user_home=$(getent passwd "$user" | cut -d : -f 6)
    fi
    work=$(mktemp -d)
    chmod 755 "$work"
    mkdir -m 700 "$work/user" "$work/user/run"
    [[ -z $user ]] || ((EUID != 0)) || chown -R "$user_id:$group_id" "$work/user"
    cp "$project/Tests/consumers/inside.py" "$work/"
    chmod 755 "$work/inside.py"
    cd /
}

clean() {
    local pause=$work/user/run/libpod/tmp/pause.pid
    release
    # A held process ends when its input does; podman's own of the user waits for ever.
    [[ ! -s $pause ]] || kill "$(<"$pause")" 2>/dev/null || true
    awk -v work="$work/" 'index($5, work) == 1 { print $5 }' /proc/self/mountinfo | sort --reverse |
        while read -r point; do umount --lazy "$point"; done
    if ((EUID == 0)); then
        rm -rf --one-file-system -- "$work"
    else
        podman unshare rm -rf --one-file-system -- "$work" 2>/dev/null || rm -rf --one-file-system -- "$work"
    fi
}

# Runs a command as the user, with nothing of root's environment.
as_user() {
    local settings=(HOME="$user_home" USER="$user" LOGNAME="$user" PATH="$PATH" TERM=dumb XDG_RUNTIME_DIR="$work/user/run")
    [[ -z ${CONTAINERS_CONF:-} ]] || settings+=(CONTAINERS_CONF="$CONTAINERS_CONF")
    if ((EUID == 0)); then
        setpriv --reuid="$user_id" --regid="$group_id" --init-groups env --ignore-environment "${settings[@]}" "${limit[@]}" "$@"
    else
        env --ignore-environment "${settings[@]}" "${limit[@]}" "$@"
    fi
}

# Says why something of root or of the user cannot be tried: lacks_user NAME WHO
lacks_user() {
    if [[ $2 == root ]] && ((EUID != 0)); then
        skipped "$1" "this needs root"
    elif [[ $2 == user && -z $user ]]; then
        skipped "$1" "no user in /etc/subuid: name one with --user"
    else
        return 1
    fi
}

# Says that a consumer's checks need a shell of the image, where there is none.
lacks_shell() {
    [[ -z $shell ]] || return 1
    skipped "$1" "the image has no sh"
}

# Runs a command in the tree, changing the root and nothing else.
in_tree() {
    if ((EUID == 0)); then chroot "$tree" "$@"; else unshare --map-root-user chroot "$tree" "$@"; fi
}

# What a shell of the image does when it is held: it tells its process, and waits for the end of its input.
wait_script='echo "pid $$"; read -r line'

# Starts a command that runs wait_script, and sets held to its process: hold COMMAND...
hold() {
    local count=0
    mkfifo "$work/held.in"
    "$@" <"$work/held.in" >"$work/held.out" 2>"$work/held.err" &
    held_job=$!
    exec {held_input}>"$work/held.in"
    while ! grep -q '^pid ' "$work/held.out"; do
        if ! kill -0 "$held_job" 2>/dev/null || ((++count > 600)); then
            release
            return 1
        fi
        sleep 0.1
    done
    held=$(sed -n 's/^pid //p' "$work/held.out")
}

# Ends the held process.
release() {
    [[ -n ${held_job:-} ]] || return 0
    exec {held_input}>&-
    wait "$held_job" 2>/dev/null || true
    held_job=''
    rm -f -- "$work/held.in"
}

# Lists the root of the held process as it sees it, and its environment: look WHO LIST [NSENTER-OPTION...]
look() {
    local who=$1 list=$2
    shift 2
    cp "/proc/$held/mountinfo" "$work/lists/mountinfo"
    chmod 644 "$work/lists/mountinfo"
    local command=(python3 "$work/inside.py" list "/proc/$held/root" "$work/lists/mountinfo")
    # The mounts of a user can be seen from the user's name space only.
    [[ $who == root ]] || command=(nsenter --target "$held" --user "$@" "${command[@]}")
    if ! "${command[@]}" >"$work/lists/$list" 2>"$work/lists/error"; then
        failed "$list: can be listed" "$(<"$work/lists/error")"
        echo '{}' >"$work/lists/$list"
    fi
    python3 "$work/inside.py" environment "$held" >"$work/lists/$list.environment"
}

# Compares a list with that of the original: same_content NAME LIST [OPTION...]
same_content() {
    local name=$1 list=$2 point
    shift 2
    if [[ -z $original ]]; then
        skipped "$name: content" "no original was named"
        return 0
    elif [[ $modes == exact && " $* " == *" --attributes user "* ]]; then
        skipped "$name: content" "a user cannot read all of an exact tree"
        return 0
    fi
    set -- "$@" "${setuid[@]}"
    for point in "${mount_points[@]}" "${image_mount_points[@]}"; do
        set -- "$@" --mount-point "$point"
    done
    check "$name: content" python3 "$work/inside.py" compare "$work/lists/original" "$work/lists/$list" "$@"
}

# Looks at the tree itself: what it holds, and what a user may read.
check_tree() {
    local told=()
    [[ ! -d $root/podmanStore || $modes == exact ]] || told=(--told)
    if ((EUID == 0)); then
        python3 "$work/inside.py" list "$tree" >"$work/lists/tree"
        same_content tree tree --modes "$modes" --links "${told[@]}"
    else
        skipped "tree: content" "this needs root"
    fi
    if [[ $modes == readable ]] && ! lacks_user "tree: readable" user; then
        check "tree: readable" as_user python3 "$work/inside.py" readable "$tree"
    fi
}
