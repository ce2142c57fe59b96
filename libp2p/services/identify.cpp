#include "libp2p/services/identify.hpp"

#include "proto/identity.pb.h"
#include "proto/varint.hpp"

#include <algorithm>
#include <utility>

namespace grapevine::libp2p {

namespace {

// All in one message up to here: go's oldest readers take no more.
constexpr std::size_t single_message = std::size_t{2} * kib;

// Else each message up to here: rust takes no more.
constexpr std::size_t split_message = std::size_t{4} * kib;

// Tag and length of a field of at most 16 KiB.
constexpr std::size_t field_overhead = 4;

void append_message(bytes& out, const pb::Identify& message) {
  auto size = message.ByteSizeLong();
  append_varint(out, size);
  auto start = out.size();
  out.resize(start + size);
  message.SerializeToArray(out.data() + start, static_cast<int>(size));
}

/// Collects fields and begins a new message where one is full.
class message_splitter {
public:
  explicit message_splitter(bytes& out) : out_{out} {}

  /// The message that has room for a field of `size` bytes.
  pb::Identify& room_for(std::size_t size) {
    size += field_overhead;
    if (size_ > 0 && size_ + size > split_message)
      flush();
    size_ += size;
    return message_;
  }

  void flush() {
    append_message(out_, message_);
    message_.Clear();
    size_ = 0;
  }

private:
  bytes& out_;
  pb::Identify message_;
  std::size_t size_ = 0;
};

pb::Identify to_message(const identify_info& info) {
  pb::Identify result;
  if (info.key) {
    auto key = info.key->to_protobuf();
    result.set_publickey(key.data(), key.size());
  }
  if (!info.protocol_version.empty())
    result.set_protocolversion(info.protocol_version);
  if (!info.agent_version.empty())
    result.set_agentversion(info.agent_version);
  if (info.observed_addr)
    result.set_observedaddr(info.observed_addr->binary().data(),
                            info.observed_addr->binary().size());
  for (const auto& protocol : info.protocols)
    result.add_protocols(protocol);
  for (const auto& addr : info.listen_addrs)
    result.add_listenaddrs(addr.binary().data(), addr.binary().size());
  if (!info.signed_peer_record.empty())
    result.set_signedpeerrecord(info.signed_peer_record.data(),
                                info.signed_peer_record.size());
  return result;
}

/// The record is last and alone, so that readers of one message miss only it.
void append_split(bytes& out, pb::Identify whole) {
  message_splitter splitter{out};
  auto record = std::move(*whole.mutable_signedpeerrecord());
  auto protocols = std::move(*whole.mutable_protocols());
  auto addrs = std::move(*whole.mutable_listenaddrs());
  whole.clear_signedpeerrecord();
  whole.clear_protocols();
  whole.clear_listenaddrs();
  splitter.room_for(whole.ByteSizeLong()) = std::move(whole);
  for (auto& protocol : protocols)
    splitter.room_for(protocol.size()).add_protocols(std::move(protocol));
  for (auto& addr : addrs)
    splitter.room_for(addr.size()).add_listenaddrs(std::move(addr));
  splitter.flush();
  if (record.empty())
    return;
  pb::Identify last;
  last.set_signedpeerrecord(std::move(record));
  append_message(out, last);
}

identify_info to_info(const pb::Identify& message,
                      const session_limits& limits) {
  identify_info result;
  if (auto key = public_key::from_protobuf(as_bytes(message.publickey())))
    result.key = std::move(*key);
  for (const auto& binary : message.listenaddrs()) {
    if (result.listen_addrs.size() == limits.max_identify_addresses)
      break;
    if (auto addr = multiaddr::from_bytes(as_bytes(binary));
        addr && !addr->empty())
      result.listen_addrs.push_back(std::move(*addr));
  }
  auto kept = std::min(static_cast<std::size_t>(message.protocols_size()),
                       limits.max_identify_protocols);
  result.protocols.assign(message.protocols().begin(),
                          message.protocols().begin()
                              + static_cast<std::ptrdiff_t>(kept));
  if (auto addr = multiaddr::from_bytes(as_bytes(message.observedaddr()));
      addr && !addr->empty())
    result.observed_addr = std::move(*addr);
  result.protocol_version = message.protocolversion();
  result.agent_version = message.agentversion();
  result.signed_peer_record = to_bytes(as_bytes(message.signedpeerrecord()));
  return result;
}

} // namespace

std::string to_string(identify_error code) {
  switch (code) {
  case identify_error::too_large:
    return "identify too large";
  case identify_error::malformed:
    return "malformed identify";
  case identify_error::truncated:
    return "truncated identify";
  }
  return "unknown error";
}

bytes encode_identify(const identify_info& info) {
  bytes result;
  auto whole = to_message(info);
  if (whole.ByteSizeLong() <= single_message)
    append_message(result, whole);
  else
    append_split(result, std::move(whole));
  return result;
}

// -- identify_reader ----------------------------------------------------------

struct identify_reader::state {
  session_limits limits;
  /// The length prefix, then the body, of the message that is not yet whole.
  bytes held;
  std::optional<std::size_t> length;
  std::size_t total = 0;
  std::size_t messages = 0;
  pb::Identify merged;
  std::optional<identify_error> failed;

  expected<void, identify_error> fail(identify_error why) {
    failed = why;
    return unexpected{why};
  }

  expected<void, identify_error> read_length(bytes_view& in);
  expected<void, identify_error> read_body(bytes_view& in);
};

expected<void, identify_error>
identify_reader::state::read_length(bytes_view& in) {
  while (!in.empty() && !length) {
    held.push_back(in.front());
    in = in.subspan(1);
    auto read = read_varint(held);
    if (read.malformed)
      return fail(identify_error::malformed);
    if (read.size == 0)
      continue;
    if (read.value > limits.max_identify_message
        || total + read.value > limits.max_identify_total
        || messages == limits.max_identify_messages)
      return fail(identify_error::too_large);
    length = static_cast<std::size_t>(read.value);
    held.clear();
  }
  return {};
}

expected<void, identify_error>
identify_reader::state::read_body(bytes_view& in) {
  auto take = std::min(*length - held.size(), in.size());
  append(held, in.first(take));
  in = in.subspan(take);
  if (held.size() < *length)
    return {};
  pb::Identify message;
  if (!message.ParseFromArray(held.data(), static_cast<int>(held.size())))
    return fail(identify_error::malformed);
  merged.MergeFrom(message);
  merged.DiscardUnknownFields();
  total += *length;
  ++messages;
  length.reset();
  held.clear();
  return {};
}

identify_reader::identify_reader(const session_limits& limits)
    : state_{std::make_unique<state>()} {
  state_->limits = limits;
}

identify_reader::identify_reader(identify_reader&&) noexcept = default;
identify_reader&
identify_reader::operator=(identify_reader&&) noexcept = default;
identify_reader::~identify_reader() = default;

expected<void, identify_error> identify_reader::feed(bytes_view in) {
  auto& s = *state_;
  if (s.failed)
    return unexpected{*s.failed};
  while (!in.empty()) {
    if (auto read = s.read_length(in); !read)
      return read;
    if (s.length)
      if (auto read = s.read_body(in); !read)
        return read;
  }
  return {};
}

bool identify_reader::complete() const noexcept {
  return !state_->failed && state_->messages > 0 && state_->held.empty()
         && !state_->length;
}

expected<identify_info, identify_error> identify_reader::finish() const {
  if (state_->failed)
    return unexpected{*state_->failed};
  if (!complete())
    return unexpected{identify_error::truncated};
  return to_info(state_->merged, state_->limits);
}

} // namespace grapevine::libp2p
