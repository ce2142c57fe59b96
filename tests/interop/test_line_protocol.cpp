#include "tests/interop/cases.hpp"

namespace grapevine::interop {
namespace {

/// What identity seed 7 stands for in every language.
const std::string peer_of_seed_7 =
    "12D3KooWKuSSSYsj75nHgPU5o9SXJS5CWA6L5zhmrquFcXE6H78q";

/// The peer programs agree on what is random and who is who.
void same_identity(const pairing& pair) {
  peer_options options;
  options.identity_seed = 7;
  CHECK(peer_process(pair.subject, options).id() == peer_of_seed_7);
  CHECK(peer_process(pair.other, options).id() == peer_of_seed_7);
}

/// No peer outlives its test.
void ends_when_told(const pairing& pair) {
  CHECK(peer_process(pair.subject, {}).quit());
  CHECK(peer_process(pair.subject, {}).hang_up());
  CHECK(peer_process(pair.other, {}).quit());
  CHECK(peer_process(pair.other, {}).hang_up());
}

GRAPEVINE_INTEROP_CASE("the same seed is the same peer", same_identity)
GRAPEVINE_INTEROP_CASE("peers end when told or left alone", ends_when_told)

TEST_CASE("the payload is as documented", "[payload]") {
  CHECK(make_random(0, 32).substr(0, 16) == make_random(0, 16));
  CHECK(make_random(1, 100).size() == 100);
  CHECK(make_random(1, 100) != make_random(2, 100));
  CHECK(sha256_hex("")
        == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495"
           "991b7852b855");
  // The first digest is that of sixteen zero bytes.
  CHECK(sha256_hex(std::string(16, '\0'))
        == "374708fff7719dd5979ec875d56cd2286f6d3cf7ec317a3b25632aab28ec37bb");
  CHECK(make_random(0, 4) == "\x37\x47\x08\xff");
}

TEST_CASE("a process is read line by line with a deadline", "[process]") {
  using namespace std::chrono_literals;
  support::process child{{"/bin/sh", "-c", "echo one; printf 'two\nthr'; cat"},
                         "/dev/null"};
  auto soon = [] { return std::chrono::steady_clock::now() + 5s; };
  std::string line;
  REQUIRE(child.read_line(line, soon()) == support::read_status::line);
  CHECK(line == "one");
  REQUIRE(child.read_line(line, soon()) == support::read_status::line);
  CHECK(line == "two");
  auto brief = std::chrono::steady_clock::now() + 20ms;
  CHECK(child.read_line(line, brief) == support::read_status::timeout);
  CHECK(child.write_line("ee"));
  REQUIRE(child.read_line(line, soon()) == support::read_status::line);
  CHECK(line == "three");
  child.close_input();
  CHECK(child.read_line(line, soon()) == support::read_status::end);
  CHECK(child.wait(soon()) == 0);
}

TEST_CASE("a process that has died is noticed when written to", "[process]") {
  support::process child{{"/bin/cat"}, "/dev/null"};
  child.kill();
  CHECK_FALSE(child.write_line("anybody there?"));
  CHECK_THROWS(support::process({"/does/not/exist"}, "/dev/null"));
}

} // namespace
} // namespace grapevine::interop
