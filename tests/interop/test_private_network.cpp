#include "tests/interop/cases.hpp"
#include "tests/support/temporary_folder.hpp"

#include <filesystem>
#include <fstream>
#include <string>

// Networks whose nodes share a key (libp2p/specs, pnet/).
namespace grapevine::interop {
namespace {

/// A key in a file, as all implementations read it.
class key_file {
public:
  explicit key_file(char digit) {
    std::ofstream{path()} << "/key/swarm/psk/1.0.0/\n/base16/\n"
                          << std::string(64, digit) << "\n";
    using std::filesystem::perms;
    std::filesystem::permissions(path(),
                                 perms::owner_read | perms::owner_write);
  }

  std::string path() const { return (folder_ / "swarm.key").string(); }

private:
  test::temporary_folder folder_;
};

/// Both directions of dialling.
void same_key(const pairing& pair) {
  const key_file key{'a'};
  for (const bool subject_dials : {true, false}) {
    INFO("the subject " << (subject_dials ? "dials" : "listens"));
    peer_process a{subject_dials ? pair.other : pair.subject,
                   {.swarm_key = key.path()}};
    peer_process b{subject_dials ? pair.subject : pair.other,
                   {.dial = {a.address()}, .swarm_key = key.path()}};
    a.wait_for_subscription(b);
    b.wait_for_subscription(a);
    wait_for_link(a, b);
    expect_delivery(a, {&b}, payload::of_text("first"), {});
    expect_delivery(b, {&a}, payload::of_text("second"), {});
    expect_delivery(a, {&b}, payload::of_random(6, 300'000), {});
    expect_delivery(b, {&a}, payload::of_random(7, 300'000), {});
  }
}

/// Whoever dials the subject with another key, or none, does not get in. Not
/// the other way round: rust and js would keep it waiting for their time
/// limits.
void other_keys(const pairing& pair) {
  const key_file ours{'a'};
  const key_file theirs{'b'};
  peer_process subject{pair.subject, {.swarm_key = ours.path()}};
  peer_process stranger{pair.other, {.swarm_key = theirs.path()}};
  peer_process keyless{pair.other, {}};
  for (auto* outsider : {&stranger, &keyless}) {
    outsider->dial(subject);
    outsider->wait_for("a dial that fails", [](const auto& event) {
      return event.at("event") == "error";
    });
  }
  peer_process member{pair.other,
                      {.dial = {subject.address()}, .swarm_key = ours.path()}};
  subject.wait_for_subscription(member);
  wait_for_link(subject, member);
  expect_delivery(subject, {&member}, payload::of_text("ours"), {});
  for (auto* outsider : {&stranger, &keyless})
    CHECK(outsider->count([](const auto& event) {
      return event.at("event") == "connected";
    }) == 0);
}

GRAPEVINE_INTEROP_NO_PY_CASE("a private network with one key", same_key)
GRAPEVINE_INTEROP_NO_PY_CASE("a private network keeps out other keys",
                             other_keys)

} // namespace
} // namespace grapevine::interop
