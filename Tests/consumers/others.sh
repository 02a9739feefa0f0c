# shellcheck shell=bash disable=SC2154
# chroot, bwrap and apptainer. Source it after support.sh.

read_with_chroot() {
    local program
    ! lacks_user chroot root || return 0
    ! lacks_shell chroot || return 0
    for program in "${programs[@]}"; do
        check "chroot: $program" chroot "$tree" sh -c "$program"
    done
    if hold chroot "$tree" sh -c "$wait_script"; then
        release
        ok "chroot: starts"
    else
        failed "chroot: starts" "$(<"$work/held.err")"
    fi
}

read_with_bwrap() {
    local program arguments=(--ro-bind "$tree" / --dev /dev --proc /proc --tmpfs /tmp --unshare-user)
    if ! have bwrap; then
        skipped bwrap "bwrap is missing"
        return 0
    fi
    ! lacks_user bwrap user || return 0
    ! lacks_shell bwrap || return 0
    for program in "${programs[@]}"; do
        check "bwrap: $program" as_user bwrap "${arguments[@]}" sh -c "$program"
    done
    if hold as_user bwrap "${arguments[@]}" sh -c "$wait_script"; then
        look user bwrap --setuid "$user_id" --setgid "$group_id"
        release
        same_content bwrap bwrap --modes "$modes" --owners any --attributes user
    else
        failed "bwrap: starts" "$(<"$work/held.err")"
    fi
}

apptainer_as_user() {
    as_user "$apptainer" "$@"
}

read_with_apptainer() {
    local program
    apptainer=${WAFER_APPTAINER:-apptainer}
    if ! have "$apptainer"; then
        skipped apptainer "$apptainer is missing: name it by WAFER_APPTAINER"
        return 0
    fi
    ! lacks_user apptainer user || return 0
    if ! lacks_shell "apptainer exec"; then
        for program in "${programs[@]}"; do
            check "apptainer exec: $program" apptainer_as_user --silent exec "$root/$image" sh -c "$program"
        done
        if hold apptainer_as_user --silent exec --no-home "$root/$image" sh -c "$wait_script"; then
            look user apptainer --setuid "$user_id" --setgid "$group_id"
            release
            same_content apptainer apptainer --modes "$modes" --owners any --attributes user
            [[ -z $original ]] ||
                check "apptainer: environment" python3 "$work/inside.py" variables "$work/lists/inspected" "$work/lists/apptainer.environment"
        else
            failed "apptainer: starts" "$(<"$work/held.err")"
        fi
        check "apptainer: --env" apptainer_as_user --silent exec --env WAFER_TRIAL=seen "$root/$image" sh -c 'env | grep -qx WAFER_TRIAL=seen'
        check "apptainer: libraries of the host" apptainer_as_user --silent exec "$root/$image" sh -c 'env | grep -q "^LD_LIBRARY_PATH=.*/.singularity.d/libs"'
        check "apptainer: writes with --writable-tmpfs" apptainer_as_user --silent exec --fakeroot --writable-tmpfs "$root/$image" sh -c ': >/written && test -e /written'
    fi
    check_warnings
    inspect_labels
    compare_with_conversion
}

# A tree has what apptainer would have to leave out otherwise.
check_warnings() {
    local said
    [[ -n $shell ]] || return 0
    said=$(apptainer_as_user exec "$root/$image" sh -c : 2>&1 >/dev/null </dev/null | grep -i 'skipping mount') || true
    if [[ -z $said ]]; then ok "apptainer: mount points"; else failed "apptainer: mount points" "$said"; fi
}

inspect_labels() {
    if [[ -z $original ]]; then
        check "apptainer inspect" apptainer_as_user --silent inspect --labels --json "$root/$image"
        return 0
    fi
    apptainer_as_user --silent inspect --labels --json "$root/$image" >"$work/lists/labels" 2>"$work/lists/labels.err" || true
    check "apptainer inspect: labels" python3 "$work/inside.py" labels "$work/lists/inspected" "$work/lists/labels"
}

# `apptainer run` does what it does with the image that apptainer converts itself.
compare_with_conversion() {
    local said own=$work/user/own
    if [[ -z $original ]] || ! have skopeo; then
        skipped "apptainer run" "needs an original and skopeo"
        return 0
    fi
    rm -rf -- "$work/layout"
    skopeo copy --quiet --insecure-policy "$original" "oci:$work/layout"
    chmod -R a+rX "$work/layout"
    as_user rm -rf -- "$own"
    if ! said=$(apptainer_as_user --silent build --fix-perms --sandbox "$own" "oci:$work/layout" 2>&1); then
        skipped "apptainer run" "apptainer does not convert the original: $(tail -n 1 <<<"$said")"
        return 0
    fi
    if grep -q '^status 12[567]$' "$work/lists/run"; then
        skipped "apptainer run" "the original does not start by itself"
    else
        same_apptainer_run "apptainer run" "$own"
    fi
    same_apptainer_run "apptainer run ARGUMENTS" "$own" echo "a b" c
    as_user rm -rf -- "$own"
}

same_apptainer_run() {
    local name=$1 own=$2
    shift 2
    run_without_command "$work/lists/own" apptainer_as_user --silent run "$own" "$@"
    run_without_command "$work/lists/ours" apptainer_as_user --silent run "$root/$image" "$@"
    if grep -q '^status 1\(24\|37\)$' "$work/lists/own"; then
        skipped "$name" "the image does not end by itself"
    else
        check "$name" same_run "$work/lists/own" "$work/lists/ours"
    fi
}
