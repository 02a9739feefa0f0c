# shellcheck shell=bash disable=SC2034,SC2154
# The original image in podman, podman --rootfs, and podman with the image store of the repository. Source it after support.sh.

# Runs podman as root or as the user, with a storage of its own for each view: podman_as WHO VIEW ARGUMENT...
# A storage that fuse-overlayfs was used for is used with it for ever: the views must not share one.
podman_as() {
    local who=$1 view=$2 place
    shift 2
    if [[ $who == root ]]; then
        place=$work/$view
        "${limit[@]}" podman --storage-driver overlay --root "$place/root" --runroot "$place/run" "$@"
    else
        place=$work/user/$view
        as_user podman --storage-driver overlay --root "$place/root" --runroot "$place/run" "$@"
    fi
}

original_podman() {
    local who=root
    ((EUID == 0)) || who=user
    podman_as "$who" original "$@"
}

# Puts the original into a storage of its own: its list, its configuration, its environment.
prepare_original() {
    local said point
    image_mount_points=()
    [[ -n $original ]] || return 0
    if ! have podman; then
        skipped original "podman is missing: nothing is compared"
        original=''
        return 0
    fi
    if ! said=$(original_podman pull --quiet "$original" 2>&1); then
        failed original "$said"
        original=''
        return 0
    fi
    original_id=$(tail -n 1 <<<"$said")
    original_podman image inspect "$original_id" >"$work/lists/inspected"
    mapfile -t image_mount_points < <(python3 "$work/inside.py" mount-points "$work/lists/inspected")
    if ((EUID == 0)); then
        point=$(original_podman image mount "$original_id")
        python3 "$work/inside.py" list "$point" >"$work/lists/original"
        original_podman image umount "$original_id" >/dev/null
    else
        original=''
        skipped original "its content is compared as root only"
    fi
    run_without_command "$work/lists/run" original_podman run --rm --pull=never "$original_id"
}

forget_original() {
    [[ -z ${original_id:-} ]] || original_podman rmi --force "$original_id" >/dev/null 2>&1 || true
    original_id=''
}

# Runs an image as it is, for half a minute at most; its status is the last line of what it prints.
run_without_command() {
    local file=$1 status=0 limit=(timeout --kill-after=5 30)
    shift
    "$@" >"$file" 2>"$file.err" </dev/null || status=$?
    printf '\nstatus %d\n' "$status" >>"$file"
}

# Compares two runs of an image as it is, but for numbers: many programs tell the time or their process.
same_run() {
    if cmp -s <(sed 's/[0-9][0-9]*/N/g;$d' "$1") <(sed 's/[0-9][0-9]*/N/g;$d' "$2") && [[ $(tail -n 1 "$1") == "$(tail -n 1 "$2")" ]]; then
        tail -n 1 "$1"
        return 0
    fi
    echo "printed by the original, then here:"
    tail -n 5 "$1" "$1.err" "$2" "$2.err"
    return 1
}

lacks_podman() {
    if ! have podman; then
        skipped "$1" "podman is missing"
    elif lacks_user "$1" "$2"; then
        return 0
    elif [[ $2 == user && $EUID == 0 ]] && ! grep -qs "^\($user\|$user_id\):" /etc/subuid; then
        skipped "$1" "$user has no ids in /etc/subuid"
    else
        return 1
    fi
}

# How the process of a container is looked at: as its root.
look_in_container() {
    if [[ $1 == root ]]; then look root "$2"; else look user "$2" --setuid 0 --setgid 0; fi
}

# Holds a container, and tells its process: hold_container WHO VIEW ARGUMENT...
hold_container() {
    local who=$1 view=$2
    shift 2
    hold podman_as "$who" "$view" "${store_options[@]}" "${run_options[@]}" --interactive --name held "$@" || return 1
    held=$(podman_as "$who" "$view" "${store_options[@]}" inspect --format '{{.State.Pid}}' held 2>>"$work/held.err") || held=''
    [[ $held =~ ^[1-9][0-9]*$ ]] || { release && return 1; }
}

read_with_rootfs() {
    local who name program
    for who in root user; do
        name="podman --rootfs, $who"
        ! lacks_podman "$name" "$who" || continue
        ! lacks_shell "$name" || continue
        store_options=() run_options=(run --rm)
        for program in "${programs[@]}"; do
            check "$name: $program" podman_as "$who" rootfs run --rm --rootfs "$tree" sh -c "$program"
        done
        if hold_container "$who" rootfs --rootfs "$tree" sh -c "$wait_script"; then
            look_in_container "$who" "rootfs-$who"
            release
            same_content "$name" "rootfs-$who" --modes "$modes" --owners "$([[ $who == root ]] && echo exact || echo any)" \
                --attributes "$([[ $who == root ]] && echo all || echo user)"
        else
            failed "$name: starts" "$(<"$work/held.err")"
        fi
        check "$name: writes with :O" podman_as "$who" rootfs run --rm --rootfs "$tree:O" sh -c ': >/written && test -e /written'
    done
}

read_with_store() {
    local who driver
    if [[ ! -d $root/podmanStore ]]; then
        skipped "podman store" "$root has no podmanStore"
        return 0
    fi
    for who in root user; do
        for driver in kernel fuse; do
            read_store "$who" "$driver"
        done
    done
}

# Reads the image by its name in the store: read_store WHO DRIVER
read_store() {
    local who=$1 driver=$2 name="podman store, $1, $2" view=store-$2 program reference
    ! lacks_podman "$name" "$who" || return 0
    store_options=(--storage-opt overlay.mount_program=) run_options=(run --rm --pull=never)
    # A user that the image's passwd does not have is added to it otherwise, and the user may not write there.
    [[ $who-$driver != user-kernel ]] || run_options+=(--passwd=false)
    if [[ $driver == fuse ]]; then
        if ! have fuse-overlayfs; then
            skipped "$name" "fuse-overlayfs is missing"
            return 0
        elif [[ ! -e /dev/fuse ]] || [[ $who == user ]] && ! as_user test -w /dev/fuse; then
            skipped "$name" "/dev/fuse is closed"
            return 0
        fi
        store_options=(--storage-opt overlay.mount_program="$(command -v fuse-overlayfs)")
    fi
    store_options+=(--storage-opt additionalimagestore="$root/podmanStore")
    check "$name: images" podman_as "$who" "$view" "${store_options[@]}" images
    if ! reference=$(python3 "$work/inside.py" stored "$root/podmanStore" "$tree"); then
        failed "$name: the image is in the store" "no image of podmanStore has the tree $tree"
        return 0
    fi
    same_configuration "$name" "$who" "$view" "$reference"
    check_run "$name" "$who" "$view" "$reference"
    ! lacks_shell "$name" || return 0
    for program in "${programs[@]}"; do
        check "$name: $program" podman_as "$who" "$view" "${store_options[@]}" "${run_options[@]}" --entrypoint sh "$reference" -c "$program"
    done
    read_container "$name" "$who" "$driver" "$reference"
    check_writes "$name" "$who" "$driver" "$reference"
}

# What podman says of the image is what it says of the original; sets as_root_of_image.
same_configuration() {
    local name=$1 who=$2 view=$3 reference=$4
    podman_as "$who" "$view" "${store_options[@]}" image inspect "$reference" >"$work/lists/inspected-$view-$who" 2>&1 || {
        failed "$name: inspect" "$(<"$work/lists/inspected-$view-$who")"
        return 0
    }
    # An image without a user need not have the files that podman looks names up in.
    as_root_of_image=()
    [[ -z $(python3 "$work/inside.py" user "$work/lists/inspected-$view-$who") ]] || as_root_of_image=(--user 0)
    if [[ -z $original ]]; then
        skipped "$name: configuration" "no original was named"
        return 0
    fi
    check "$name: configuration" python3 "$work/inside.py" inspected "$work/lists/inspected" "$work/lists/inspected-$view-$who"
}

# The image as it is does what the original does.
check_run() {
    local name=$1 who=$2 view=$3 reference=$4
    if [[ -z $original ]]; then
        skipped "$name: run" "no original was named"
    elif grep -q '^status 12[567]$' "$work/lists/run"; then
        skipped "$name: run" "the original does not start: $(tail -n 1 "$work/lists/run.err")"
    elif grep -q '^status 1\(24\|37\)$' "$work/lists/run"; then
        skipped "$name: run" "the original does not end by itself"
    else
        run_without_command "$work/lists/run-$view-$who" podman_as "$who" "$view" "${store_options[@]}" "${run_options[@]}" "$reference"
        check "$name: run" same_run "$work/lists/run" "$work/lists/run-$view-$who"
    fi
}

# Content and environment of a container of the store.
read_container() {
    local name=$1 who=$2 driver=$3 reference=$4 list=store-$2-$3 fields options=()
    if ! hold_container "$who" "store-$driver" "${as_root_of_image[@]}" --entrypoint sh "$reference" -c "$wait_script"; then
        failed "$name: starts" "$(<"$work/held.err")"
        return 0
    fi
    fields=$(awk '$5 == "/"' "/proc/$held/mountinfo")
    look_in_container "$who" "$list"
    release
    if [[ $driver == kernel && $fields != *' - overlay '* || $driver == fuse && $fields != *' - fuse'* ]]; then
        failed "$name: overlay" "the root is mounted otherwise: $fields"
        return 0
    fi
    case $who-$driver in
    root-kernel) options=(--modes "$modes") ;;
    root-fuse) options=() ;;
    user-kernel) options=(--modes "$modes" --owners any --attributes user) ;;
    user-fuse) options=(--owners mapped --attributes user) ;;
    esac
    same_content "$name" "$list" "${options[@]}"
    [[ -n $original ]] || return 0
    [[ -s $work/lists/original.environment ]] || hold_original || return 0
    check "$name: environment" python3 "$work/inside.py" environments "$work/lists/original.environment" "$work/lists/$list.environment"
}

# The environment of a container of the original.
hold_original() {
    local store_options=() run_options=(run --rm --pull=never)
    if hold_container root original "${as_root_of_image[@]}" --entrypoint sh "$original_id" -c "$wait_script"; then
        python3 "$work/inside.py" environment "$held" >"$work/lists/original.environment"
        release
    else
        failed "original: starts" "$(<"$work/held.err")"
        return 1
    fi
}

# Files can be written, owners changed and directories removed in a container of the store.
check_writes() {
    local name=$1 who=$2 driver=$3 reference=$4
    local script='mkdir /written /etc/written && : >/etc/written/file && test -e /etc/written/file && rm -r /etc/written /written'
    if [[ $who-$driver == user-kernel ]]; then
        script=': >/written && test -e /written'
        skipped "$name: writes below directories" "the kernel does not map owners for a user"
    fi
    check "$name: writes" podman_as "$who" "store-$driver" "${store_options[@]}" "${run_options[@]}" "${as_root_of_image[@]}" \
        --entrypoint sh "$reference" -c "$script"
}
