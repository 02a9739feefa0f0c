# shellcheck shell=bash
# Makes an image of two layers out of Debian's packages, as an OCI layout. Source it after common.sh.
#
# The lower layer is a root made by mmdebstrap. The upper one holds jq and what it needs, deletes a file and hides the
# documentation below it: a whiteout and an opaque directory, as an image builder writes them.

# Makes the image in the folder, unless it is there: make_image FOLDER
make_image() {
    local layout=$1 work=$1.work started=$SECONDS
    [[ ! -f $layout/index.json ]] || return 0
    heading "Making an image out of Debian's packages (kept for the next run)"
    rm -rf -- "$layout" "$work"
    mkdir -p "$layout/blobs/sha256" "$work"
    make_root "$work/0.tar"
    make_application "$work/application" "$work/1.tar"
    write_layout "$layout" "$work"
    rm -rf -- "$work"
    note "made in $(duration $((SECONDS - started)))"
}

# A small Debian as a tar, without manual pages and translations.
make_root() {
    mmdebstrap --quiet --variant=essential --format=tar \
        --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
        bookworm "$1" >"$1.log" 2>&1 || {
        cat "$1.log" >&2
        die "mmdebstrap could not make a root" "As root it needs no user namespaces."
    }
}

make_application() {
    local tree=$1 tar=$2
    unpack_packages "$tree" jq libjq1 libonig5
    # /etc/issue of the lower layer is deleted, and of /usr/share/doc only what this layer brings is seen.
    install -D -m 0644 /dev/null "$tree/etc/.wh.issue"
    install -D -m 0644 /dev/null "$tree/usr/share/doc/.wh..wh..opq"
    tar --create --file "$tar" --sort=name --owner=0 --group=0 --numeric-owner --format=pax \
        --pax-option=delete=atime,delete=ctime --directory "$tree" .
}

# Writes blobs, configuration, manifest and index of the layers N.tar in a folder: write_layout LAYOUT FOLDER
write_layout() {
    local layout=$1 work=$2 number diff_ids=() layers=()
    for number in 0 1; do
        diff_ids+=("sha256:$(sha256sum "$work/$number.tar" | cut -d ' ' -f 1)")
        gzip -n "$work/$number.tar"
        layers+=("$(store_blob "$layout" "$work/$number.tar.gz" application/vnd.oci.image.layer.v1.tar+gzip)")
    done
    configuration "${diff_ids[@]}" >"$work/config.json"
    store_blob "$layout" "$work/config.json" application/vnd.oci.image.config.v1+json >"$work/config"
    printf '%s\n' "${layers[@]}" | jq --slurp --compact-output --slurpfile config "$work/config" \
        '{schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json", config: $config[0], layers: .}' \
        >"$work/manifest.json"
    store_blob "$layout" "$work/manifest.json" application/vnd.oci.image.manifest.v1+json >"$work/manifest"
    echo '{"imageLayoutVersion":"1.0.0"}' >"$layout/oci-layout"
    # The index comes last: with it the layout is complete.
    jq --compact-output '{schemaVersion: 2, manifests: [. + {annotations: {"org.opencontainers.image.ref.name": "1"}}]}' \
        "$work/manifest" >"$work/index.json"
    mv "$work/index.json" "$layout/index.json"
}

# Moves a file into the layout and prints its descriptor: store_blob LAYOUT FILE MEDIATYPE
store_blob() {
    local hex size
    hex=$(sha256sum "$2" | cut -d ' ' -f 1)
    size=$(stat --format %s "$2")
    mv "$2" "$1/blobs/sha256/$hex"
    printf '{"mediaType":"%s","digest":"sha256:%s","size":%d}\n' "$3" "$hex" "$size"
}

# Prints the image's configuration for the diff ids of its layers.
configuration() {
    jq --null-input --compact-output --arg architecture "$(dpkg --print-architecture)" \
        --arg created "$(date --utc +%Y-%m-%dT%H:%M:%SZ)" '{
            created: $created, architecture: $architecture, os: "linux",
            config: {
                Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
                Entrypoint: ["/usr/bin/jq"], Cmd: ["--version"], WorkingDir: "/",
                Labels: {"org.opencontainers.image.title": "jq on Debian"}
            },
            rootfs: {type: "layers", diff_ids: $ARGS.positional},
            history: [
                {created: $created, created_by: "mmdebstrap --variant=essential bookworm"},
                {created: $created, created_by: "dpkg-deb -x jq libjq1 libonig5"}
            ]
        }' --args "$@"
}
