#include "tests/bench/rpc_scan.hpp"

#include "proto/message_scan.hpp"
#include "proto/wire_reader.hpp"

#include <cstring>

namespace grapevine::bench {

namespace {

using proto::tag;
using proto::wire_reader;
using proto::wire_type;

// The fields that matter, of an RPC and of its control.
constexpr std::uint32_t publish_field = 2;
constexpr std::uint32_t control_field = 3;
constexpr std::uint32_t prune_field = 4;

bool scan_number(bytes_view encoded, std::size_t data_size, rpc_scan& out) {
  proto::message_view msg;
  if (!proto::scan_message(encoded, msg) || !msg.data
      || msg.data->size() != data_size)
    return false;
  std::uint32_t number = 0;
  std::memcpy(&number, msg.data->data(), sizeof(number));
  out.numbers.push_back(number);
  return true;
}

bool scan_control(bytes_view encoded, rpc_scan& out) {
  wire_reader in{encoded};
  for (tag t; !in.done();) {
    if (!in.read(t) || !in.skip(t))
      return false;
    out.pruned = out.pruned || t.field == prune_field;
  }
  return true;
}

} // namespace

bool scan_rpc(bytes_view rpc, std::size_t data_size, rpc_scan& out) {
  out.numbers.clear();
  out.pruned = false;
  wire_reader in{rpc};
  for (tag t; !in.done();) {
    if (!in.read(t))
      return false;
    if (t.field != publish_field && t.field != control_field) {
      if (!in.skip(t))
        return false;
      continue;
    }
    bytes_view body;
    if (t.type != wire_type::delimited || !in.delimited(body))
      return false;
    if (!(t.field == publish_field ? scan_number(body, data_size, out)
                                   : scan_control(body, out)))
      return false;
  }
  return true;
}

} // namespace grapevine::bench
