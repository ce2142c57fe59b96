#include "app/client/node_place.hpp"
#include "tests/unit/app/options/value_checks.hpp"

namespace grapevine::app {
namespace {

TEST_CASE("node place: it is written as the node says it", "[app]") {
  check_kept<node_place>("127.0.0.1:4080");
  check_kept<node_place>("[::1]:4080");
  check_kept<node_place>("unix:/run/grapevine/api.sock");
  check_kept<node_place>("localhost:4080");
  check_kept<node_place>("https://node-1.example:4080");
  check_kept<node_place>("https://[::1]:4080");
  const auto text = [](std::string_view from) {
    return value_text<node_place>::format(value_of<node_place>(from));
  };
  CHECK(text("http://127.0.0.1:4080") == "127.0.0.1:4080");
  CHECK(text("http://[::1]:4080/") == "[::1]:4080");
  CHECK(text("http://localhost:4080/") == "localhost:4080");
  CHECK(text("https://127.0.0.1:4080/page") == "https://127.0.0.1:4080");
}

TEST_CASE("node place: where no node can be is refused", "[app]") {
  for (const auto* bad :
       {"off", "4080", "127.0.0.1", "127.0.0.1:0", "unix:", "http://", "",
        "localhost", ":4080", "localhost:0", "127.0.0.300:4080", "a b:4080",
        "https://unix:/a", "https://off", "-a:4080", "a.:4080",
        "localhost:http"})
    check_error<node_place>(bad, "must be where the node has its API");
}

} // namespace
} // namespace grapevine::app
