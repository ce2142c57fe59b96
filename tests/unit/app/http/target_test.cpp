#include "app/http/target.hpp"

#include <catch2/catch.hpp>

namespace grapevine::app::http {
namespace {

TEST_CASE("http target: path and query are decoded", "[app]") {
  const auto read = parse_target("/a%2Fb/c?topic=news%2Fde+f%2B&x&=&topic=2");
  REQUIRE(read);
  CHECK(read->path == "/a/b/c");
  CHECK(read->value("topic") == "news/de f+");
  CHECK(read->value("x") == "");
  CHECK(read->value("y") == std::nullopt);
  CHECK(parse_target("/")->path == "/");
  CHECK(parse_target("/?")->query.empty());
  CHECK(parse_target("/%00%ff")->path == std::string("/\0\xff", 3));
}

TEST_CASE("http target: what cannot be decoded is refused", "[app]") {
  for (const auto* text : {"", "*", "http://localhost/", "/%", "/%1", "/%g0",
                           "/%-1", "/a?%", "/a?b=%2", "/a?%zz=1"}) {
    INFO(text);
    CHECK_FALSE(parse_target(text));
  }
}

} // namespace
} // namespace grapevine::app::http
