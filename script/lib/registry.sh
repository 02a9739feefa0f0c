# shellcheck shell=bash
# A registry on a free port of the loopback interface, for one user. Source it after common.sh and folder.sh.
#
# Sets: registry (HOST:PORT).

registry_user=demo

# Starts it below the session; stop_registry ends it.
start_registry() {
    heading "Starting a registry on a free loopback port"
    mkdir registry
    (umask 077 && head -c 18 /dev/urandom | base64 >password)
    htpasswd -iB -c registry/htpasswd "$registry_user" <password 2>registry/htpasswd.log
    registry_configuration >registry/config.yml
    : >registry/log
    # It dies with this script, however that ends; descriptor 9 is the lock on the folder, which is not for children.
    setpriv --pdeathsig TERM "$(registry_program)" serve registry/config.yml >registry/log 2>&1 9>&- </dev/null &
    registry_process=$!
    registry=127.0.0.1:$(registry_port)
    (umask 077 && registry_login >registry/auth.json)
    # skopeo reads it: no password on a command line.
    export REGISTRY_AUTH_FILE=$PWD/registry/auth.json
    note "$registry, user $registry_user, password in $PWD/password"
}

# Port 0 lets the system choose a free one.
registry_configuration() {
    cat <<END
version: 0.1
log: {level: info, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: $PWD/registry/data}}
http: {addr: "127.0.0.1:0"}
auth: {htpasswd: {realm: quickstart, path: $PWD/registry/htpasswd}}
END
}

# Waits for the registry to say on which port it listens, and prints it.
registry_port() {
    local port attempt
    for ((attempt = 0; attempt < 100; attempt++)); do
        port=$(sed -n 's/.*listening on 127\.0\.0\.1:\([0-9]*\).*/\1/p' registry/log | head -n 1)
        [[ -z $port ]] || { printf '%s\n' "$port" && return; }
        kill -0 "$registry_process" 2>/dev/null || break
        sleep 0.1
    done
    tail -n 5 registry/log >&2
    die "the registry did not start"
}

registry_login() {
    jq --null-input --arg host "$registry" --arg user "$registry_user" --rawfile password password \
        '{auths: {($host): {auth: ($user + ":" + ($password | rtrimstr("\n")) | @base64)}}}'
}

stop_registry() {
    [[ -n ${registry_process:-} ]] || return 0
    kill "$registry_process" 2>/dev/null || true
    wait "$registry_process" 2>/dev/null || true
}
