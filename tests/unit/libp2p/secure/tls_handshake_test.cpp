// Against a peer that is all OpenSSL's, and that may do what this code does
// not.
#include "libp2p/secure/tls_handshake.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/session_pair.hpp"
#include "tests/support/tls_peer.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace grapevine;
using namespace grapevine::libp2p;
using namespace grapevine::test;

namespace {

/// A handshake of this node with peer 9.
struct meeting {
  meeting(role ours, const tls_certificate& theirs,
          const tls_peer_options& with = {})
      : handshake{std::make_shared<const tls_context>(
                      numbered_identity(1)->key(), numbered_random(1),
                      test_wall_time, std::vector<std::string>{"/yamux/1.0.0"}),
                  ours, std::nullopt, 8192},
        peer{ours == role::dialer ? role::listener : role::dialer, theirs,
             with} {
    bytes out;
    handshake.start(out);
    for (int i = 0; i < 4 && !error && !result; ++i) {
      peer.feed(out);
      out.clear();
      const auto said = peer.take();
      bytes_view in{said};
      auto fed = handshake.feed(in, out);
      if (!fed)
        error = fed.error();
      else if (*fed)
        result = std::move(**fed);
      rest = to_bytes(in);
    }
    peer.feed(out);
  }

  /// What the peer has to say, opened by this node's channel.
  std::string hear() {
    std::string heard;
    auto wire = std::exchange(rest, {});
    append(wire, peer.take());
    bytes_view in{wire};
    while (const auto part = result->channel->next(in, wire).value())
      heard += as_text(*part);
    return heard;
  }

  void say(std::string_view text) {
    bytes wire;
    auto left = as_bytes(text);
    do {
      const auto part =
          left.first(std::min(left.size(), result->channel->max_plaintext()));
      REQUIRE(result->channel->encrypt({&part, 1}, wire));
      left = left.subspan(part.size());
    } while (!left.empty());
    peer.feed(wire);
  }

  tls_handshake handshake;
  tls_peer peer;
  std::optional<secure_result> result;
  std::optional<secure_error> error;
  /// Of the peer, behind the handshake.
  bytes rest;
};

tls_certificate good() {
  return odd_certificate(numbered_identity(9)->key());
}

} // namespace

TEST_CASE("tls handshake: with OpenSSL's own, in every suite",
          "[libp2p][tls]") {
  const auto ours = GENERATE(role::dialer, role::listener);
  tls_peer_options with;
  with.suites = GENERATE("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
                         "TLS_CHACHA20_POLY1305_SHA256");
  with.padding = GENERATE(std::size_t{0}, std::size_t{512});
  meeting met{ours, good(), with};
  REQUIRE(met.result);
  CHECK(met.result->peer == numbered_identity(9)->peer());
  CHECK(met.result->muxer == "/yamux/1.0.0");
  REQUIRE(met.peer.done());
  CHECK(met.peer.alpn() == "/yamux/1.0.0");
  CHECK(SSL_session_reused(met.peer.ssl()) == 0);
  CHECK(SSL_get_servername(met.peer.ssl(), TLSEXT_NAMETYPE_host_name)
        == nullptr);
  met.say("there");
  CHECK(met.peer.read() == "there");
  met.peer.write("and back");
  CHECK(met.hear() == "and back");
}

TEST_CASE("tls handshake: large data both ways, new keys in between",
          "[libp2p][tls]") {
  const auto ours = GENERATE(role::dialer, role::listener);
  tls_peer_options with;
  with.tickets = 2;
  meeting met{ours, good(), with};
  REQUIRE(met.result);
  std::mt19937 random{7};
  for (int i = 0; i < 6; ++i) {
    const std::string text(1 + random() % 200'000, static_cast<char>('a' + i));
    met.say(text);
    CHECK(met.peer.read() == text);
    // It changes its key, and every other time wants ours to be changed.
    SSL_key_update(met.peer.ssl(), i % 2 == 0 ? SSL_KEY_UPDATE_REQUESTED
                                              : SSL_KEY_UPDATE_NOT_REQUESTED);
    met.peer.write(text);
    CHECK(met.hear() == text);
  }
}

TEST_CASE("tls handshake: the end is OpenSSL's, too", "[libp2p][tls]") {
  meeting met{GENERATE(role::dialer, role::listener), good()};
  REQUIRE(met.result);
  bytes wire;
  met.result->channel->finish(wire);
  met.peer.feed(wire);
  CHECK(met.peer.read().empty());
  CHECK((SSL_get_shutdown(met.peer.ssl()) & SSL_RECEIVED_SHUTDOWN) != 0);
  SSL_shutdown(met.peer.ssl());
  const auto said = met.peer.take();
  bytes_view in{said};
  CHECK(error_of(met.result->channel->next(in, {})) == secure_error::ended);
}

TEST_CASE("tls handshake: what is wrong with a certificate is told",
          "[libp2p][tls]") {
  const auto ours = GENERATE(role::dialer, role::listener);
  struct row {
    certificate_oddity oddity;
    std::string_view problem;
  };
  const auto each = GENERATE(
      row{{.until = "20200101000000Z"},
          "its certificate has expired; is a clock wrong?"},
      row{{.identities = 0}, "its certificate says no libp2p identity"},
      row{{.foreign_signature = true},
          "its certificate is not signed by its own key"});
  const auto odd = odd_certificate(numbered_identity(9)->key(), each.oddity);
  meeting met{ours, odd};
  CHECK(met.error == secure_error::bad_handshake);
  CHECK(met.handshake.problem() == each.problem);
  CHECK_FALSE(met.handshake.proven());
}

TEST_CASE("tls handshake: two certificates are one too many", "[libp2p][tls]") {
  const auto second = good();
  tls_peer_options with;
  with.second = &second;
  meeting met{GENERATE(role::dialer, role::listener), good(), with};
  CHECK(met.error == secure_error::bad_handshake);
  CHECK(met.handshake.problem() == "it sent several certificates, not one");
}

TEST_CASE("tls handshake: TLS 1.2 is refused", "[libp2p][tls]") {
  tls_peer_options with;
  with.max_version = TLS1_2_VERSION;
  meeting met{GENERATE(role::dialer, role::listener), good(), with};
  CHECK(met.error == secure_error::bad_handshake);
  CHECK(met.handshake.problem().find("TLS: ") == 0);
  CHECK_FALSE(met.peer.done());
}

TEST_CASE("tls handshake: both sides have to show who they are",
          "[libp2p][tls]") {
  tls_peer_options with;
  SECTION("a dialer without a certificate") {
    with.has_certificate = false;
    meeting met{role::listener, good(), with};
    CHECK(met.error == secure_error::bad_handshake);
    CHECK(met.handshake.problem() == "TLS: peer did not return a certificate");
  }
  SECTION("a listener that does not ask for ours") {
    with.asks = false;
    meeting met{role::dialer, good(), with};
    CHECK(met.error == secure_error::bad_handshake);
    CHECK(met.handshake.problem()
          == "it did not ask for this node's certificate");
  }
}

TEST_CASE("tls handshake: ALPN settles the muxer, or leaves it open",
          "[libp2p][tls]") {
  const auto ours = GENERATE(role::dialer, role::listener);
  tls_peer_options with;
  SECTION("by nodes that know no early negotiation") {
    with.alpn = {"libp2p"};
    meeting met{ours, good(), with};
    REQUIRE(met.result);
    CHECK_FALSE(met.result->muxer);
    CHECK(met.peer.alpn() == "libp2p");
  }
  SECTION("without ALPN") {
    with.alpn = {};
    meeting met{ours, good(), with};
    REQUIRE(met.result);
    CHECK_FALSE(met.result->muxer);
  }
}

TEST_CASE("tls handshake: a dialer must offer something that is known",
          "[libp2p][tls]") {
  tls_peer_options with;
  with.alpn = {"h2", "http/1.1"};
  meeting met{role::listener, good(), with};
  CHECK(met.error == secure_error::no_common_muxer);
  CHECK(met.handshake.problem() == "no common protocol in TLS (ALPN)");
}

TEST_CASE("tls handshake: a listener that refuses our certificate is heard",
          "[libp2p][tls]") {
  // The dialer is done by then: the word comes as a record.
  const auto of = [](std::uint8_t number, const wall_clock& time) {
    return std::make_shared<const tls_context>(numbered_identity(number)->key(),
                                               numbered_random(number), time,
                                               std::vector<std::string>{});
  };
  const auto in_1970 = [] { return std::chrono::system_clock::from_time_t(0); };
  tls_handshake listener{of(2, in_1970), role::listener, std::nullopt, 8192};
  tls_handshake dialer{of(1, test_wall_time), role::dialer, std::nullopt, 8192};
  bytes there;
  bytes back;
  dialer.start(there);
  bytes_view in{there};
  REQUIRE(listener.feed(in, back));
  there.clear();
  in = back;
  auto result = dialer.feed(in, there).value();
  REQUIRE(result);
  back.clear();
  in = there;
  CHECK(error_of(listener.feed(in, back)) == secure_error::bad_handshake);
  in = back;
  CHECK(error_of(result->channel->next(in, {})) == secure_error::bad_handshake);
}

TEST_CASE("tls handshake: a server name is ignored", "[libp2p][tls]") {
  tls_peer_options with;
  with.server_name = "example.org";
  meeting met{role::listener, good(), with};
  CHECK(met.result);
  CHECK(met.peer.done());
}

TEST_CASE("tls handshake: what a listener chooses of ALPN", "[libp2p][tls]") {
  const std::vector<std::string> muxers{"/a", "/b"};
  const auto wire = [](const std::vector<std::string>& names) {
    std::string result;
    for (const auto& name : names)
      result += static_cast<char>(name.size()) + name;
    return result;
  };
  CHECK(choose_alpn(wire({"/b", "/a", "libp2p"}), muxers) == "/b");
  CHECK(choose_alpn(wire({"libp2p", "/a"}), muxers) == "/a");
  CHECK(choose_alpn(wire({"/x", "libp2p"}), muxers) == "libp2p");
  CHECK(choose_alpn(wire({"/x"}), muxers).empty());
  CHECK(choose_alpn({}, muxers).empty());
  CHECK(choose_alpn(std::string{"\x09/a"}, {"/a"}) == "/a"); // cut short
}
