// Any message is checked without harm; the check does not depend on what the
// verifier saw before; and what is covered by a signature is protobuf again.
#include "gossip/message/signing.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

using namespace grapevine;
using namespace grapevine::gossip;

namespace {

void expect(bool holds) {
  if (!holds)
    std::abort();
}

bool same(const expected<void, reject_reason>& a,
          const expected<void, reject_reason>& b) {
  return a ? b.has_value() : !b && a.error() == b.error();
}

void check_covered(const proto::message_view& msg) {
  constexpr std::size_t domain = 14;
  bytes covered;
  signed_bytes(msg, covered);
  const auto again = proto::decode_message(bytes_view{covered}.subspan(domain));
  expect(again.has_value());
  expect(!again->signature && !again->key);
  expect(again->topic == msg.topic);
  expect(again->data.has_value() == msg.data.has_value());
  if (msg.data)
    expect(equal(*again->data, *msg.data));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static message_verifier verifier;
  const auto msg = proto::decode_message({data, size});
  if (!msg)
    return 0;
  for (const auto policy :
       {signing_policy::strict_sign, signing_policy::strict_no_sign})
    expect(same(verifier.verify(*msg, policy), verify(*msg, policy)));
  check_covered(*msg);
  const auto owned =
      message::copy_of(*msg, message_id{default_message_id(*msg)});
  expect(equal(owned->encoded(), msg->encoded));
  expect(default_message_id(owned->fields()) == owned->id().raw());
  return 0;
}
