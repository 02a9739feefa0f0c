# Reads what Swift Testing prints, as it prints it: a line for each suite that ended.

/^[^ ]+ Suite .* (passed|failed) after / {
    verdict = / failed after / ? "failed" : "passed"
    seconds = name = $0
    sub(/.* after /, "", seconds)
    sub(/^[^ ]+ Suite /, "", name)
    sub(/ (passed|failed) after .*/, "", name)
    printf "%s  %-58s %7.1f s\n", verdict, name, seconds
    fflush()
}

/^[^ ]+ Suite .* skipped/ {
    sub(/^[^ ]+ Suite /, "")
    sub(/ skipped/, "")
    printf "skipped %s\n", $0
}
