"""The deterministic payload of the line protocol."""
import hashlib


def make_payload(seed, size):
    """`size` bytes: SHA-256(seed || counter) for counter 0, 1, 2, ..., both
    numbers as 8 big-endian bytes, one digest after the other, cut off."""
    payload = bytearray()
    counter = 0
    while len(payload) < size:
        block = seed.to_bytes(8, "big") + counter.to_bytes(8, "big")
        payload += hashlib.sha256(block).digest()
        counter += 1
    return bytes(payload[:size])
