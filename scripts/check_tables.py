#!/usr/bin/env python3
"""Finds tables whose keys others might choose and whose hash they know.

libstdc++'s std::hash of bytes can be inverted, so whoever chooses the keys of a
table could make all of them collide. Bytes are hashed by libp2p/base/keyed_hash.hpp
alone: peer ids, addresses and message ids by their std::hash, which uses it,
strings in a keyed_string_map. An ordered container of strings compares long
common beginnings again and again; its keys must be this node's own.

What is this node's own to choose is listed below, with the reason.
"""
import pathlib
import re
import sys

FOLDERS = ("proto", "libp2p", "gossip", "messages", "actors")

# Keys that no remote chooses, or whose hash is keyed.
KEYED = {"libp2p::peer_id", "peer_id", "libp2p::ip_prefix", "ip_prefix",
         "libp2p::ip_address", "ip_address"}
KEYED_HASHES = ("keyed_string_hash", "message_id_hash", "key_hash")
OWN = {
    # Numbers that this node gives.
    "peer_handle", "position", "socket_id", "attempt_id", "ticket",
    "handshake_gate::key",
    # Descriptors.
    "ares_socket_t",
    # Addresses of its own objects.
    "caf::actor", "caf::actor_addr", "topic_entry*", "own_list",
    # Times of its own clock.
    "time_point",
}
# Numbers: an ordered table of them cannot be made slow.
NUMBERS = {"stream_id", "libp2p::stream_id"}

# Ordered tables of strings: file and what its keys are.
ORDERED = {
    "actors/repeat_log.hpp": "a remote's, but never more than some hundred",
    "actors/node/kept_peers.hpp": "addresses that the operator configured, and "
                                  "some of those that their names have",
    "actors/node/named_peers.hpp": "names that the operator configured, and what "
                                   "they have: at most 2,048 short addresses, in "
                                   "an order from which a seed draws the same",
    "libp2p/address/name_lookup.hpp": "of names that the operator configured: at "
                                      "most 64 questions and 2,048 addresses",
    "actors/pubsub/mesh_manager_state.hpp": "topics of the application",
    "actors/pubsub/message_cache_state.hpp": "topics of the application",
    "actors/pubsub/validation_rules.hpp": "topics of the application",
    "actors/node_settings.hpp": "topics of the application",
    "actors/node/metrics_book.hpp": "topics of the application",
    "actors/node/metrics_book.cpp": "topics of the application",
    "actors/node/topic_subscribers.hpp": "topics of the application",
    "messages/api.hpp": "topics of the application",
}

CONTAINER = re.compile(
    r"\bstd::(unordered_(?:multi)?(?:map|set)|(?:multi)?(?:map|set))\s*<")
PLAIN_HASH = re.compile(
    r"\bstd::hash<\s*(?:std::)?(?:string|string_view|u8string|bytes)\b"
    r"|\b_Hash_bytes\b")
# The definition of the strings' table itself.
DEFINITIONS = {"libp2p/base/keyed_hash.hpp"}


def arguments(text, start):
    """The template arguments that begin at `start`, behind the '<'."""
    depth, begin, result = 1, start, []
    for i in range(start, len(text)):
        c = text[i]
        if c in "<(":
            depth += 1
        elif c in ">)":
            depth -= 1
        if depth == 0 or (depth == 1 and c == ","):
            result.append(" ".join(text[begin:i].split()))
            begin = i + 1
        if depth == 0:
            return result
    return result


def problem(path, kind, args):
    """What is wrong with one container, or None."""
    key = args[0].removeprefix("const ").strip()
    if key in OWN:
        return None
    if kind.startswith("unordered_"):
        place = 2 if "map" in kind else 1
        hash_name = args[place] if len(args) > place else ""
        if key in KEYED and not hash_name:
            return None
        if any(name in hash_name for name in KEYED_HASHES):
            return None
        return f"hashes {key} with {hash_name or 'std::hash'}"
    if key in KEYED or key in NUMBERS:
        return None
    if path in ORDERED and ("string" in key or key in ("Key", "dns_question")):
        return None
    return f"orders {key}, which a remote might choose"


def check(path, text):
    """The problems of one file, each with its line."""
    text = re.sub(r"//[^\n]*", lambda m: " " * len(m.group()), text)
    found = []
    if path in DEFINITIONS:
        return found
    for match in PLAIN_HASH.finditer(text):
        found.append((match.start(), f"uses {match.group()}"))
    for match in CONTAINER.finditer(text):
        why = problem(path, match.group(1), arguments(text, match.end()))
        if why:
            found.append((match.start(), why))
    return [(text.count("\n", 0, at) + 1, why) for at, why in sorted(found)]


def self_test():
    """The check finds what it is for."""
    bad = {
        "std::unordered_map<std::string, int> a;",
        "std::unordered_set<std::string_view> a;",
        "std::unordered_map<std::string,\n std::vector<int>, std::less<>> a;",
        "std::map<std::string, int, std::less<>> a;",
        "std::set<bytes> a;",
        "std::unordered_map<stream_id, int> a;",
        "return std::hash<std::string_view>{}(x);",
    }
    good = {
        "std::unordered_map<libp2p::peer_id, std::string> a;",
        "libp2p::keyed_string_map<int> a;",
        "std::map<stream_id, int> a;",
        "std::unordered_map<std::string_view, int,\n"
        " libp2p::keyed_string_hash> a;",
        "// std::unordered_map<std::string, int>",
    }
    wrong = ([text for text in bad if not check("gossip/x.hpp", text)]
             + [text for text in good if check("gossip/x.hpp", text)])
    if wrong:
        sys.exit(f"{sys.argv[0]}: wrong about {wrong}")


def main():
    self_test()
    root = pathlib.Path(__file__).resolve().parent.parent
    status = 0
    for folder in FOLDERS:
        for file in sorted((root / folder).rglob("*.?pp")):
            path = file.relative_to(root).as_posix()
            for line, why in check(path, file.read_text()):
                print(f"{path}:{line}: {why}", file=sys.stderr)
                status = 1
    if status:
        print("Use libp2p/base/keyed_hash.hpp, or say in scripts/check_tables.py why "
              "no remote chooses these keys.", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
