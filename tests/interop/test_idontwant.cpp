#include "tests/interop/cases.hpp"
#include "tests/interop/rpc_events.hpp"

namespace grapevine::interop {
namespace {

using namespace std::chrono_literals;

/// Unsigned, so that the id of a message is the SHA-256 of its data.
peer_options unsigned_options() {
  return {.signing = policy::strict_no_sign};
}

peer_options dialling(const peer_list& others) {
  auto options = unsigned_options();
  for (const auto* other : others)
    options.dial.push_back(other->address());
  return options;
}

/// Above and below the size from which on IDONTWANT is sent.
payload large_payload() {
  return payload::of_random(11, 100'000);
}

payload small_payload() {
  return payload::of_text("not worth a word");
}

support::deadline in(std::chrono::milliseconds time) {
  return std::chrono::steady_clock::now() + time;
}

/// A line of three: the middle one tells the end, which has not sent it, that
/// it has the author's large message.
void relay_tells(const implementation& ends, const implementation& middle) {
  peer_process author{ends, unsigned_options()};
  peer_process relay{middle, dialling({&author})};
  auto options = dialling({&relay});
  options.trace = true;
  peer_process end{ends, options};
  wait_for_mesh(author, {&relay});
  wait_for_mesh(relay, {&author, &end});
  wait_for_mesh(end, {&relay});
  const auto small = small_payload();
  const auto large = large_payload();
  expect_delivery(author, {&relay, &end}, small, policy::strict_no_sign);
  expect_delivery(author, {&relay, &end}, large, policy::strict_no_sign);
  end.wait_for("an IDONTWANT", rpc_from(relay, has_idontwant(large.sha256)));
  CHECK(end.count(rpc_from(relay, has_idontwant(small.sha256))) == 0);
}

void subject_tells(const pairing& pair) {
  relay_tells(pair.other, pair.subject);
}

void other_tells(const pairing& pair) {
  relay_tells(pair.subject, pair.other);
}

/// Who publishes tells the mesh too: nobody need send it back.
void author_tells(const implementation& first, const implementation& second) {
  peer_process author{first, unsigned_options()};
  auto options = dialling({&author});
  options.trace = true;
  peer_process reader{second, options};
  wait_for_link(author, reader);
  const auto large = large_payload();
  expect_delivery(author, {&reader}, large, policy::strict_no_sign);
  reader.wait_for("an IDONTWANT",
                  rpc_from(author, has_idontwant(large.sha256)));
}

void subject_tells_of_its_own(const pairing& pair) {
  author_tells(pair.subject, pair.other);
}

void other_tells_of_its_own(const pairing& pair) {
  author_tells(pair.other, pair.subject);
}

/// The end of a line says that it does not want a message before there is one:
/// the subject in the middle gets it and does not pass it on.
void subject_heeds(const pairing& pair) {
  peer_process author{pair.other, unsigned_options()};
  auto options = dialling({&author});
  options.trace = true;
  peer_process relay{pair.subject, options};
  peer_process end{pair.other, dialling({&relay})};
  wait_for_mesh(author, {&relay});
  wait_for_mesh(relay, {&author, &end});
  wait_for_mesh(end, {&relay});
  const auto unwanted = large_payload();
  end.tell_unwanted(relay, unwanted.sha256);
  relay.wait_for("an IDONTWANT", rpc_from(end, has_idontwant(unwanted.sha256)));
  expect_delivery(author, {&relay}, unwanted, policy::strict_no_sign);
  expect_delivery(author, {&relay, &end}, payload::of_random(12, 100'000),
                  policy::strict_no_sign);
  end.collect(in(500ms));
  CHECK(times_received(end, unwanted) == 0);
  CHECK(relay.count(rpc_to(end, has_message(unwanted.sha256))) == 0);
}

/// Whether the other passes a small message on to the third in a triangle. It
/// does not if it got it from there first, which may be on a busy machine:
/// hence several.
bool passes_small_ones_on(peer_process& author, peer_process& slow,
                          peer_process& quick) {
  for (unsigned number = 21; number < 26; ++number) {
    const auto small = payload::of_random(number, 200);
    expect_delivery(author, {&slow, &quick}, small, policy::strict_no_sign);
    slow.collect(in(500ms));
    if (slow.count(rpc_to(quick, has_message(small.sha256))) == 1)
      return true;
  }
  return false;
}

/// A triangle in which the other takes its time over validation. The subject,
/// which has got the message from the author too, says so at once: the other
/// does not send it the large message, but does send the small one.
void other_heeds(const pairing& pair) {
  peer_process author{pair.subject, unsigned_options()};
  auto options = dialling({&author});
  options.trace = true;
  options.validation_delay = 700ms;
  peer_process slow{pair.other, options};
  peer_process quick{pair.subject, dialling({&author, &slow})};
  wait_for_mesh(author, {&slow, &quick});
  wait_for_mesh(slow, {&author, &quick});
  wait_for_mesh(quick, {&author, &slow});
  const auto large = large_payload();
  CHECK(passes_small_ones_on(author, slow, quick));
  expect_delivery(author, {&slow, &quick}, large, policy::strict_no_sign);
  slow.wait_for("an IDONTWANT", rpc_from(quick, has_idontwant(large.sha256)));
  slow.collect(in(500ms));
  CHECK(slow.count(rpc_to(quick, has_message(large.sha256))) == 0);
}

GRAPEVINE_INTEROP_GO_CASE("the subject sends IDONTWANT for large messages",
                          subject_tells)
GRAPEVINE_INTEROP_NO_PY_CASE("the subject gets IDONTWANT for large messages",
                             other_tells)
GRAPEVINE_INTEROP_GO_CASE("the subject sends IDONTWANT for what it publishes",
                          subject_tells_of_its_own)
GRAPEVINE_INTEROP_GO_CASE("the subject gets IDONTWANT for what is published",
                          other_tells_of_its_own)
GRAPEVINE_INTEROP_GO_CASE("the subject does not send what is not wanted",
                          subject_heeds)
GRAPEVINE_INTEROP_GO_CASE("the other does not send what the subject has",
                          other_heeds)

} // namespace
} // namespace grapevine::interop
