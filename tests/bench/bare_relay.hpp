#pragma once

#include "tests/bench/message_pool.hpp"

#include <chrono>
#include <cstddef>

namespace grapevine::bench {

/// What is unavoidable: CPU microseconds per message of a bare loop that reads
/// from a TCP connection, decrypts, verifies the signature if there is one,
/// encrypts for eight others and writes to them, with the node's own ciphers,
/// and nothing else. `batch` messages are in each record and system call.
double bare_relay_cost(const message_pool& pool, gossip::signing_policy policy,
                       std::size_t batch, std::chrono::milliseconds time);

} // namespace grapevine::bench
