"""Asks a node of its own what its description of the API allows and forbids, as
schemathesis makes it up, and holds the answers against the description:

    main.py GRAPEVINE

No answer may be 5xx or other than described. The requests are the same at each
run. What they do to the node, which connects, blocks and disconnects, matters to
nobody else. The last line is `N passed, N failed`.
"""
import subprocess
import sys

import node
import streams

# What is checked of each answer. Not that all that fits the schema is accepted:
# a text that is no peer's id is refused though it is a text.
EXCLUDED = "positive_data_acceptance"

# A request that hangs is an error; the longest is a connection that fails.
PATIENCE_SECONDS = 20


def ask_everything(url):
    """All paths but those whose answers have no end."""
    return subprocess.run([
        sys.executable, "-m", "schemathesis.cli", "run",
        url + "/api/v1/openapi.json", "--exclude-path-regex", streams.PATTERN,
        "--checks", "all", "--exclude-checks", EXCLUDED,
        "--phases", "examples,coverage,fuzzing", "--max-examples", "100",
        "--generation-deterministic", "--no-shrink", "--no-color",
        "--warnings", "off", "--request-timeout", str(PATIENCE_SECONDS),
    ]).returncode == 0


def main():
    with node.running(sys.argv[1]) as url:
        results = [ask_everything(url), streams.ask(url)]
        # It answers as before.
        results.append(node.is_well(url))
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    sys.exit(not all(results))


main()
