#include "gossip/trace/trace_event.hpp"

#include "proto/varint.hpp"

#include <type_traits>

namespace grapevine::gossip::trace {

namespace {

// What the allocator and the string add to the text.
constexpr std::size_t string_overhead = sizeof(std::string) + 16;

std::size_t size_of(std::string_view text) {
  return text.size() + string_overhead;
}

std::size_t size_of(const std::vector<std::string>& texts) {
  std::size_t result = 0;
  for (const auto& one : texts)
    result += size_of(one);
  return result;
}

std::size_t size_of(const proto::control& ctrl) {
  auto result =
      size_of(ctrl.iwant) + size_of(ctrl.grafts) + size_of(ctrl.idontwant);
  for (const auto& one : ctrl.ihaves)
    result += sizeof(one) + size_of(one.topic) + size_of(one.ids);
  for (const auto& one : ctrl.prunes) {
    result += sizeof(one) + size_of(one.topic);
    for (const auto& peer : one.peers)
      result += size_of(peer.id) + size_of(peer.signed_record);
  }
  return result;
}

std::size_t size_of(const rpc_meta& meta) {
  auto result = size_of(meta.control);
  for (const auto& one : meta.messages)
    result += size_of(one.id) + size_of(one.topic);
  for (const auto& one : meta.subscriptions)
    result += sizeof(one) + size_of(one.topic);
  return result;
}

// What an event holds outside of itself.
struct held_by {
  std::size_t operator()(const auto& e) const {
    using event_type = std::remove_cvref_t<decltype(e)>;
    std::size_t result = 0;
    if constexpr (requires { e.id; })
      result += size_of(e.id.raw());
    if constexpr (requires { e.topic; })
      result += size_of(e.topic);
    if constexpr (requires { e.meta; })
      result += size_of(e.meta);
    if constexpr (std::is_same_v<event_type, rejected>)
      result += size_of(e.reason);
    if constexpr (std::is_same_v<event_type, stream_opened>)
      result += size_of(e.protocol);
    return result;
  }
};

} // namespace

std::string_view reason_text(reject_reason reason) {
  switch (reason) {
  case reject_reason::missing_signature:
    return reasons::missing_signature;
  case reject_reason::bad_signature:
  case reject_reason::bad_author:
  case reject_reason::bad_seqno:
  case reject_reason::bad_key:
  case reject_reason::missing_key:
    return reasons::invalid_signature;
  case reject_reason::unexpected_author:
    return reasons::unexpected_author;
  case reject_reason::unexpected_signature:
    return reasons::unexpected_signature;
  case reject_reason::blacklisted_peer:
    return reasons::blacklisted_peer;
  case reject_reason::blacklisted_author:
    return reasons::blacklisted_author;
  default:
    // Whatever else a validator finds.
    return reasons::failed;
  }
}

rpc_meta meta_of(const proto::rpc& rpc, const message_ids& ids) {
  rpc_meta result{{}, rpc.subscriptions, rpc.control};
  result.messages.reserve(rpc.messages.size());
  for (const auto& msg : rpc.messages)
    result.messages.push_back(
        {std::string{ids.of(msg).raw()}, std::string{msg.topic}});
  return result;
}

rpc_meta meta_of_frame(bytes_view frame, const message_ids& ids) {
  const auto length = read_varint(frame);
  const auto rpc = proto::decode_rpc(frame.subspan(length.size), {});
  return rpc ? meta_of(*rpc, ids) : rpc_meta{};
}

rpc_meta meta_of(const message& msg) {
  return {{{std::string{msg.id().raw()}, std::string{msg.topic()}}}, {}, {}};
}

rpc_meta meta_of(proto::control ctrl) {
  return {{}, {}, std::move(ctrl)};
}

std::size_t footprint(const event& what) {
  return sizeof(trace_event) + std::visit(held_by{}, what);
}

} // namespace grapevine::gossip::trace
