// One message, seen where it lies.
#include "proto/message_scan.hpp"

#include "proto/wire_reader.hpp"

namespace grapevine::proto {

namespace {

bool assign(message_view& msg, std::uint32_t field, bytes_view value) noexcept {
  switch (field) {
  case 1:
    msg.from = value;
    return true;
  case 2:
    msg.data = value;
    return true;
  case 3:
    msg.seqno = value;
    return true;
  case 4:
    msg.topic = as_text(value);
    msg.has_topic = true;
    return true;
  case 5:
    msg.signature = value;
    return true;
  case 6:
    msg.key = value;
    return true;
  default:
    return false;
  }
}

constexpr std::uint32_t last_known = 6;

} // namespace

bool scan_message(bytes_view encoded, message_view& msg) noexcept {
  msg.encoded = encoded;
  wire_reader in{encoded};
  std::uint32_t last = 0;
  for (tag t; !in.done();) {
    if (!in.read(t))
      return false;
    if (t.field > last_known) {
      msg.canonical = false;
      if (!in.skip(t))
        return false;
      continue;
    }
    bytes_view value;
    if (t.type != wire_type::delimited || !in.delimited(value))
      return false;
    assign(msg, t.field, value);
    if (t.field <= last)
      msg.canonical = false;
    last = t.field;
  }
  if (!in.shortest())
    msg.canonical = false;
  return true;
}

expected<message_view, rpc_error> decode_message(bytes_view encoded) {
  message_view msg;
  if (!scan_message(encoded, msg))
    return unexpected{rpc_error::malformed};
  return msg;
}

void append_unknown_fields(bytes& out, bytes_view encoded) {
  wire_reader in{encoded};
  while (!in.done()) {
    const std::uint8_t* begin = in.position();
    tag t;
    if (!in.read(t) || !in.skip(t))
      return;
    if (t.field > last_known)
      out.insert(out.end(), begin, in.position());
  }
}

} // namespace grapevine::proto
