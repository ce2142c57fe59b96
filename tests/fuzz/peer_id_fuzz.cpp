// Peer ids from messages and configurations, as bytes and as text.
#include "libp2p/identity/keys.hpp"
#include "libp2p/identity/peer_id.hpp"

#include <cstdint>
#include <cstdlib>

using namespace grapevine;
using namespace grapevine::libp2p;

namespace {

void require(bool condition) {
  if (!condition)
    std::abort();
}

void round_trips(const peer_id& id) {
  require(!id.empty() && id.view().size() <= peer_id::max_size);
  require(peer_id::from_bytes(id.view()).value() == id);
  require(peer_id::from_text(id.to_base58()).value() == id);
  require(peer_id::from_text(id.to_cid()).value() == id);
  if (const auto key = id.inlined_key())
    require(peer_id::of(*key) == id);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const bytes_view input{data, size};
  if (const auto id = peer_id::from_text(as_text(input)))
    round_trips(*id);
  if (const auto id = peer_id::from_bytes(input)) {
    require(equal(id->view(), input));
    round_trips(*id);
  }
  return 0;
}
