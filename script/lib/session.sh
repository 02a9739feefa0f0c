# shellcheck shell=bash
# What quickstart types, and in which order. Source it after common.sh, folder.sh and registry.sh.
#
# It needs: session, registry, registry_user, image, output, user_input.

fqrn=demo.example.org

# Shows a command as a person would type it, and runs it as it stands there.
typed() {
    printf '%s$ %s%s\n' "${bold?}" "$1" "${plain?}"
    eval "$1" || die "that command ended with status $?" "What there is lies in $PWD."
    printf '\n'
}

type_session() {
    heading "The session"
    typed "cd ${session:?}"
    typed "export PATH=${project:?}/.build/release:\$PATH"
    typed "export WAFER_KEY_FILE=\$PWD/credentials.key"
    typed "wafer init"
    typed "wafer add-user --username ${registry_user:?} --registry ${registry:?} \\
    --password-stdin <password"
    typed "wafer list-users"
    typed "wafer repository create $fqrn --storage storage --keys keys"
    typed "wafer add-desiderata --no-convert --repository $fqrn \\
    --input-image ${image:?} ${user_input?}\\
    --output-image ${output:?} --user-output $registry_user"
    typed "wafer list-desideratas"
    typed "wafer convert"
}

show_thin_image() {
    local thin=${output/#http:/docker:}
    heading "The thin image, as others see it"
    typed "skopeo inspect --tls-verify=false $thin |
    jq '{Name, Digest, Created, Architecture, Os, Layers}'"
    typed "skopeo inspect --tls-verify=false --config \\
    $thin | jq '{config, rootfs}'"
    typed "skopeo copy --quiet --insecure-policy --src-tls-verify=false \\
    $thin dir:thin"
    typed "tar -xzf thin/\$(jq -r '.layers[0].digest[7:]' thin/manifest.json)"
    typed "jq . thin.json"
}

show_repository() {
    local file
    heading "The tree: what a client sees below /cvmfs/$fqrn"
    typed "wafer repository ls $fqrn -l"
    typed "wafer repository ls $fqrn /.metadata -R | grep json"
    typed "base=\$(jq -r '.layers[0].url | sub(\"^cvmfs://[^/]*\"; \"\")' thin.json)"
    typed "wafer repository ls $fqrn \$base -l"
    file=$(readable_file)
    if [[ -n $file ]]; then
        typed "wafer repository cat $fqrn \$base/$file"
    fi
}

# Deletions are what overlayfs takes for such: a device 0:0, and an attribute of an opaque directory.
show_deletions() {
    heading "What the upper layer deletes and hides"
    typed "top=\$(jq -r '.layers[-1].url | sub(\"^cvmfs://[^/]*\"; \"\")' thin.json)"
    typed "wafer repository ls $fqrn \$top/etc -l"
    typed "wafer repository ls $fqrn \$top/usr/share --format json |
    jq -c '.[] | {path, xattrs}'"
}

# Prints the path below the lowest layer of a small file: the system's name where there is one.
readable_file() {
    # typed() has set it.
    wafer repository ls "$fqrn" "${base:?}" -R --format json | jq -r --arg base "${base#/}/" '
        map(select(.type == "file" and (.size | 0 < . and . < 4096)) | .path | ltrimstr($base)
            | select(test("^[A-Za-z0-9._/+-]+$")))
        | (map(select(endswith("/os-release"))) + map(select(startswith("etc/"))) + .)[0] // empty'
}

show_state() {
    heading "Is it sound, and is it done?"
    typed "wafer repository check $fqrn"
    typed "wafer repository info $fqrn"
    typed "wafer status 1"
    heading "A second conversion has nothing to do"
    typed "cp storage/.cvmfspublished before"
    typed "wafer convert"
    typed "cmp storage/.cvmfspublished before && echo 'the same revision as before'"
}

# Where programs of an image can be run in its tree: prints the command up to the program.
runner() {
    if bwrap --ro-bind / / --unshare-user true 2>/dev/null; then
        echo 'bwrap --ro-bind tree / --dev /dev --proc /proc --unshare-user'
    elif [[ $(id -u) == 0 ]]; then
        echo 'chroot tree'
    fi
}

show_tree() {
    local run program
    heading "The image is a root file system, by name"
    typed "name=\$(wafer status 1 --format json | jq -r '.[0].tree | ltrimstr(\"/cvmfs/$fqrn\")')"
    typed "echo \"apptainer exec /cvmfs/$fqrn\$name ...\""
    typed "wafer repository ls $fqrn \"\$name\""
    typed "wafer repository cat $fqrn \"\$name/.singularity.d/runscript\""
    heading "A program of it runs in an export, as it would in a mount"
    run=$(runner)
    if [[ -z $run ]]; then
        printf 'There is neither bwrap nor root here: skipped.\n'
        return
    fi
    typed "wafer repository export $fqrn \"\$name\" tree"
    # An image that was named may have neither.
    for program in usr/bin/jq bin/sh; do
        [[ -x tree/$program || -L tree/$program ]] || continue
        case $program in
        usr/bin/jq) typed "$run /$program --version" ;;
        *) typed "$run /$program -c 'cat /etc/os-release | head -1'" ;;
        esac
        return
    done
    printf 'It has no program that is known here: skipped.\n'
}

# The lines that serve the storage and mount it; they are for the reader to type.
show_further() {
    mkdir mount cache
    cat >client.conf <<END
CVMFS_SERVER_URL=http://127.0.0.1:8000
CVMFS_PUBLIC_KEY=$PWD/keys/$fqrn.pub
CVMFS_HTTP_PROXY=DIRECT
CVMFS_CACHE_BASE=$PWD/cache
CVMFS_RELOAD_SOCKETS=$PWD/cache
CVMFS_CLAIM_OWNERSHIP=no
CVMFS_SUID=yes
END
    heading "Serve it over HTTP, and mount it with the stock CVMFS client"
    cat <<END
As root, with cvmfs2 of the CernVM-FS client. client.conf has been written;
containers need its CVMFS_CLAIM_OWNERSHIP=no and CVMFS_SUID=yes.

  cd $PWD
  python3 -m http.server --bind 127.0.0.1 --directory storage 8000 &>http.log &
  sleep 1; cvmfs2 -o config=\$PWD/client.conf $fqrn \$PWD/mount
  ls -l mount${base:?}
  umount mount; kill %1
END
}
