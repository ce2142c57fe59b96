#include "tests/interop/cases.hpp"

namespace grapevine::interop {
namespace {

/// Both directions of dialling with an option that only the other has set. If
/// it is a protocol, that is what the subject speaks to it.
void exchange_with(const pairing& pair, const peer_options& others,
                   void (*expect_link)(peer_process&, peer_process&)) {
  for (bool subject_dials : {true, false}) {
    INFO("the subject " << (subject_dials ? "dials" : "listens"));
    peer_options ours;
    auto theirs = others;
    auto& dialling = subject_dials ? ours : theirs;
    const auto& first = subject_dials ? pair.other : pair.subject;
    const auto& second = subject_dials ? pair.subject : pair.other;
    peer_process a{first, subject_dials ? theirs : ours};
    dialling.dial = {a.address()};
    peer_process b{second, dialling};
    a.wait_for_subscription(b);
    b.wait_for_subscription(a);
    expect_link(a, b);
    if (!others.protocol.empty()) {
      CHECK(protocol_to(subject_dials ? b : a, subject_dials ? a : b)
            == others.protocol);
    }
    expect_delivery(a, {&b}, payload::of_text("first"), {});
    expect_delivery(b, {&a}, payload::of_text("second"), {});
    expect_delivery(a, {&b}, payload::of_random(6, 100'000), {});
    expect_delivery(b, {&a}, payload::of_random(7, 100'000), {});
  }
}

void in_mesh(peer_process& a, peer_process& b) {
  wait_for_link(a, b);
}

/// Floodsub has no mesh; nobody may graft such a peer.
void without_mesh(peer_process& a, peer_process& b) {
  CHECK(a.mesh().empty());
  CHECK(b.mesh().empty());
}

void floodsub(const pairing& pair) {
  exchange_with(pair, {.protocol = "/floodsub/1.0.0"}, without_mesh);
}

void version_1_0(const pairing& pair) {
  exchange_with(pair, {.protocol = "/meshsub/1.0.0"}, in_mesh);
}

void version_1_1(const pairing& pair) {
  exchange_with(pair, {.protocol = "/meshsub/1.1.0"}, in_mesh);
}

void version_1_2(const pairing& pair) {
  exchange_with(pair, {.protocol = "/meshsub/1.2.0"}, in_mesh);
}

/// Without any option the subject speaks the newest version that both have.
void expect_version(const pairing& pair, const std::string& protocol) {
  for (bool subject_dials : {true, false}) {
    INFO("the subject " << (subject_dials ? "dials" : "listens"));
    peer_process a{subject_dials ? pair.other : pair.subject, {}};
    peer_options options;
    options.dial = {a.address()};
    peer_process b{subject_dials ? pair.subject : pair.other, options};
    a.wait_for_subscription(b);
    b.wait_for_subscription(a);
    CHECK(protocol_to(subject_dials ? b : a, subject_dials ? a : b)
          == protocol);
  }
}

void noise_only(const pairing& pair) {
  exchange_with(pair, {.security = "noise"}, in_mesh);
}

void tls_only(const pairing& pair) {
  exchange_with(pair, {.security = "tls"}, in_mesh);
}

GRAPEVINE_INTEROP_CASE("the other speaks meshsub 1.0 only", version_1_0)
GRAPEVINE_INTEROP_CASE("the other speaks meshsub 1.1 only", version_1_1)

// What only some of the libraries can be told, or have.
TEST_CASE("go: the other speaks meshsub 1.2 only", "[go]") {
  run_case("go", version_1_2);
}

TEST_CASE("js: the other speaks meshsub 1.2 only", "[js]") {
  run_case("js", version_1_2);
}

TEST_CASE("py: the other speaks meshsub 1.2 only", "[py]") {
  run_case("py", version_1_2);
}

TEST_CASE("go: meshsub 1.3 is spoken", "[go]") {
  run_case("go",
           [](const pairing& pair) { expect_version(pair, "/meshsub/1.3.0"); });
}

TEST_CASE("rust: meshsub 1.3 is spoken", "[rust]") {
  run_case("rust",
           [](const pairing& pair) { expect_version(pair, "/meshsub/1.3.0"); });
}

TEST_CASE("js: meshsub 1.2 is spoken", "[js]") {
  run_case("js",
           [](const pairing& pair) { expect_version(pair, "/meshsub/1.2.0"); });
}

TEST_CASE("py: meshsub 1.3 is spoken", "[py]") {
  run_case("py",
           [](const pairing& pair) { expect_version(pair, "/meshsub/1.3.0"); });
}

TEST_CASE("go: the other speaks floodsub only", "[go][floodsub]") {
  run_case("go", floodsub);
}

TEST_CASE("py: the other speaks floodsub only", "[py][floodsub]") {
  run_case("py", floodsub);
}

TEST_CASE("go: the other speaks Noise only", "[go]") {
  run_case("go", noise_only);
}

TEST_CASE("go: the other speaks TLS only", "[go]") {
  run_case("go", tls_only);
}

TEST_CASE("rust: the other speaks TLS only", "[rust]") {
  run_case("rust", tls_only);
}

TEST_CASE("js: the other speaks TLS only", "[js]") {
  run_case("js", tls_only);
}

} // namespace
} // namespace grapevine::interop
