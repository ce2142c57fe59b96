#!/usr/bin/env python3
"""Runs clang-tidy on the sources but those of the tests, or on some of all:
tidy.py [--minutes N] [FILE...]

With --minutes no further source is begun after that time: those that changed
last come first, and how many were left is said.

A source is checked again only if it changed, or a header that it includes, its
compile command, .clang-tidy or clang-tidy itself. What passed is remembered in
$XDG_CACHE_HOME/grapevine-tidy, for all clones.
"""
import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build/tidy"
FINDING = re.compile(r"^(?=\S+:\d+:\d+: (?:error|warning): )", re.MULTILINE)
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME")
                     or pathlib.Path.home() / ".cache") / "grapevine-tidy"


def output_of(*command):
    return subprocess.run(command, cwd=BUILD, check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def fingerprint(entry, common):
    """Names everything that the result of checking a source depends on."""
    command = shlex.split(entry["command"])
    command = command[:command.index("-o")]
    makefile = output_of(*command, "-M", entry["file"])
    digest = hashlib.sha256(common)
    digest.update(" ".join(command).replace(str(ROOT), "").encode())
    for name in makefile.replace("\\\n", " ").split()[1:]:
        path = (BUILD / name).resolve()
        digest.update(str(path).replace(str(ROOT), "").encode())
        if path.is_relative_to(ROOT):
            digest.update(path.read_bytes())
        else:
            digest.update(str(path.stat().st_mtime_ns).encode())
    return digest.hexdigest()


def last_change(entry):
    """When a source was committed last; one that never was is the newest."""
    at = subprocess.run(["git", "log", "-1", "--format=%ct", "--", entry["file"]],
                        cwd=ROOT, text=True, stdout=subprocess.PIPE).stdout
    return int(at) if at.strip() else time.time()


def check(entry, common, end):
    """Returns what clang-tidy complains about, or None, and the seconds taken,
    or None if it was not begun before the end."""
    begin = time.monotonic()
    try:
        passed = CACHE / fingerprint(entry, common)
        if passed.exists():
            passed.touch()
            return None, 0
    except subprocess.CalledProcessError:
        return f"{entry['file']}: cannot be compiled\n", 0
    if begin > end:
        return None, None
    result = subprocess.run(
        ["clang-tidy", "--quiet", f"-p={BUILD}", entry["file"]],
        text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if result.returncode != 0:
        return result.stdout, time.monotonic() - begin
    passed.touch()
    return None, time.monotonic() - begin


def sources(wanted):
    subprocess.run([ROOT / "scripts/build.sh", "tidy"], check=True,
                   stdout=subprocess.DEVNULL)
    entries = json.loads((BUILD / "compile_commands.json").read_text())
    names = {pathlib.Path(name).resolve() for name in wanted}
    for entry in entries:
        path = pathlib.Path(entry["file"])
        if not path.is_relative_to(ROOT) or path.is_relative_to(ROOT / "build"):
            continue
        # Without a wish, what is shipped: the tests would double the time.
        if path in names if names else not path.is_relative_to(ROOT / "tests"):
            yield entry


def main():
    CACHE.mkdir(parents=True, exist_ok=True)
    for old in CACHE.iterdir():
        if old.stat().st_mtime < time.time() - 30 * 24 * 3600:
            old.unlink(missing_ok=True)
    options = argparse.ArgumentParser()
    options.add_argument("--minutes", type=float, default=float("inf"))
    options.add_argument("file", nargs="*")
    arguments = options.parse_args()
    end = time.monotonic() + 60 * arguments.minutes
    entries = sorted(sources(arguments.file), key=last_change, reverse=True)
    common = ((ROOT / ".clang-tidy").read_bytes()
              + output_of("clang-tidy", "--version").encode())
    os.nice(10)
    failed = checked = left = 0
    seen = set()  # each source that includes a header repeats its findings
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for complaint, seconds in pool.map(lambda e: check(e, common, end),
                                           entries):
            left += seconds is None
            checked += bool(seconds)
            if complaint:
                failed += 1
                for finding in FINDING.split(complaint):
                    if finding not in seen:
                        seen.add(finding)
                        print(finding.replace(f"{ROOT}/", ""), end="",
                              flush=True)
    print(f"clang-tidy: {len(entries)} sources, {checked} of them checked, "
          f"{failed} with findings, {left} left for another run")
    sys.exit(failed > 0)


main()
