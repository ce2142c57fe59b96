#include "libp2p/services/ping.hpp"

#include <algorithm>
#include <stdexcept>

namespace grapevine::libp2p {

void ping_responder::feed(bytes_view in, bytes& out) {
  while (!in.empty()) {
    auto take = std::min(ping_size - fill_, in.size());
    std::copy_n(in.begin(), take, held_.data() + fill_);
    fill_ += take;
    in = in.subspan(take);
    if (fill_ == ping_size) {
      append(out, held_);
      fill_ = 0;
    }
  }
}

void ping_requester::send(std::span<const std::uint8_t, ping_size> payload,
                          bytes& out) {
  if (state_ != ping_state::idle)
    throw std::logic_error("a ping is out already");
  std::copy(payload.begin(), payload.end(), payload_.begin());
  echoed_ = 0;
  state_ = ping_state::waiting;
  append(out, payload_);
}

bool ping_requester::feed(bytes_view in) {
  if (in.empty() || state_ == ping_state::failed)
    return false;
  auto left = bytes_view{payload_}.subspan(echoed_);
  // Nothing may come unasked, nor more than was asked.
  if (state_ == ping_state::idle || in.size() > left.size()
      || !equal(in, left.first(in.size()))) {
    state_ = ping_state::failed;
    return false;
  }
  echoed_ += in.size();
  if (echoed_ < ping_size)
    return false;
  state_ = ping_state::idle;
  return true;
}

} // namespace grapevine::libp2p
