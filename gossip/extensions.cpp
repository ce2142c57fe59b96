#include "gossip/extensions.hpp"

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

void extension_state::open_inbound(version v) noexcept {
  inbound_ = has_extensions(v);
  reported_ = false;
  theirs_.reset();
}

void extension_state::close_inbound() noexcept {
  inbound_ = false;
  theirs_.reset();
}

extension_news extension_state::receive(const proto::rpc& rpc) noexcept {
  extension_news news;
  // To an older version both are unknown fields.
  if (!inbound_)
    return news;
  const auto& announced = rpc.control.ext;
  if (!theirs_) {
    // A first RPC without extensions says that there are none.
    theirs_ = announced.value_or(proto::extensions{});
    news.settled = outbound_;
  } else {
    // Once for each stream: a flood must not become a flood of penalties.
    news.misbehaved = announced && !std::exchange(reported_, true);
  }
  news.tested = rpc.test_extension && usable().test_extension;
  return news;
}

bool extension_state::take_test() noexcept {
  return usable().test_extension && !std::exchange(test_sent_, true);
}

proto::extensions extension_state::usable() const noexcept {
  if (!outbound_ || !theirs_)
    return {};
  return {ours_.partial_messages && theirs_->partial_messages,
          ours_.test_extension && theirs_->test_extension};
}

} // namespace grapevine::gossip
