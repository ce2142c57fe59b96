package main

import (
	"crypto/sha256"
	"encoding/binary"
)

// makePayload returns size bytes: SHA-256(seed || counter) for counter 0, 1, 2, …, both numbers as 8 big-endian bytes,
// one digest after the other, cut off at size.
func makePayload(seed uint64, size int) []byte {
	payload := make([]byte, 0, size+sha256.Size)
	var block [16]byte
	binary.BigEndian.PutUint64(block[:8], seed)
	for counter := uint64(0); len(payload) < size; counter++ {
		binary.BigEndian.PutUint64(block[8:], counter)
		digest := sha256.Sum256(block[:])
		payload = append(payload, digest[:]...)
	}
	return payload[:size]
}
