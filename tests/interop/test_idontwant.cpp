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

/// A triangle in which `slow` holds each message until it is told to go on.
struct triangle {
  peer_process& author;
  peer_process& slow;
  peer_process& quick;

  /// Publishes messages of this size until `slow` holds one that it has from
  /// the author. What it has from `quick` it would not send there anyhow, and
  /// on a busy machine that may come first.
  payload publish_until_held(std::uint64_t seed, std::size_t size) {
    for (int attempts = 20; attempts > 0; --attempts) {
      const auto data = payload::of_random(seed++, size);
      author.publish(data);
      const auto held = slow.wait_for("a held message", [&](const auto& e) {
        return e.value("event", "") == "held" && e.at("sha256") == data.sha256;
      });
      expect_message(quick, author, data, policy::strict_no_sign);
      if (held.at("peer") == author.id())
        return data;
      go_on(data);
    }
    throw peer_failure{slow.name() + " never got a message first from "
                       + author.name()};
  }

  void go_on(const payload& data) {
    slow.release();
    expect_message(slow, author, data, policy::strict_no_sign);
  }
};

/// The third in the triangle, which has got the message from the author too,
/// says so at once if it is a large one: the other does not send it that, but
/// does send a small one.
void other_heeds(const pairing& pair) {
  peer_process author{pair.subject, unsigned_options()};
  auto options = dialling({&author});
  options.trace = true;
  options.hold = true;
  peer_process slow{pair.other, options};
  peer_process quick{pair.subject, dialling({&author, &slow})};
  wait_for_mesh(author, {&slow, &quick});
  wait_for_mesh(slow, {&author, &quick});
  wait_for_mesh(quick, {&author, &slow});
  triangle all{author, slow, quick};
  const auto sent = [&](const payload& data) {
    return rpc_to(quick, has_message(data.sha256));
  };
  const auto small = all.publish_until_held(100, 200);
  all.go_on(small);
  slow.wait_for("a small message sent on", sent(small));
  const auto large = all.publish_until_held(200, 100'000);
  slow.wait_for("an IDONTWANT", rpc_from(quick, has_idontwant(large.sha256)));
  all.go_on(large);
  // Its own message goes out behind what it has to send before.
  const auto last = small_payload();
  slow.publish(last);
  slow.wait_for("its own message sent", sent(last));
  CHECK(slow.count(sent(large)) == 0);
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
