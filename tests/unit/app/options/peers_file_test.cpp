#include "app/options/peers_file.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/session_pair.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

namespace grapevine::app {
namespace {

using Catch::Contains;
using test::numbered_identity;
using test::temporary_folder;

std::string id_of(std::uint8_t number) {
  return to_string(numbered_identity(number)->peer());
}

TEST_CASE("peers file: an id a line, with comments", "[app]") {
  const temporary_folder folder;
  const auto file = folder.file(
      "peers", "# ours\n\n" + id_of(1) + "\n  " + id_of(2)
                   + " \t# the second one\r\n#" + id_of(3) + "\n" + id_of(4));
  CHECK(read_peers_file(file).value()
        == std::vector{numbered_identity(1)->peer(),
                       numbered_identity(2)->peer(),
                       numbered_identity(4)->peer()});
}

TEST_CASE("peers file: what is no id is said, and where", "[app]") {
  const temporary_folder folder;
  const auto why = error_of(
      read_peers_file(folder.file("peers", id_of(1) + "\n\nsomebody\n")));
  CHECK_THAT(why, Contains("line 3: \"somebody\": must be a peer id"));
  CHECK_THAT(error_of(read_peers_file(
                 folder.file("two", id_of(1) + " " + id_of(2) + "\n"))),
             Contains("line 1"));
}

TEST_CASE("peers file: one that names nobody is refused", "[app]") {
  const temporary_folder folder;
  CHECK_THAT(error_of(read_peers_file(folder.file("peers", "# nobody\n\n"))),
             Contains("names no peer"));
  CHECK_THAT(error_of(read_peers_file(folder.file("empty", ""))),
             Contains("names no peer"));
}

TEST_CASE("peers file: one that is none, or no file, is refused", "[app]") {
  const temporary_folder folder;
  CHECK_THAT(error_of(read_peers_file(folder / "missing")),
             Contains("No such file"));
  CHECK_THAT(error_of(read_peers_file("/dev/null")),
             Contains("not a regular file"));
}

} // namespace
} // namespace grapevine::app
