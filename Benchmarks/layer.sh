# shellcheck shell=bash
# Makes the layer that the benchmarks use. Source it; it needs: folder, layer.

packages=python3-numpy,python3-scipy,python3-pandas,python3-matplotlib,gcc,g++

# What the layer of an image has: the packages, without what the base has.
make_layer() {
    echo "making the layer out of Debian's packages (kept in $folder)"
    local base=$folder/base.tar full=$folder/full.tar
    mmdebstrap --quiet --variant=minbase --include=python3 bookworm "$base"
    mmdebstrap --quiet --variant=minbase --include="python3,$packages" bookworm "$full"
    /usr/bin/python3 Benchmarks/difference.py "$base" "$full" "$layer.new"
    rm -f "$full"
    mv "$layer.new" "$layer"
}
