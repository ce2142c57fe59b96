#include "tests/interop/grapevine/part_store.hpp"

#include "tests/interop/grapevine/payload.hpp"

namespace grapevine::interop {

namespace {

class rules final : public gossip::part_rules {
public:
  bool valid(bytes_view metadata) const override {
    return metadata.size() == 1;
  }

  gossip::part_choice choose(bytes_view held, const gossip::peer_parts& peer,
                             std::size_t room) const override {
    part_message message;
    if (!peer.metadata || !message.merge(held))
      return {{}, to_bytes(peer.sent)};
    const auto sent = set_of(peer.sent);
    const auto lacking = message.have() & ~set_of(*peer.metadata) & ~sent;
    const auto chosen = message.fitting(lacking, room);
    return {message.encode(chosen), metadata_of(sent | chosen)};
  }
};

} // namespace

std::shared_ptr<const gossip::part_rules> make_part_rules() {
  return std::make_shared<rules>();
}

part_store::news part_store::add(const std::string& topic,
                                 const std::string& group, std::uint64_t seed,
                                 std::size_t size,
                                 const std::vector<int>& parts) {
  auto& message = messages_[{topic, group}];
  for (const auto index : parts)
    message.set(static_cast<std::size_t>(index),
                make_payload(seed + static_cast<std::uint64_t>(index), size));
  return publication(topic, group);
}

bool part_store::merge(const std::string& topic, const std::string& group,
                       bytes_view parts) {
  auto& message = messages_[{topic, group}];
  const auto before = message.have();
  message.merge(parts);
  return message.have() != before;
}

part_store::news part_store::publication(const std::string& topic,
                                         const std::string& group) const {
  const auto& known = message(topic, group);
  return {known.encode(known.have()), metadata_of(known.have())};
}

const part_message& part_store::message(const std::string& topic,
                                        const std::string& group) const {
  return messages_.at({topic, group});
}

} // namespace grapevine::interop
