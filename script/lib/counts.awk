# Reads all that Swift Testing printed. Prints the failures, the tests that were skipped or never ended, and the
# counts, alone on the last line. Fails where a test failed, did not end, or none ran.
#
# -v status=N is the exit status of the test program; 124 is that of timeout(1). -v log_file=FILE is what it reads.

# "✔ Test x() with 2 test cases passed after 0.1 seconds." → "x()"
function name(line) {
    sub(/^[^ ]+ Test /, "", line)
    sub(/( with [0-9]+ test cases?)? (started\.|passed after .*|failed after .*)$/, "", line)
    return line
}

/^[^ ]+ Test (run|case) / { next }

/^[^ ]+ Test .* started\.$/ { running[name($0)]++ }

/^[^ ]+ Test .* (passed|failed) after / {
    running[name($0)]--
    if (/ failed after /) failed++; else passed++
}

/^[^ ]+ Test .* skipped/ {
    print
    skipped++
}

# An issue, the lines that explain it, and the last words of a program that crashed.
/^✘ .* recorded an issue/ || / Fatal error: / || /^\*\*\* / {
    explaining = 1
    print
    next
}
explaining && /^↳/ {
    print "  " $0
    next
}
{ explaining = 0 }

END {
    for (test in running) {
        if (running[test] <= 0) continue
        printf "✘ Test %s did not end\n", test
        failed += running[test]
    }
    if (status == 124) print "✘ The tests took too long and were stopped"
    else if (status > 1 || (status == 1 && !failed)) printf "✘ The test program ended with status %d\n", status
    if (status && !failed) failed = 1
    if (!passed && !failed) {
        print "✘ No test ran"
        failed = 1
    }
    if (failed) print "The whole output: " log_file
    printf "\n%d passed, %d failed%s\n", passed, failed, skipped ? ", " skipped " skipped" : ""
    exit failed ? 1 : 0
}
