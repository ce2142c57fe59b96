#pragma once

#include "gossip/partial_rules.hpp"
#include "tests/interop/grapevine/parts.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace grapevine::interop {

/// Tells the router which parts a peer lacks. Nobody is sent any before it has
/// told what it has.
std::shared_ptr<const gossip::part_rules> make_part_rules();

/// The messages in parts of this peer.
class part_store {
public:
  /// What the router is to publish of a message.
  struct news {
    bytes parts;
    bytes metadata;
  };

  /// Makes parts of a message, part i being the payload of seed + i.
  news add(const std::string& topic, const std::string& group,
           std::uint64_t seed, std::size_t size, const std::vector<int>& parts);

  /// Takes parts that a peer has sent, perhaps none; whether there are more
  /// than before.
  bool merge(const std::string& topic, const std::string& group,
             bytes_view parts);

  news publication(const std::string& topic, const std::string& group) const;

  const part_message& message(const std::string& topic,
                              const std::string& group) const;

private:
  std::map<std::pair<std::string, std::string>, part_message> messages_;
};

} // namespace grapevine::interop
