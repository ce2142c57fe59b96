#include "libp2p/base/limits.hpp"
#include "libp2p/secure/noise_cipher.hpp"
#include "libp2p/session/multistream.hpp"

#include <catch2/catch.hpp>

using namespace grapevine::libp2p;

TEST_CASE("the limits fit together", "[libp2p][limits]") {
  session_limits limits;
  // The promise of when a program that hangs is noticed.
  CHECK(limits.ping_interval + limits.ping_timeout <= std::chrono::seconds{80});
  // A frame with its 12 bytes of header fits into one record.
  CHECK(limits.max_frame_payload + 12 <= noise_cipher::max_plaintext);
  CHECK(limits.initial_window <= limits.max_window);
  CHECK(limits.max_identify_message <= limits.max_identify_total);
  CHECK(limits.max_pending_negotiations <= limits.max_inbound_streams);
  // The negotiation's own defaults say the same.
  multistream_limits negotiation;
  CHECK(negotiation.max_message == limits.max_multistream_message);
  CHECK(negotiation.max_rounds == limits.max_multistream_rounds);
}
