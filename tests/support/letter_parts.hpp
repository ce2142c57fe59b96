#pragma once

#include "gossip/partial/partial_rules.hpp"
#include "proto/bytes.hpp"

#include <string>
#include <string_view>

namespace grapevine::test {

/// Messages whose parts are letters: metadata says which letters one has.
class letter_parts : public gossip::part_rules {
public:
  explicit letter_parts(bool eager = false) : eager_{eager} {}

  /// Capitals are no parts.
  bool valid(bytes_view metadata) const override {
    for (const char c : as_text(metadata))
      if (c < 'a' || c > 'z')
        return false;
    return true;
  }

  gossip::part_choice choose(bytes_view held, const gossip::peer_parts& peer,
                             std::size_t room) const override {
    std::string sent = grapevine::to_string(peer.sent);
    std::string parts;
    if (!peer.metadata && !eager_)
      return {};
    const auto has = peer.metadata ? as_text(*peer.metadata) : "";
    for (const char c : as_text(held))
      if (parts.size() < room && has.find(c) == std::string_view::npos
          && sent.find(c) == std::string::npos)
        parts += c;
    return {to_bytes(as_bytes(parts)), to_bytes(as_bytes(sent + parts))};
  }

private:
  bool eager_;
};

} // namespace grapevine::test
