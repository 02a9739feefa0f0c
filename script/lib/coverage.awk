# Reads what `llvm-cov export --format=lcov --summary-only` prints. Prints a line for each target of ours, and one for all.
#
# -v sources=FOLDER/ is where the targets lie. TestSupport is part of the tests.

/^SF:/ {
    path = substr($0, 4)
    target = ""
    if (index(path, sources) == 1) {
        target = substr(path, length(sources) + 1)
        sub(/\/.*/, "", target)
    }
    if (target == "TestSupport") target = ""
}

target && /^LF:/ { lines[target] += substr($0, 4) }
target && /^LH:/ { covered[target] += substr($0, 4) }

function row(name, covered, lines) {
    return sprintf("%-16s %8d %8d %7.1f %%", name, covered, lines, lines ? 100 * covered / lines : 0)
}

END {
    printf "%-16s %8s %8s %9s\n", "target", "covered", "lines", "percent"
    fflush()
    for (target in lines) {
        print row(target, covered[target], lines[target]) | "sort"
        all += lines[target]
        all_covered += covered[target]
    }
    close("sort")
    print row("all", all_covered, all)
}
