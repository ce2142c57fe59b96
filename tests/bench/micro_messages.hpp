#pragma once

#include "gossip/message/message_id.hpp"
#include "gossip/message/signing.hpp"
#include "tests/bench/message_pool.hpp"
#include "tests/support/mesh_fixture.hpp"

#include <benchmark/benchmark.h>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace grapevine::bench {

/// A signed message of `size` bytes of data.
inline gossip::message_ptr signed_message(std::size_t size = data_size) {
  static const gossip::message_signer signer{numbered_key(1)};
  const bytes data(size, 0x5A);
  gossip::message_fields fields;
  fields.topic = topic;
  fields.data = data;
  fields.seqno = 1; // else nobody would look at the signature
  return gossip::build_message(fields, &signer, gossip::default_message_id);
}

/// One without a signature, with a number of its own.
inline gossip::message_ptr numbered_message(std::uint64_t number,
                                            std::size_t size = data_size) {
  static const auto author = test::numbered_peer(77);
  const bytes data(size, 0x5A);
  return gossip::build_message({topic, data, author, number}, nullptr,
                               gossip::default_message_id);
}

/// As long as the usual ids: an author and a number.
inline std::string numbered_raw_id(std::size_t number) {
  std::string raw(46, 'x');
  std::memcpy(raw.data(), &number, sizeof(number));
  return raw;
}

inline gossip::message_id numbered_id(std::size_t number) {
  return gossip::message_id{numbered_raw_id(number)};
}

inline std::vector<gossip::message_id> numbered_ids(std::size_t count) {
  std::vector<gossip::message_id> result;
  for (std::size_t i = 0; i < count; ++i)
    result.push_back(numbered_id(i));
  return result;
}

inline void count_bytes(benchmark::State& state, std::size_t size) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(size));
}

} // namespace grapevine::bench
