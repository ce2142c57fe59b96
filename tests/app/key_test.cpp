#include "tests/app/program_fixture.hpp"

#include <catch2/catch.hpp>

namespace grapevine::app {
namespace {

using Catch::Contains;
using std::filesystem::perms;

TEST_CASE("keygen: only the owner may read the key", "[app]") {
  const temporary_folder folder;
  for (const auto* type : {"ed25519", "secp256k1", "ecdsa", "rsa"}) {
    INFO(type);
    const auto path = (folder / (std::string{type} + "/key")).string();
    const auto made = run_program({"keygen", "--type", type, "--out", path});
    CHECK(made.status == 0);
    REQUIRE(made.out.size() == 1);
    CHECK(std::filesystem::status(path).permissions()
          == (perms::owner_read | perms::owner_write));
    const auto shown = run_program({"id", "--identity", path});
    CHECK(shown.status == 0);
    CHECK(shown.out == made.out);
    const auto cid = run_program({"id", "--identity", path, "--cid"});
    REQUIRE(cid.out.size() == 1);
    CHECK_THAT(cid.out[0], Catch::StartsWith("bafz"));
  }
}

TEST_CASE("keygen: never replaces a key", "[app]") {
  const temporary_folder folder;
  const auto path = (folder / "key").string();
  const auto made = run_program({"keygen", "--out", path});
  REQUIRE(made.status == 0);
  const auto again = run_program({"keygen", "--out", path});
  CHECK(again.status == 1);
  CHECK(again.out.empty());
  CHECK_THAT(again.err, Contains(path));
  CHECK(run_program({"id", "--identity", path}).out == made.out);
}

TEST_CASE("keygen: without a file, the key is where run looks for it",
          "[app]") {
  const auto ended =
      run_shell("\"$GRAPEVINE\" keygen && \"$GRAPEVINE\" id && "
                "stat -c %a \"$XDG_STATE_HOME/grapevine/identity.key\"");
  CHECK(ended.status == 0);
  REQUIRE(ended.out.size() == 3);
  CHECK(ended.out[0] == ended.out[1]);
  CHECK(ended.out[2] == "600");
}

TEST_CASE("keygen: without XDG_STATE_HOME, below the home folder", "[app]") {
  const auto ended = run_shell(
      "unset XDG_STATE_HOME; export HOME=$(mktemp -d); \"$GRAPEVINE\" keygen "
      "&& stat -c %a \"$HOME/.local/state/grapevine/identity.key\"; "
      "rm -r \"$HOME\"; unset HOME; \"$GRAPEVINE\" keygen");
  CHECK(ended.status == 1);
  REQUIRE(ended.out.size() == 2);
  CHECK(ended.out[1] == "600");
  CHECK_THAT(ended.err, Contains("XDG_STATE_HOME"));
}

TEST_CASE("id: a file that is none is named", "[app]") {
  const temporary_folder folder;
  const auto missing = run_program({"id", "--identity", "/does/not/exist"});
  CHECK(missing.status == 1);
  CHECK_THAT(missing.err, Contains("/does/not/exist"));
  const auto file = folder.file("key", "no key");
  std::filesystem::permissions(file, perms::owner_read | perms::owner_write);
  const auto broken = run_program({"id", "--identity", file});
  CHECK(broken.status == 1);
  CHECK_THAT(broken.err, Contains(file));
}

} // namespace
} // namespace grapevine::app
