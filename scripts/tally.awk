# Counts the tests in what test programs printed. Prints, for each program:
# name, passed, failed, skipped, seconds.
#
# Reads ctest's LastTest.log, or, with -v name=... -v status=... -v seconds=...,
# the output of one program. A program's own count is the last of: Catch2's, or
# a line `N passed, N failed[, N skipped]`. One that printed none, or failed
# without saying what, counts as one test.
function finish(ok) {
  if (name == "") return
  if (!ok && failed == 0) failed = 1
  if (ok && passed + skipped == 0) passed = 1
  printf "%s %d %d %d %.1f\n", name, passed, failed, skipped, seconds
  passed = failed = skipped = 0
}
/^[0-9]+\/[0-9]+ Test: / { name = $3 }
/^Test time = / { seconds = $4 }
/^Test Passed\.$/ { finish(1); name = "" }
/^Test (Failed|Timeout)/ { finish(0); name = "" }
# Timeouts and crashes have words of their own: what follows a test is the next.
/^[0-9]+\/[0-9]+ Testing: / { finish(0); name = "" }
/^All tests passed \(/ { passed = $(NF - 2); failed = 0 }
/^test cases: / {
  passed = failed = 0
  for (i = 1; i <= NF; ++i) {
    if ($i == "passed") passed = $(i - 1)
    if ($i == "failed" && $(i + 1) != "as") failed = $(i - 1)
  }
}
/^[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$/ {
  passed = $1; failed = $3; skipped = $5 + 0
}
END { finish(status == "" ? 0 : status == 0) }
