#pragma once

#include "proto/bytes.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace grapevine::libp2p {

/// The secret of a keyed hash.
using hash_key = std::array<std::uint8_t, 16>;

/// SipHash-2-4 of `data` under `key`.
std::uint64_t keyed_hash(std::string_view data, const hash_key& key);

/// The same under a key that is drawn once for the process: the hash of every
/// table whose keys others choose (topics, message ids, peer ids, addresses).
/// Whoever knew the hash, or could invert it, would choose keys that all lie in
/// one place, and each search would visit all of them. Nothing that leaves the
/// process, and no decision, may depend on it.
std::uint64_t keyed_hash(std::string_view data);

/// For tables keyed by strings, which can be searched by a view. Not noexcept,
/// though nothing throws: for a hash that is, libstdc++'s maps keep no hash
/// codes, and every search would hash the keys of its neighbours.
struct keyed_string_hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view data) const {
    return keyed_hash(data);
  }
};

/// Tables whose keys others choose.
template <class T>
using keyed_string_map =
    std::unordered_map<std::string, T, keyed_string_hash, std::equal_to<>>;
using keyed_string_set =
    std::unordered_set<std::string, keyed_string_hash, std::equal_to<>>;

} // namespace grapevine::libp2p
