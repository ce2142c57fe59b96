#include "actors/network_key_file.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <sys/stat.h>

using namespace grapevine;
using namespace grapevine::test;
using Catch::Contains;
namespace fs = std::filesystem;
using reason = identity_file_error::reason;

namespace {

constexpr auto key_text =
    "/key/swarm/psk/1.0.0/\n/base16/\n"
    "6189c5cf0b87fb800c1a9feeda73c6ab5e998db48fb9e6a978575c770ceef683\n";

void write_key_file(const fs::path& path, const std::string& content,
                    mode_t mode) {
  std::ofstream{path} << content;
  REQUIRE(::chmod(path.c_str(), mode) == 0);
}

identity_file_error failure_of(const fs::path& file) {
  auto loaded = load_network_key(file);
  REQUIRE_FALSE(loaded);
  return loaded.error();
}

} // namespace

TEST_CASE("network_key_file: what is made is read again, by its owner alone",
          "[actors][pnet]") {
  const temporary_folder dir;
  const auto file = dir / "a/swarm.key";
  const auto made = create_network_key(file);
  REQUIRE(made);
  struct stat status {};
  REQUIRE(::stat(file.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777u) == 0600);
  const auto found = load_network_key(file);
  REQUIRE(found);
  CHECK(std::ranges::equal(found->key->view(), (*made)->view()));
  CHECK(found->warning.empty());
}

TEST_CASE("network_key_file: each is another one, and none is replaced",
          "[actors][pnet]") {
  const temporary_folder dir;
  const auto one = create_network_key(dir / "one");
  const auto other = create_network_key(dir / "other");
  CHECK((*one)->fingerprint() != (*other)->fingerprint());
  const auto again = create_network_key(dir / "one");
  REQUIRE_FALSE(again);
  CHECK(again.error().code == reason::exists);
}

TEST_CASE("network_key_file: one of Kubo's is read", "[actors][pnet]") {
  const temporary_folder dir;
  write_key_file(dir / "swarm.key", key_text, 0600);
  CHECK(load_network_key(dir / "swarm.key").value().key->fingerprint()
        == "45fc986bbc9388a11d939df26f730f0c");
}

TEST_CASE("network_key_file: what is none is refused, and why",
          "[actors][pnet]") {
  const temporary_folder dir;
  const auto file = dir / "swarm.key";
  CHECK(failure_of(file).code == reason::missing);
  write_key_file(file, "", 0600);
  CHECK(failure_of(file).code == reason::malformed);
  write_key_file(file, "secret\n", 0600);
  CHECK(failure_of(file).code == reason::malformed);
  CHECK_THAT(failure_of(file).text,
             Contains("/key/swarm/psk/1.0.0/") && Contains("swarm-key"));
  write_key_file(file, key_text + std::string(2000, ' '), 0600);
  CHECK(failure_of(file).code == reason::malformed);
}

TEST_CASE("network_key_file: one that others can read is refused",
          "[actors][pnet]") {
  const temporary_folder dir;
  const auto file = dir / "swarm.key";
  write_key_file(file, key_text, 0644);
  const auto why = failure_of(file);
  CHECK(why.code == reason::exposed);
  CHECK_THAT(why.text, Contains("network's key") && Contains("chmod 600"));
}
