#pragma once

#include "tests/bench/message_pool.hpp"

#include <nlohmann/json.hpp>

#include <chrono>

namespace grapevine::bench {

/// What is unavoidable: a bare loop that reads from a TCP connection, decrypts,
/// verifies the signature if there is one, encrypts for each subscriber and
/// writes to it, with the node's own ciphers, and nothing else. The records and
/// system calls are as full as they can be; for comparison, also with one
/// message in each. Its CPU time counts, not that of its peers; what a core
/// could relay if it did nothing else is its highest rate.
nlohmann::ordered_json measure_bare_relay(const bench_case& what,
                                          const message_pool& pool,
                                          std::chrono::milliseconds time);

} // namespace grapevine::bench
