#!/usr/bin/env python3
"""Checks which parts of the sources use which others, by their includes: layers
and wings use those below them alone, in the order that ARCHITECTURE.md gives,
the host, whatever it includes, knows nothing of pubsub, and few files know which
CAF there is.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Each layer and what it may use.
LAYERS = {
    "proto": set(),
    "libp2p": {"proto"},
    "gossip": {"proto", "libp2p"},
    "sim": {"proto", "libp2p", "gossip"},
    "messages": {"proto", "libp2p", "gossip"},
    "actors": {"proto", "libp2p", "gossip", "messages"},
    "gateway": {"proto", "libp2p", "gossip", "messages"},
    "client": {"proto", "libp2p", "gossip", "messages", "actors"},
    "testing": {"proto", "libp2p", "gossip", "messages", "actors"},
    "app": {"proto", "libp2p", "gossip", "sim", "messages", "actors",
            "gateway"},
}

# The wings of a layer: each may use those before it, and all the files that
# stand above the wings.
WINGS = {
    "libp2p": ["base", "identity", "address", "discovery", "secure", "mux",
               "services", "session"],
    "gossip": ["message", "stream", "trace", "mesh", "score", "cache",
               "partial", "router"],
    "actors": ["host", "trace", "pubsub", "node"],
    "app": ["options", "console", "metrics", "http", "client",
            "sim", "cluster", "commands"],
}

# Folder and what nothing in it may reach, however indirectly.
UNKNOWN_TO = {"actors/host": ("gossip/", "actors/pubsub/", "actors/node/")}

# What asks which CAF there is, and the files that may.
CAF_ASKED = re.compile(r"\b(GRAPEVINE_CAF_1|CAF_MAJOR_VERSION|CAF_VERSION)\b")
KNOW_CAF = {"messages/caf_compat.hpp", "gateway/caf_network.hpp",
            "testing/test_scheduler.hpp", "tests/support/caf_testing.hpp"}

INCLUDE = re.compile(r'^#include "([^"]+)"', re.MULTILINE)


def includes(path):
    """The project's files that one includes."""
    file = ROOT / path
    return INCLUDE.findall(file.read_text()) if file.is_file() else []


def place(path):
    """Layer and wing of a file; of those above the wings, None."""
    parts = path.split("/")
    return parts[0], parts[1] if len(parts) > 2 else None


def problem(path, used):
    """Why one file may not include another, or None."""
    layer, wing = place(path)
    used_layer, used_wing = place(used)
    if used_layer not in LAYERS:
        return None
    if used_layer != layer:
        return (None if used_layer in LAYERS[layer]
                else f"{layer}/ does not use {used_layer}/")
    order = WINGS.get(layer, [])
    if wing in order and used_wing in order \
            and order.index(used_wing) > order.index(wing):
        return f"{layer}/{wing}/ is below {layer}/{used_wing}/"
    return None


def reached(path):
    """Each file that one includes, directly or not, with the way there."""
    ways, waiting = {path: [path]}, [path]
    while waiting:
        current = waiting.pop()
        for used in includes(current):
            if used not in ways:
                ways[used] = ways[current] + [used]
                waiting.append(used)
    return ways


def caf_problems():
    """What else asks, and what may but does not."""
    found = []
    for folder in [*LAYERS, "tests"]:
        for file in sorted((ROOT / folder).rglob("*.?pp")):
            path = file.relative_to(ROOT).as_posix()
            asks = CAF_ASKED.search(file.read_text()) is not None
            if asks and path not in KNOW_CAF:
                found.append(f"{path}: asks which CAF there is: that is for "
                             "messages/caf_compat.hpp")
            elif not asks and path in KNOW_CAF:
                found.append(f"{path}: does not ask which CAF there is: it "
                             "need not be allowed to")
    return found


def self_test():
    """The check finds what it is for."""
    bad = [("gossip/mesh/x.hpp", "gossip/router/router.hpp"),
           ("gossip/mesh/x.hpp", "messages/api.hpp"),
           ("libp2p/base/x.hpp", "libp2p/session/session.hpp")]
    good = [("gossip/router/x.hpp", "gossip/mesh/mesh.hpp"),
            ("gossip/router/x.hpp", "libp2p/session/session.hpp"),
            ("gossip/limits.hpp", "gossip/mesh/mesh.hpp"),
            ("actors/node/x.hpp", "build/generated.pb.h")]
    if not all(problem(*one) for one in bad) \
            or any(problem(*one) for one in good):
        sys.exit(f"{sys.argv[0]}: does not find what it is for")


def main():
    self_test()
    status = 0
    for layer in LAYERS:
        for file in sorted((ROOT / layer).rglob("*.?pp")):
            path = file.relative_to(ROOT).as_posix()
            found = [f"includes {used}: {why}" for used in includes(path)
                     if (why := problem(path, used))]
            for folder, unknown in UNKNOWN_TO.items():
                if path.startswith(folder + "/"):
                    found += [" -> ".join(way) for used, way
                              in reached(path).items()
                              if used.startswith(unknown)][:1]
            for text in found:
                print(f"{path}: {text}", file=sys.stderr)
                status = 1
    for text in caf_problems():
        print(text, file=sys.stderr)
        status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
