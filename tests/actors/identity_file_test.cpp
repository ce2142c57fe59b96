#include "actors/identity_file.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/key_vectors.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>

using namespace grapevine;
using namespace grapevine::libp2p;
using namespace grapevine::test;
using Catch::Contains;
namespace fs = std::filesystem;
using reason = identity_file_error::reason;

namespace {

mode_t mode_of(const fs::path& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777u;
}

bytes content_of(const fs::path& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

void write_file(const fs::path& path, const bytes& content, mode_t mode) {
  std::ofstream out{path, std::ios::binary};
  out << as_text(content);
  out.close();
  REQUIRE(::chmod(path.c_str(), mode) == 0);
}

bytes key_bytes() {
  return from_hex(ed25519_vector.private_key);
}

private_key test_key() {
  return private_key::from_protobuf(key_bytes()).value();
}

} // namespace

TEST_CASE("identity_file: the file is the bare protobuf of the key",
          "[actors][identity_file]") {
  const temporary_folder dir;
  const auto file = dir / "identity.key";
  REQUIRE(save_identity(test_key(), file));
  CHECK(content_of(file) == key_bytes());
  CHECK(load_identity(file).value().public_part() == test_key().public_part());
}

TEST_CASE("identity_file: a file of another implementation is read",
          "[actors][identity_file]") {
  const temporary_folder dir;
  for (const auto& vector : {secp256k1_vector, ecdsa_vector, rsa_vector}) {
    const auto file = dir / vector.name;
    write_file(file, from_hex(vector.private_key), 0400);
    const auto key = load_identity(file);
    REQUIRE(key);
    CHECK(to_hex(key->public_part().to_protobuf()) == vector.public_key);
  }
}

TEST_CASE("identity_file: a new one is for its owner alone",
          "[actors][identity_file]") {
  const temporary_folder dir;
  const auto file = dir / "a/b/identity.key";
  const auto old_mask = ::umask(0);
  const auto made = load_or_create_identity(file);
  ::umask(old_mask);
  REQUIRE(made);
  CHECK(made->created);
  CHECK(made->key.public_part().type() == key_type::ed25519);
  CHECK(mode_of(file) == 0600);
  CHECK(mode_of(dir / "a/b") == 0700);
  CHECK(mode_of(dir / "a") == 0700);
}

TEST_CASE("identity_file: the second start finds the first one's key",
          "[actors][identity_file]") {
  const temporary_folder dir;
  const auto file = dir / "identity.key";
  const auto first = load_or_create_identity(file, key_type::secp256k1);
  const auto second = load_or_create_identity(file);
  REQUIRE(first);
  REQUIRE(second);
  CHECK_FALSE(second->created);
  CHECK(first->key.public_part() == second->key.public_part());
}

TEST_CASE("identity_file: nothing but the file is left behind",
          "[actors][identity_file]") {
  const temporary_folder dir;
  REQUIRE(load_or_create_identity(dir / "identity.key"));
  CHECK(dir.entries() == 1);
  CHECK_FALSE(save_identity(test_key(), dir / "identity.key"));
  CHECK(dir.entries() == 1);
}

TEST_CASE("identity_file: one that is there is never replaced",
          "[actors][identity_file]") {
  const temporary_folder dir;
  const auto file = dir / "identity.key";
  write_file(file, {1, 2, 3}, 0600);
  const auto saved = save_identity(test_key(), file);
  CHECK(error_of(saved).code == reason::exists);
  CHECK_THAT(error_of(saved).text, Contains(file.string()));
  CHECK(content_of(file) == bytes{1, 2, 3});
}

TEST_CASE("identity_file: one that others may use is refused",
          "[actors][identity_file]") {
  const temporary_folder dir;
  const auto file = dir / "it's.key";
  const auto mode = GENERATE(as<mode_t>{}, 0604, 0601, 0644, 0664, 0777);
  write_file(file, key_bytes(), mode);
  const auto key = load_or_create_identity(file);
  CHECK(error_of(key).code == reason::exposed);
  CHECK_THAT(error_of(key).text, Contains(file.string()));
  CHECK_THAT(error_of(key).text, Contains("chmod 600 '"));
  CHECK_THAT(error_of(key).text, Contains("it'\\''s.key'"));
  CHECK(content_of(file) == key_bytes());
}

TEST_CASE("identity_file: one that a volume opened to the node's own group is "
          "made private again",
          "[actors][identity_file]") {
  const temporary_folder dir;
  const auto file = dir / "identity.key";
  const auto mode = GENERATE(as<mode_t>{}, 0660, 0640, 0620, 0670);
  write_file(file, key_bytes(), mode);
  const auto loaded = load_or_create_identity(file);
  REQUIRE(loaded);
  CHECK(loaded->key.public_part() == test_key().public_part());
  CHECK_THAT(loaded->warning, Contains(file.string()) && Contains("group"));
  CHECK(mode_of(file) == 0600);
  // Said once: nothing is wrong with it any more.
  CHECK(load_or_create_identity(file).value().warning.empty());
}

TEST_CASE(
    "identity_file: a group that the node is not of had no business there",
    "[actors][identity_file]") {
  const temporary_folder dir;
  const auto file = dir / "identity.key";
  write_file(file, key_bytes(), 0640);
  constexpr gid_t strangers = 54'321;
  if (::chown(file.c_str(), static_cast<uid_t>(-1), strangers) != 0)
    return; // only root may give it away
  REQUIRE(::chmod(file.c_str(), 0640) == 0);
  const auto key = load_or_create_identity(file);
  CHECK(error_of(key).code == reason::exposed);
  CHECK(mode_of(file) == 0640);
}

TEST_CASE("identity_file: only who starts a node changes the mode",
          "[actors][identity_file]") {
  const temporary_folder dir;
  const auto file = dir / "identity.key";
  write_file(file, key_bytes(), 0660);
  const auto key = load_identity(file);
  CHECK(error_of(key).code == reason::exposed);
  CHECK(mode_of(file) == 0660);
}

TEST_CASE("identity_file: its error tells the mode that is wrong",
          "[actors][identity_file]") {
  const temporary_folder dir;
  const auto file = dir / "identity.key";
  write_file(file, key_bytes(), 0644);
  CHECK_THAT(error_of(load_identity(file)).text, Contains("mode 0644"));
}

TEST_CASE("identity_file: malformed content is refused, not replaced",
          "[actors][identity_file]") {
  const temporary_folder dir;
  const auto file = dir / "identity.key";
  auto cut = key_bytes();
  cut.pop_back();
  const auto content =
      GENERATE_COPY(bytes{}, cut, bytes{1, 2, 3}, bytes(20'000, 0),
                    from_hex(ed25519_vector.public_key));
  write_file(file, content, 0600);
  const auto key = load_or_create_identity(file);
  CHECK(error_of(key).code == reason::malformed);
  CHECK_THAT(error_of(key).text, Contains(file.string()));
  CHECK(content_of(file) == content);
}

TEST_CASE("identity_file: something other than a file is refused",
          "[actors][identity_file]") {
  const temporary_folder dir;
  fs::create_directory(dir / "directory");
  CHECK(error_of(load_identity(dir / "directory")).code == reason::malformed);
  const auto pipe = dir / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(error_of(load_identity(pipe)).code == reason::malformed);
}

TEST_CASE("identity_file: a link to a file is followed",
          "[actors][identity_file]") {
  const temporary_folder dir;
  write_file(dir / "real", key_bytes(), 0600);
  fs::create_symlink(dir / "real", dir / "link");
  CHECK(load_identity(dir / "link"));
}

TEST_CASE("identity_file: a missing one is told apart",
          "[actors][identity_file]") {
  const temporary_folder dir;
  CHECK(error_of(load_identity(dir / "none")).code == reason::missing);
}

TEST_CASE("identity_file: an impossible place is an error with its cause",
          "[actors][identity_file]") {
  const temporary_folder dir;
  write_file(dir / "file", {1}, 0600);
  const auto made = load_or_create_identity(dir / "file/identity.key");
  CHECK(error_of(made).code == reason::system);
  CHECK_THAT(error_of(made).text, Contains("Not a directory"));
}

TEST_CASE("an identity is in use by one node at a time", "[identity_file]") {
  const temporary_folder folder;
  const auto file = folder / "identity.key";
  auto first = use_identity(file);
  REQUIRE(first);
  CHECK(first->created);
  CHECK(first->warning.empty());
  const auto second = use_identity(file);
  REQUIRE_FALSE(second);
  CHECK(second.error().code == reason::in_use);
  CHECK_THAT(second.error().text,
             Contains(file.string())
                 && Contains("(process " + std::to_string(::getpid()) + ")"));
  // To read it is another matter.
  CHECK(load_identity(file));
  first->lock.reset();
  const auto third = use_identity(file);
  REQUIRE(third);
  CHECK_FALSE(third->created);
  CHECK(third->key.public_part() == first->key.public_part());
}
