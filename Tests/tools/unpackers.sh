#!/usr/bin/env bash
# What Docker, containerd, podman and umoci make of the same layers.
set -euo pipefail

usage() {
    cat <<'TEXT'
usage: Tests/tools/unpackers.sh [--json FILE] [--only REGEX] [--with PROGRAMS] CASES

Gives the images in the folder CASES (CASES/NAME/1.tar, 2.tar, …, as layer_cases.py and random_layers.py
write them) to Docker (overlay2), containerd (overlayfs), podman (vfs) and umoci, and prints for each image
what each makes of it, held against merge_layers.py:

  = mount = unpack   what those readings say
  other than …       the nearest reading, and what is otherwise
  refused: …         its message

  --json FILE      writes the same as one JSON document too
  --only REGEX     only the cases whose name has a match
  --with PROGRAMS  of docker,containerd,podman,umoci,wafer those to ask (default: all but wafer, which
                   script/build makes: what clients would mount of the layers that it publishes)

Needs root, overlayfs and the Debian packages docker.io, containerd, podman, umoci, skopeo and zstd:
  apt-get install --no-install-recommends docker.io containerd runc podman umoci skopeo zstd
The registry is that of script/bootstrap, or WAFER_DOCKER_REGISTRY. Daemons run in a folder of their own
below TMPDIR with at most 1 GiB, and are stopped and deleted at the end.

example:
  Tests/tools/layer_cases.py /tmp/cases && Tests/tools/unpackers.sh --only whiteout /tmp/cases
TEXT
}

[[ ${1:-} == --help || $# -eq 0 ]] && { usage; exit 0; }
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
registry=${WAFER_DOCKER_REGISTRY:-$here/../../.build/tools/docker-registry/usr/bin/docker-registry}
for program in docker dockerd containerd ctr podman umoci skopeo zstd "$registry"; do
    command -v "$program" >/dev/null || { echo "unpackers.sh: $program is missing; see --help" >&2; exit 1; }
done
[[ $(id -u) == 0 ]] || { echo "unpackers.sh: only root may unpack images" >&2; exit 1; }

work=$(mktemp -d)
# A layer may unpack to more than this machine has.
mount -t tmpfs -o size=1g unpackers "$work"
pids=()
stop() {
    for ((i = ${#pids[@]} - 1; i >= 0; i--)); do
        kill "${pids[i]}" 2>/dev/null || true
        wait "${pids[i]}" 2>/dev/null || true
    done
    umount --recursive "$work" 2>/dev/null || umount --recursive --lazy "$work"
    rmdir "$work"
}
trap stop EXIT

cat >"$work/registry.yml" <<TEXT
version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: $work/registry}}
http: {addr: "127.0.0.1:0"}
TEXT
cat >"$work/containerd.toml" <<TEXT
version = 2
root = "$work/containerd"
state = "$work/containerd-state"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = "$work/containerd.sock"
TEXT
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
sed -i "s/127.0.0.1:0/127.0.0.1:$port/" "$work/registry.yml"
"$registry" serve "$work/registry.yml" >"$work/registry.log" 2>&1 &
pids+=($!)
containerd -c "$work/containerd.toml" >"$work/containerd.log" 2>&1 &
pids+=($!)
until ctr -a "$work/containerd.sock" version >/dev/null 2>&1; do
    kill -0 "${pids[1]}" || { tail -n 5 "$work/containerd.log" >&2; exit 1; }
    sleep 0.2
done
dockerd --data-root "$work/docker" --exec-root "$work/docker-exec" --pidfile "$work/docker.pid" \
    -H "unix://$work/docker.sock" --containerd "$work/containerd.sock" --storage-driver overlay2 \
    --bridge=none --iptables=false --ip6tables=false >"$work/docker.log" 2>&1 &
pids+=($!)
until docker -H "unix://$work/docker.sock" version >/dev/null 2>&1; do
    kill -0 "${pids[2]}" || { tail -n 5 "$work/docker.log" >&2; exit 1; }
    sleep 0.2
done
python3 "$here/unpackers.py" --registry "127.0.0.1:$port" --docker "$work/docker.sock" \
    --containerd "$work/containerd.sock" --wafer "$here/../../.build/release/wafer" --folder "$work" "$@"
