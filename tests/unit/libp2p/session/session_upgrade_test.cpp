// Which security protocol a connection gets, and that it is a part like any
// other: beside the table's there is a second one, which encrypts nothing.
#include "libp2p/session/session_upgrade.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/plain_security.hpp"
#include "tests/support/session_pair.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::libp2p;
using namespace grapevine::test;

namespace {

/// What peer `number` offers: p(lain), n(oise) and t(ls), in this order.
session_config offering(std::uint8_t number, std::string_view letters) {
  auto result = test_session_config(number);
  const auto noise = result.security.at(0);
  result.security.clear();
  for (const auto letter : letters)
    if (letter == 'p')
      result.security.push_back(std::make_shared<plain_security>(number));
    else if (letter == 'n')
      result.security.push_back(noise);
    else
      result.security.push_back(
          numbered_security(number, offered_muxers(), security_kind::tls)
              .front());
  return result;
}

/// Two sessions, and what the dialer has said so far.
struct watched_pair {
  explicit watched_pair(session_pair_options with) : pair{std::move(with)} {
    pair.change_to_listener = [this](bytes& data) { append(said, data); };
  }

  bool said_plainly(std::string_view text) const {
    return as_text(said).find(text) != std::string_view::npos;
  }

  session_pair pair;
  bytes said;
};

std::vector<session_error> only(session_error why) {
  return {why};
}

} // namespace

TEST_CASE("upgrade: of the dialer's protocols the first that both have",
          "[session]") {
  struct row {
    std::string_view dialer;
    std::string_view listener;
    bool plain;
  };
  const auto each = GENERATE(row{"pn", "pn", true},  // the preferred one
                             row{"pn", "np", true},  // the dialer's preference
                             row{"np", "pn", false}, // the same
                             row{"pn", "n", false},  // what is left
                             row{"np", "p", true},   // the same
                             row{"n", "pn", false},  // the only one
                             row{"p", "np", true},   // the same
                             row{"tn", "n", false},  // what is left
                             row{"t", "nt", false}); // the same
  session_pair_options with;
  with.dialer = offering(1, each.dialer);
  with.listener = offering(2, each.listener);
  with.max_chunk = GENERATE(std::size_t{1}, std::size_t{64} * 1024);
  watched_pair watched{std::move(with)};
  auto& pair = watched.pair;
  pair.run();
  REQUIRE(pair.dialer.session.ready());
  REQUIRE(pair.listener.session.ready());
  CHECK(pair.dialer.session.remote_peer() == numbered_identity(2)->peer());
  CHECK(pair.listener.session.remote_peer() == numbered_identity(1)->peer());
  const auto id = pair.dialer.session.open_stream({"/test/1"}, pair.now);
  pair.run();
  pair.dialer.write(id.value(), "open or sealed?");
  pair.run();
  CHECK(pair.listener.events.data.at(*id) == "open or sealed?");
  CHECK(watched.said_plainly("open or sealed?") == each.plain);
}

TEST_CASE("upgrade: without a common protocol the dialer gives up",
          "[session]") {
  session_pair_options with;
  with.dialer = offering(1, "p");
  with.listener = offering(2, "n");
  session_pair pair{std::move(with)};
  pair.run();
  CHECK(pair.dialer.events.closed == only(session_error::no_common_protocol));
  CHECK_FALSE(pair.listener.events.ready);
}

TEST_CASE("upgrade: the peer that was dialled is the protocol's to check",
          "[session]") {
  session_pair_options with;
  with.dialer = offering(1, "pn");
  with.listener = offering(2, GENERATE("pn", "n"));
  with.expected = numbered_identity(3)->peer();
  session_pair pair{std::move(with)};
  pair.run();
  CHECK(pair.dialer.events.closed == only(session_error::wrong_peer));
}

TEST_CASE("upgrade: a handshake's messages are bounded", "[session]") {
  session_pair_options with;
  const auto* const offered = GENERATE("p", "n", "t");
  with.dialer = offering(1, offered);
  with.listener = offering(2, offered);
  with.listener.limits.max_handshake_message = 30;
  session_pair pair{std::move(with)};
  pair.run();
  CHECK(pair.listener.events.closed == only(session_error::bad_handshake));
}

TEST_CASE("upgrade: a node that dials itself is noticed whatever the protocol",
          "[session]") {
  session_pair_options with;
  with.dialer = offering(1, "p");
  with.listener = with.dialer;
  session_pair pair{std::move(with)};
  pair.run();
  CHECK(pair.dialer.events.closed == only(session_error::self_dial));
  CHECK(pair.listener.events.closed == only(session_error::self_dial));
}

TEST_CASE("upgrade: what follows the handshake is left", "[session]") {
  const auto* const offered = GENERATE("p", "n", "t");
  const auto ours = offering(1, offered);
  const auto theirs = offering(2, offered);
  session_upgrade dialer{ours, role::dialer, std::nullopt,
                         session_end::ephemeral(1)};
  session_upgrade listener{theirs, role::listener, std::nullopt,
                           session_end::ephemeral(2)};
  bytes to_listener;
  bytes to_dialer;
  dialer.start(to_listener);
  listener.start(to_dialer);
  std::optional<secure_result> ready;
  std::optional<secure_result> answered;
  while (!answered) {
    bytes_view in{to_listener};
    answered = listener.feed(in, to_dialer).value();
    if (answered) {
      CHECK(as_text(in) == "records");
      break;
    }
    to_listener.clear();
    in = to_dialer;
    if (!ready)
      ready = dialer.feed(in, to_listener).value();
    to_dialer.clear();
    if (ready)
      append(to_listener, as_bytes("records"));
    REQUIRE_FALSE(to_listener.empty());
  }
  REQUIRE(ready);
  CHECK(ready->peer == numbered_identity(2)->peer());
  CHECK(answered->peer == numbered_identity(1)->peer());
}

TEST_CASE("upgrade: what fails in a protocol has a name in the session",
          "[session]") {
  CHECK(to_session_error(secure_error::bad_handshake)
        == session_error::bad_handshake);
  CHECK(to_session_error(secure_error::wrong_peer)
        == session_error::wrong_peer);
  CHECK(to_session_error(secure_error::no_common_muxer)
        == session_error::no_common_protocol);
  CHECK(to_session_error(secure_error::bad_record)
        == session_error::bad_record);
  CHECK(to_session_error(secure_error::cannot_encrypt)
        == session_error::bad_record);
  CHECK(to_session_error(secure_error::ended) == session_error::go_away);
}
