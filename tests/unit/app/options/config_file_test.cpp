#include "app/options/config_file.hpp"
#include "tests/support/errors.hpp"

#include <catch2/catch.hpp>

namespace grapevine::app {
namespace {

using Catch::Contains;

std::string refusal_of(std::string_view text) {
  const auto read = parse_config(text, "node.toml");
  const auto why = error_of(read);
  CHECK(why.code == usage_failure);
  return why.text;
}

TEST_CASE("config file: values become texts", "[app]") {
  const auto read = parse_config("# a comment\n"
                                 "topic = [\"news\", \"weather\"]\n"
                                 "peer = \"/ip4/1.2.3.4/tcp/1\"\n"
                                 "mesh-d = 8\n"
                                 "gossip-factor = 0.5\n"
                                 "flood-publish = false\n"
                                 "heartbeat-interval = \"1s\"\n",
                                 "node.toml");
  REQUIRE(read);
  using texts = std::vector<std::string>;
  CHECK(read->at("topic").values == texts{"news", "weather"});
  CHECK(read->at("topic").origin == "node.toml:2: topic");
  CHECK(read->at("peer").values == texts{"/ip4/1.2.3.4/tcp/1"});
  CHECK(read->at("mesh-d").values == texts{"8"});
  CHECK(read->at("gossip-factor").values == texts{"0.5"});
  CHECK(read->at("flood-publish").values == texts{"false"});
  CHECK(read->at("heartbeat-interval").values == texts{"1s"});
  CHECK(parse_config("", "node.toml")->empty());
}

TEST_CASE("config file: an unknown key names its line and the nearest one",
          "[app]") {
  CHECK(refusal_of("mesh-d = 8\n\nmesh_dlo = 4\n")
        == "node.toml:3: unknown key \"mesh_dlo\"; the nearest known one is "
           "\"mesh-dlo\"");
  CHECK(refusal_of("topics = [\"a\"]")
        == "node.toml:1: unknown key \"topics\"; the nearest known one is "
           "\"topic\"");
  // The first in the file, not in the alphabet.
  CHECK_THAT(refusal_of("zzz = 1\naaa = 2\n"), Contains("node.toml:1: "));
}

TEST_CASE("config file: a value of a wrong kind is an error", "[app]") {
  CHECK(refusal_of("mesh-d = [8]\n")
        == "node.toml:1: mesh-d must be a single value");
  CHECK_THAT(refusal_of("topic = [[\"a\"]]\n"), Contains("a list of texts"));
  CHECK_THAT(refusal_of("topic = 2026-01-01\n"), Contains("a list of texts"));
  CHECK_THAT(refusal_of("[mesh-d]\nx = 1\n"), Contains("a single value"));
}

TEST_CASE("config file: what is no TOML is told with its line", "[app]") {
  CHECK_THAT(refusal_of("mesh-d = 8\nmesh-dlo =\n"), Contains("node.toml:2: "));
  CHECK_THAT(refusal_of("mesh-d = 8\nmesh-d = 9\n"), Contains("node.toml:2: "));
  CHECK_THAT(refusal_of("\xff\xfe"), Contains("node.toml:1: "));
}

TEST_CASE("config file: a file that cannot be read is named", "[app]") {
  const auto missing = read_config("/does/not/exist.toml");
  CHECK_THAT(error_of(missing).text,
             Contains("--config: \"/does/not/exist.toml\"")
                 && Contains("No such file"));
  const auto folder = read_config("/tmp");
  CHECK_THAT(error_of(folder).text, Contains("Is a directory"));
}

} // namespace
} // namespace grapevine::app
