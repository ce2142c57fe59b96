"""What the figures were measured on, and of what."""
import datetime
import json
import os
import pathlib
import platform
import re
import shlex
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[3]
RELAYS = ROOT / "tests/bench/relays"


def first_match(pattern, path):
    try:
        found = re.search(pattern, path.read_text(encoding="utf-8"))
    except OSError:
        return None
    return found.group(1) if found else None


def output_of(*command):
    """The first line that a command prints; nothing if it cannot run."""
    try:
        done = subprocess.run(command, text=True, check=True, cwd=ROOT,
                              capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.split("\n", 1)[0].strip()


def describe_machine():
    memory = first_match(r"MemTotal:\s+(\d+)", pathlib.Path("/proc/meminfo"))
    return {
        "processor": first_match(r"model name\s*: (.*)",
                                 pathlib.Path("/proc/cpuinfo")) or "unknown",
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(int(memory or 0) / 2**20),
        "kernel": platform.release(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def describe_versions():
    """By implementation; from the lock files that the relays are built with."""
    return {
        "grapevine": grapevine_version(),
        "go": joined(
            "go-libp2p-pubsub", go_module("go-libp2p-pubsub"),
            "go-libp2p", go_module("go-libp2p"),
            output_of("go", "version").replace("go version ", "")),
        "rust": joined(
            "libp2p-gossipsub", crate("libp2p-gossipsub"),
            "libp2p", crate("libp2p"), output_of("rustc", "--version")),
        **broker_versions(),
        "js": joined(*node_packages(), "node " + output_of("node", "-v")),
    }


def broker_versions():
    """Of those that are there."""
    found = {"nats": output_of("/usr/sbin/nats-server", "--version"),
             # Its help begins with it, and ends with 3.
             "mosquitto": output_of("sh", "-c", "/usr/sbin/mosquitto -h || :")}
    return {name: version for name, version in found.items() if version}


def joined(*words):
    pairs = [f"{name} {version}" for name, version in
             zip(words[:-1:2], words[1:-1:2]) if version]
    return ", ".join([*pairs, words[-1]])


def grapevine_version():
    version = first_match(r"project\(\w+ VERSION (\S+)", ROOT / "CMakeLists.txt") or ""
    commit = output_of("git", "rev-parse", "--short", "HEAD")
    changed = output_of("git", "status", "--porcelain", "--untracked-files=no",
                        "--", "*.cpp", "*.hpp", "*.txt")
    return (f"{version} ({commit}{', changed' * bool(changed)}), "
            + output_of("c++", "--version"))


def go_module(name):
    return first_match(rf"github.com/libp2p/{name} (v\S+)",
                       RELAYS / "go/go.mod")


def crate(name):
    return first_match(rf'name = "{name}"\nversion = "([^"]+)"',
                       RELAYS / "rust/Cargo.lock")


def node_packages():
    """Name and version of what the relay depends on itself, in one list."""
    try:
        package = json.loads((RELAYS / "js/package.json").read_text("utf-8"))
    except OSError:
        return []
    wanted = [(name, version) for name, version
              in package.get("dependencies", {}).items()
              if "gossipsub" in name or name == "libp2p"]
    return [word for pair in wanted for word in pair]


def describe_run(arguments):
    """When and how something was measured."""
    return {"date": datetime.date.today().isoformat(),
            "command": (shlex.join(["scripts/bench.sh", *arguments])
                        if arguments else "make bench")}
