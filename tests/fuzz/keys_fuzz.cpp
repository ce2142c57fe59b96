// The protobufs of public and private keys: what is accepted has one canonical
// form, and a private key's signatures are its public key's.
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

void check_public(const public_key& key, bytes_view input) {
  const auto canonical = key.to_protobuf();
  const auto again = public_key::from_protobuf(canonical).value();
  require(again == key && again.to_protobuf() == canonical);
  require(public_key::from_raw(key.type(), key.raw()).value() == key);
  const auto inlined = peer_id::of(key).inlined_key();
  require(inlined.has_value() == (canonical.size() <= 42));
  require(!inlined || *inlined == key);
  // Nobody signed it.
  require(!key.verify(input, input));
}

void check_private(const private_key& key, bytes_view input) {
  const auto canonical = key.to_protobuf();
  const auto again = private_key::from_protobuf(canonical).value();
  require(again.public_part() == key.public_part());
  require(again.to_protobuf() == canonical);
  require(key.public_part().verify(input, key.sign(input)));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const bytes_view input{data, size};
  if (const auto key = public_key::from_protobuf(input))
    check_public(*key, input);
  if (const auto key = private_key::from_protobuf(input))
    check_private(*key, input);
  return 0;
}
