# shellcheck shell=bash disable=SC2034
# Which lines the tests run. Source it after common.sh and build.sh.
#
# What is built for it lies in a folder of its own: the instructions that count are in every object file.

coverage_folder=${project:?}/.build-coverage
coverage_profiles=$coverage_folder/profiles

# Builds everything with counters. Sets: build_log, test_program.
build_for_coverage() {
    mkdir -p "$coverage_folder"
    build_log=$coverage_folder/build.log
    (build --build-tests --scratch-path "$coverage_folder" \
        -Xswiftc -profile-generate -Xswiftc -profile-coverage-mapping) || give_up "nothing was tested"
    rm -rf -- "$coverage_profiles"
    mkdir -p "$coverage_profiles"
    # The test program starts others, which are built with counters, too, and each of which writes a file of its own; %m
    # and the number let those of one program share a few files, whatever their count.
    export LLVM_PROFILE_FILE=$coverage_profiles/%8m.profraw
    test_program=$coverage_folder/release/waferPackageTests.xctest
}

# Prints the path of a tool of the Swift toolchain: toolchain_tool llvm-cov
toolchain_tool() {
    local swift
    swift=$(readlink -f "$(command -v swift)")
    if [[ -x ${swift%/*}/$1 ]]; then
        printf '%s\n' "${swift%/*}/$1"
    else
        command -v "$1" || die "there is no $1, which Swift's toolchain brings with it"
    fi
}

# Prints a line for each target and one for all: how many lines the tests ran.
report_coverage() {
    local profdata cov data=$coverage_folder/tests.profdata lines=$coverage_folder/lines
    local -a profiles=("$coverage_profiles"/*.profraw)
    [[ -e ${profiles[0]} ]] || die "the tests left no profile in $coverage_profiles"
    profdata=$(toolchain_tool llvm-profdata)
    cov=$(toolchain_tool llvm-cov)
    heading "Lines that the tests ran"
    "$profdata" merge --sparse --failure-mode=all --output "$data" "${profiles[@]}"
    "$cov" export --format=lcov --summary-only --instr-profile "$data" \
        --object "$coverage_folder/release/wafer" "$coverage_folder/release/waferPackageTests.xctest" >"$lines"
    [[ -z ${WAFER_COVERAGE_REPORT:-} ]] || cp "$lines" "$WAFER_COVERAGE_REPORT"
    awk -v sources="$project/Sources/" -f script/lib/coverage.awk "$lines"
}
