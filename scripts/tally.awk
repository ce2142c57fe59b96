# Reads the JUnit file that ctest writes, and prints for each test program:
# name, passed, failed, skipped, seconds.
#
# A program's own count is taken from its output: Catch2's, or the last line
# `N passed, N failed[, N skipped]`. One that printed none counts as one test.
function attribute(key) {
  return match($0, key "=\"[^\"]*\"") ? substr($0, RSTART + length(key) + 2, RLENGTH - length(key) - 3) : ""
}
/<testcase / {
  name = attribute("name"); seconds = attribute("time"); status = attribute("status")
  passed = failed = skipped = without = 0
}
# Not run because it said so, rather than because something else went wrong.
/<skipped message="SKIP_/ { status = "skipped" }
{ sub(/^.*<system-out>/, "") }
/^All tests passed \(/ { passed = $(NF - 2) }
/^test cases: / {
  for (i = 2; i <= NF; ++i) {
    if ($i == "passed") passed = $(i - 1)
    if ($i == "failed" && $(i + 1) != "as") failed = $(i - 1)
  }
}
/^[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$/ {
  passed = $1; failed = $3; skipped = $5 + 0
}
# Cases that could not run here, and that Catch2 has counted as passed.
/^interop: [0-9]+ cases run .* [0-9]+ skipped$/ { without = $(NF - 1) }
/<\/testcase>/ {
  skipped += without
  passed -= without < passed ? without : passed
  if (status == "skipped") {
    passed = failed = 0
    if (skipped == 0) skipped = 1
  } else if (status == "run" && passed + skipped == 0) passed = 1
  else if (status != "run" && failed == 0) failed = 1
  printf "%s %d %d %d %.1f\n", name, passed, failed, skipped, seconds
}
