#pragma once

#include "gossip/partial/bitmap_parts.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace grapevine::interop {

/// How many parts every message has, see "Messages in parts" in the README.
inline constexpr std::size_t part_count = 8;

/// The messages in parts of this peer.
class part_store {
public:
  /// A message, by topic and group; an empty one if there is none.
  gossip::numbered_parts& message(const std::string& topic,
                                  const std::string& group);

private:
  std::map<std::pair<std::string, std::string>, gossip::numbered_parts>
      messages_;
};

/// Makes parts of `message`, part i being the random payload of seed + i.
void make_parts(gossip::numbered_parts& message, std::uint64_t seed,
                std::size_t size, const std::vector<std::size_t>& parts);

/// The numbers of the parts that are there.
std::vector<std::size_t> numbers_of(const gossip::numbered_parts& message);

/// All parts that are there, one after the other.
bytes joined(const gossip::numbered_parts& message);

} // namespace grapevine::interop
