#include "gossip/mesh/extensions.hpp"

#include <algorithm>
#include <utility>

namespace grapevine::gossip {

std::optional<proto::extensions>
extension_state::open_outbound(version v) noexcept {
  outbound_ = has_extensions(v);
  test_sent_ = false;
  if (!outbound_ || (!ours_.partial_messages && !ours_.test_extension))
    return std::nullopt;
  return ours_;
}

void extension_state::close_outbound() noexcept {
  outbound_ = false;
}

void extension_state::open_inbound(version v, unsigned stream) {
  close_inbound(stream);
  if (has_extensions(v))
    inbound_.push_back({stream, {}});
}

void extension_state::close_inbound(unsigned stream) noexcept {
  std::erase_if(inbound_,
                [&](const auto& one) { return one.stream == stream; });
}

extension_news extension_state::receive(const proto::rpc& rpc,
                                        unsigned stream) noexcept {
  extension_news news;
  const auto in = std::ranges::find(inbound_, stream, &inbound::stream);
  // To an older version both are unknown fields.
  if (in == inbound_.end())
    return news;
  const auto& announced = rpc.control.ext;
  if (!in->theirs) {
    // A first RPC without extensions says that there are none.
    in->theirs = announced.value_or(proto::extensions{});
    news.settled = outbound_;
  } else {
    // Once for each stream: a flood must not become a flood of penalties.
    news.misbehaved = announced && !std::exchange(in->reported, true);
  }
  news.tested = rpc.test_extension && usable().test_extension;
  return news;
}

bool extension_state::take_test() noexcept {
  return usable().test_extension && !std::exchange(test_sent_, true);
}

proto::extensions extension_state::theirs() const noexcept {
  for (auto one = inbound_.rbegin(); one != inbound_.rend(); ++one)
    if (one->theirs)
      return *one->theirs;
  return {};
}

proto::extensions extension_state::usable() const noexcept {
  if (!outbound_)
    return {};
  const auto told = theirs();
  return {ours_.partial_messages && told.partial_messages,
          ours_.test_extension && told.test_extension};
}

} // namespace grapevine::gossip
