// identify from a hostile peer: bounded, the same however the bytes are cut,
// and what was read can be written and read again.
#include "libp2p/services/identify.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

using namespace grapevine;
using namespace grapevine::libp2p;

namespace {

expected<identify_info, identify_error> read(bytes_view data,
                                             std::size_t step) {
  identify_reader reader;
  while (!data.empty()) {
    auto chunk = data.first(std::min(step, data.size()));
    data = data.subspan(chunk.size());
    if (auto fed = reader.feed(chunk); !fed)
      return unexpected{fed.error()};
  }
  return reader.finish();
}

void require(bool condition) {
  if (!condition)
    std::abort();
}

void require_same(const expected<identify_info, identify_error>& a,
                  const expected<identify_info, identify_error>& b) {
  require(a.has_value() == b.has_value());
  if (!a) {
    require(a.error() == b.error());
    return;
  }
  require(a->key == b->key && a->listen_addrs == b->listen_addrs
          && a->protocols == b->protocols
          && a->observed_addr == b->observed_addr
          && a->protocol_version == b->protocol_version
          && a->agent_version == b->agent_version
          && a->signed_peer_record == b->signed_peer_record);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size < 2)
    return 0;
  auto input = bytes_view{data, size}.subspan(1);
  auto step = std::size_t{1} + data[0] % 64;
  auto info = read(input, input.size());
  require_same(info, read(input, step));
  if (!info)
    return 0;
  session_limits limits;
  require(info->listen_addrs.size() <= limits.max_identify_addresses);
  require(info->protocols.size() <= limits.max_identify_protocols);
  auto again = encode_identify(*info);
  if (again.size() < limits.max_identify_message)
    require_same(info, read(again, again.size()));
  return 0;
}
