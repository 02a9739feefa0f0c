# shellcheck shell=bash
# Repositories full of small images, out of a registry on the loopback interface. Source it after script/lib's common.sh,
# folder.sh and registry.sh, in the folder where everything of a run lies; `wafer` has to be in PATH.

repository=images.example.org

# An empty repository, a registry and a database.
start_images() {
    start_registry
    export WAFER_DATABASE=$PWD/state.sqlite XDG_CONFIG_HOME=$PWD/config WAFER_KEY_FILE=$PWD/credentials.key
    wafer init >/dev/null
    wafer add-user --username "${registry_user:?}" --registry "${registry:?}" --password-stdin <password >/dev/null
    wafer repository create "$repository" --storage storage >/dev/null
}

# Images FIRST to LAST, each of one layer with a file of 51 bytes, are pushed and stated as desideratas.
add_images() {
    /usr/bin/python3 "${project:?}/Benchmarks/images.py" "$registry" group "$1" "$2" "$registry_user" <password |
        xargs -P 4 -I NAME wafer add-desiderata --no-convert --repository "$repository" \
            --input-image "http://$registry/NAME" --user-input "$registry_user" --allow-private \
            --output-image "http://$registry/thin/NAME" --user-output "$registry_user" >/dev/null
}
