//! The deterministic payload of the line protocol.

use sha2::{Digest, Sha256};

/// `size` bytes: SHA-256(seed || counter) for counter 0, 1, 2, …, both numbers as 8 big-endian bytes, one digest after
/// the other, cut off at `size`.
pub fn make_payload(seed: u64, size: usize) -> Vec<u8> {
    let mut payload = Vec::with_capacity(size + 32);
    let mut counter: u64 = 0;
    while payload.len() < size {
        let digest = Sha256::new()
            .chain_update(seed.to_be_bytes())
            .chain_update(counter.to_be_bytes())
            .finalize();
        payload.extend_from_slice(&digest);
        counter += 1;
    }
    payload.truncate(size);
    payload
}
