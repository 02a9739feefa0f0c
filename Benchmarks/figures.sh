# shellcheck shell=bash
# Figures of a benchmark for programs to read, after what it prints for people. Source it; Benchmarks/compare reads them.

figures=()

# Keeps a figure: figure NAME VALUE
figure() {
    figures+=("figure $1 $2")
}

# Prints the figures so far, one a line: "figure NAME VALUE".
print_figures() {
    ((${#figures[@]} == 0)) || printf '%s\n' '' "${figures[@]}"
}
