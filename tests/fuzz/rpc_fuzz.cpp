// Any bytes are decoded or refused within the limits; what was decoded says the
// same after another round.
#include "proto/rpc.hpp"
#include "proto/varint.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

using namespace grapevine;

namespace {

void expect(bool holds) {
  if (!holds)
    std::abort();
}

std::size_t ids_in(const proto::control& ctrl) {
  std::size_t count = ctrl.iwant.size() + ctrl.idontwant.size();
  for (const auto& have : ctrl.ihaves)
    count += have.ids.size();
  return count;
}

void check_limits(const proto::rpc& rpc, const proto::rpc_limits& limits) {
  expect(rpc.messages.size() <= limits.messages);
  expect(rpc.subscriptions.size() <= limits.subscriptions);
  expect(ids_in(rpc.control) <= limits.ids);
  for (const auto& pruned : rpc.control.prunes)
    expect(pruned.peers.size() <= limits.px_peers);
}

/// Everything that the frames say, taken together.
proto::rpc read_back(const std::vector<bytes>& frames) {
  bytes joined;
  for (const auto& frame : frames) {
    expect(frame.size() <= proto::control_frame_size);
    const auto length = read_varint(frame);
    expect(length.size > 0 && length.value == frame.size() - length.size);
    append(joined, bytes_view{frame}.subspan(length.size));
  }
  proto::rpc_limits unlimited;
  // Splitting may make more entries than there were.
  unlimited.control_entries = 1'000'000;
  const auto rpc = proto::decode_rpc(joined, unlimited);
  expect(rpc.has_value());
  return *rpc;
}

void check_control(const proto::rpc& rpc) {
  std::vector<bytes> frames;
  const auto dropped =
      proto::encode_frames(rpc.subscriptions, rpc.control, 1 << 20, frames);
  expect(dropped == 0);
  const auto again = read_back(frames);
  expect(again.subscriptions.size() == rpc.subscriptions.size());
  expect(ids_in(again.control) == ids_in(rpc.control));
  expect(again.control.iwant == rpc.control.iwant);
  expect(again.control.idontwant == rpc.control.idontwant);
  expect(again.control.grafts == rpc.control.grafts);
  expect(again.control.prunes.size() == rpc.control.prunes.size());
  expect(again.control.ext.has_value() == rpc.control.ext.has_value());
}

void check_partial(const proto::partial_view& partial,
                   const proto::rpc_limits& limits) {
  expect(partial.topic.size() <= limits.topic_size);
  expect(partial.group.size() <= limits.group_size);
  expect(!partial.metadata || partial.metadata->size() <= limits.metadata_size);
  const auto frame = proto::encode_partial(partial, 1 << 20);
  expect(frame.has_value());
  const auto length = read_varint(*frame);
  const auto again =
      proto::decode_rpc(bytes_view{*frame}.subspan(length.size), limits);
  expect(again && again->partial);
  expect(again->partial->topic == partial.topic);
  expect(equal(again->partial->group, partial.group));
  expect(again->partial->parts.has_value() == partial.parts.has_value());
  expect(again->partial->metadata.has_value() == partial.metadata.has_value());
}

void check_message(const proto::message_view& msg) {
  bytes encoded;
  proto::append_message(encoded, msg);
  expect(encoded.size() == proto::encoded_size(msg));
  // Canonical is what this codec would write.
  expect(msg.canonical == equal(encoded, msg.encoded));
  proto::append_unknown_fields(encoded, msg.encoded);
  expect(proto::decode_message(encoded).has_value());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const proto::rpc_limits limits;
  const auto rpc = proto::decode_rpc({data, size}, limits);
  if (!rpc)
    return 0;
  check_limits(*rpc, limits);
  check_control(*rpc);
  if (rpc->partial && size < (1 << 20) - 100)
    check_partial(*rpc->partial, limits);
  for (const auto& msg : rpc->messages)
    check_message(msg);
  return 0;
}
