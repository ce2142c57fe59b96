#include "tests/bench/message_pool.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

namespace grapevine::bench {

namespace {

// As many as a receiver can keep books about.
constexpr std::size_t unlimited = std::numeric_limits<std::uint32_t>::max();

gossip::message_ptr numbered_message(std::uint32_t number,
                                     const gossip::message_signer* signer) {
  bytes data(data_size, 0x5A);
  std::memcpy(data.data(), &number, sizeof(number));
  gossip::message_fields fields;
  fields.topic = topic;
  fields.data = data;
  if (signer != nullptr)
    fields.seqno = number;
  return gossip::build_message(fields, signer, gossip::default_message_id);
}

} // namespace

libp2p::private_key numbered_key(std::uint8_t number) {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(number);
  return libp2p::private_key::ed25519_from_seed(seed);
}

message_pool::message_pool(gossip::signing_policy policy, std::size_t count)
    : count_{unlimited} {
  std::optional<gossip::message_signer> signer;
  if (policy == gossip::signing_policy::strict_sign) {
    signer.emplace(numbered_key(publisher_number));
    count_ = count;
    signed_.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
      signed_.push_back(gossip::shared_frame(
          numbered_message(static_cast<std::uint32_t>(i), &*signer)));
  }
  const auto one = numbered_message(0, signer ? &*signer : nullptr);
  sample_ = one->frame();
  const auto* start = sample_.data();
  // The frame's length is a varint: its last byte is the first below 128.
  const auto* length_end = std::find_if(
      start, start + sample_.size(), [](std::uint8_t b) { return b < 0x80; });
  rpc_offset_ = static_cast<std::size_t>(length_end - start) + 1;
  number_offset_ =
      static_cast<std::size_t>(one->data().data() - one->frame().data());
}

shared_bytes message_pool::frame(std::uint32_t number) const {
  if (!signed_.empty())
    return signed_[number];
  auto result = std::make_shared<bytes>(sample_);
  std::memcpy(result->data() + number_offset_, &number, sizeof(number));
  return result;
}

std::optional<std::uint32_t>
message_pool::number_of(bytes_view rpc) const noexcept {
  if (rpc.size() != sample_.size() - rpc_offset_)
    return std::nullopt;
  std::uint32_t number = 0;
  std::memcpy(&number, rpc.data() + number_offset_ - rpc_offset_,
              sizeof(number));
  return number;
}

} // namespace grapevine::bench
