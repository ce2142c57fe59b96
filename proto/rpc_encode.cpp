#include "proto/rpc.hpp"
#include "proto/varint.hpp"
#include "proto/wire_writer.hpp"

#include <algorithm>
#include <limits>
#include <span>

namespace grapevine::proto {

namespace {

constexpr std::uint64_t test_extension_tag = 6492434u << 3;
constexpr std::uint64_t test_message_tag = test_extension_tag | 2u;

void append_flag(bytes& out, unsigned field, bool value) {
  out.push_back(varint_tag(field));
  out.push_back(value ? 1 : 0);
}

/// All of an encoded partial message but its parts.
std::size_t names_size(const partial_view& partial) noexcept {
  return field_size(partial.topic.size()) + field_size(partial.group.size())
         + (partial.metadata ? field_size(partial.metadata->size()) : 0);
}

/// Puts entries into frames, and begins a new one when one is full. An entry is
/// a field of the RPC (a subscription) or of its control message.
class frame_packer {
public:
  frame_packer(std::size_t max_size, std::vector<bytes>& out)
      : limit_{std::min(max_size, control_frame_size)}, out_{out} {
    // What most frames need: they would grow there in many small steps.
    control_.reserve(usual_size);
    body_.reserve(usual_size);
  }

  void add(const extensions& ext) {
    body_.clear();
    if (ext.partial_messages)
      append_flag(body_, 10, true);
    if (ext.test_extension) {
      append_varint(body_, test_extension_tag);
      body_.push_back(1);
    }
    add_control(6);
  }

  void add(const subscription& change) {
    body_.clear();
    append_flag(body_, 1, change.subscribe);
    append_field(body_, 2, as_bytes(change.topic));
    if (change.requests_partial)
      append_flag(body_, 3, true);
    if (change.supports_partial)
      append_flag(body_, 4, true);
    const std::size_t size = field_size(body_.size());
    if (!fits(size, 0)) {
      ++dropped_;
      return;
    }
    if (subscription_count_ == subscriptions_per_frame
        || !fits(subscriptions_.size() + size, control_.size()))
      flush();
    append_field(subscriptions_, 1, body_);
    ++subscription_count_;
  }

  void add_graft(const std::string& topic) {
    body_.clear();
    append_field(body_, 1, as_bytes(topic));
    add_control(3);
  }

  void add(const prune& pruned) {
    std::size_t peers = pruned.peers.size();
    encode(pruned, peers);
    while (peers > 0 && !fits(0, field_size(body_.size())))
      encode(pruned, --peers);
    add_control(4);
  }

  /// IHAVE with its topic, IWANT or IDONTWANT: as many entries as it takes,
  /// with at most so many ids in one frame.
  void
  add_ids(unsigned entry_field, unsigned id_field, const std::string* topic,
          std::span<const std::string> ids,
          std::size_t per_frame = std::numeric_limits<std::size_t>::max()) {
    begin_ids(topic);
    const std::size_t empty = body_.size();
    std::size_t count = 0;
    for (const std::string& id : ids) {
      const std::size_t size = field_size(id.size());
      if (!fits(0, field_size(empty + size))) {
        ++dropped_;
        continue;
      }
      if (count == per_frame
          || !fits(subscriptions_.size(),
                   control_.size() + field_size(body_.size() + size))) {
        end_ids(entry_field, empty);
        flush();
        begin_ids(topic);
        count = 0;
      }
      ++count;
      append_field(body_, id_field, as_bytes(id));
    }
    end_ids(entry_field, empty);
  }

  /// Ends the frame in the making. Returns the number of entries dropped.
  std::size_t finish() {
    flush();
    return dropped_;
  }

private:
  static constexpr std::size_t usual_size = 512;

  static std::size_t rpc_size(std::size_t subscriptions, std::size_t control) {
    return subscriptions + (control > 0 ? field_size(control) : 0);
  }

  bool fits(std::size_t subscriptions, std::size_t control) const noexcept {
    const std::size_t size = rpc_size(subscriptions, control);
    return varint_size(size) + size <= limit_;
  }

  void begin_ids(const std::string* topic) {
    body_.clear();
    if (topic != nullptr)
      append_field(body_, 1, as_bytes(*topic));
  }

  void end_ids(unsigned entry_field, std::size_t empty) {
    if (body_.size() > empty)
      append_field(control_, entry_field, body_);
  }

  void encode(const prune& pruned, std::size_t peers) {
    body_.clear();
    append_field(body_, 1, as_bytes(pruned.topic));
    for (std::size_t i = 0; i < peers; ++i) {
      const px_peer& peer = pruned.peers[i];
      const bool record = !peer.signed_record.empty();
      body_.push_back(delimited_tag(2));
      append_varint(body_,
                    field_size(peer.id.size())
                        + (record ? field_size(peer.signed_record.size()) : 0));
      append_field(body_, 1, as_bytes(peer.id));
      if (record)
        append_field(body_, 2, as_bytes(peer.signed_record));
    }
    if (pruned.backoff) {
      body_.push_back(varint_tag(3));
      append_varint(body_, static_cast<std::uint64_t>(
                               std::clamp(*pruned.backoff,
                                          std::chrono::seconds{0}, max_backoff)
                                   .count()));
    }
  }

  /// `body_` as an entry of the control message.
  void add_control(unsigned field) {
    const std::size_t size = field_size(body_.size());
    if (!fits(0, size)) {
      ++dropped_;
      return;
    }
    if (!fits(subscriptions_.size(), control_.size() + size))
      flush();
    append_field(control_, field, body_);
  }

  void flush() {
    const std::size_t size = rpc_size(subscriptions_.size(), control_.size());
    if (size == 0)
      return;
    bytes& frame = out_.emplace_back();
    frame.reserve(varint_size(size) + size);
    append_varint(frame, size);
    append(frame, subscriptions_);
    if (!control_.empty())
      append_field(frame, 3, control_);
    subscriptions_.clear();
    subscription_count_ = 0;
    control_.clear();
  }

  std::size_t limit_;
  std::vector<bytes>& out_;
  bytes subscriptions_;
  std::size_t subscription_count_ = 0;
  bytes control_;
  bytes body_;
  std::size_t dropped_ = 0;
};

} // namespace

void append_message(bytes& out, const message_view& msg) {
  if (msg.from)
    append_field(out, 1, *msg.from);
  if (msg.data)
    append_field(out, 2, *msg.data);
  if (msg.seqno)
    append_field(out, 3, *msg.seqno);
  if (msg.has_topic)
    append_field(out, 4, as_bytes(msg.topic));
  if (msg.signature)
    append_field(out, 5, *msg.signature);
  if (msg.key)
    append_field(out, 6, *msg.key);
}

std::size_t encoded_size(const message_view& msg) noexcept {
  std::size_t size = msg.has_topic ? field_size(msg.topic.size()) : 0;
  for (const auto& field :
       {msg.from, msg.data, msg.seqno, msg.signature, msg.key})
    if (field)
      size += field_size(field->size());
  return size;
}

void append_message_header(bytes& out, std::size_t message_size) {
  append_varint(out, field_size(message_size));
  out.push_back(delimited_tag(2));
  append_varint(out, message_size);
}

std::size_t message_header_size(std::size_t message_size) noexcept {
  const std::size_t rpc = field_size(message_size);
  return varint_size(rpc) + rpc - message_size;
}

std::size_t encode_frames(const std::vector<subscription>& subscriptions,
                          const control& ctrl, std::size_t max_size,
                          std::vector<bytes>& out) {
  frame_packer frames{max_size, out};
  if (ctrl.ext)
    frames.add(*ctrl.ext);
  for (const auto& change : subscriptions)
    frames.add(change);
  frames.add_ids(5, 1, nullptr, ctrl.idontwant, idontwant_per_frame);
  for (const auto& topic : ctrl.grafts)
    frames.add_graft(topic);
  for (const auto& pruned : ctrl.prunes)
    frames.add(pruned);
  for (const auto& have : ctrl.ihaves)
    frames.add_ids(1, 2, &have.topic, have.ids);
  frames.add_ids(2, 1, nullptr, ctrl.iwant);
  return frames.finish();
}

std::optional<bytes> encode_partial(const partial_view& partial,
                                    std::size_t max_size) {
  const std::size_t body =
      names_size(partial)
      + (partial.parts ? field_size(partial.parts->size()) : 0);
  const std::size_t size = field_size(body);
  if (varint_size(size) + size > max_size)
    return std::nullopt;
  bytes frame;
  frame.reserve(varint_size(size) + size);
  append_varint(frame, size);
  frame.push_back(delimited_tag(10));
  append_varint(frame, body);
  append_field(frame, 1, as_bytes(partial.topic));
  append_field(frame, 2, partial.group);
  if (partial.parts)
    append_field(frame, 3, *partial.parts);
  if (partial.metadata)
    append_field(frame, 4, *partial.metadata);
  return frame;
}

std::size_t room_for_parts(const partial_view& partial,
                           std::size_t max_size) noexcept {
  // Three lengths (frame, RPC, parts) as long as the frame's own can get, and
  // the tags of the RPC and the parts.
  const std::size_t overhead =
      names_size(partial) + 3 * varint_size(max_size) + 2;
  return max_size - std::min(max_size, overhead);
}

bytes encode_test_extension() {
  bytes frame;
  append_varint(frame, varint_size(test_message_tag) + 1);
  append_varint(frame, test_message_tag);
  frame.push_back(0);
  return frame;
}

} // namespace grapevine::proto
