#include "app/options/assignments.hpp"
#include "app/options/config_file.hpp"
#include "tests/support/errors.hpp"

#include <catch2/catch.hpp>

#include <set>

namespace grapevine::app {
namespace {

using namespace std::chrono_literals;
using Catch::Contains;

assignments
given(const std::map<std::string, std::vector<std::string>>& texts) {
  assignments result;
  for (const auto& [name, values] : texts)
    result[name] = {values, "--" + name};
  return result;
}

std::string refusal_of(const assignments& texts) {
  const auto made = make_settings(texts);
  const auto why = error_of(made);
  CHECK(why.code == usage_failure);
  return why.text;
}

TEST_CASE("options: each has its own name and reads what it shows", "[app]") {
  std::set<std::string> names;
  for (const auto& known : all_options()) {
    INFO(known.name);
    CHECK(names.insert(known.name).second);
    CHECK(find_option(known.name) == &known);
    CHECK_FALSE(known.help.empty());
    settings s;
    for (const auto& value : known.show(s))
      CHECK(known.set(s, value));
    CHECK(known.show(s) == known.show(settings{}));
  }
  CHECK(find_option("nothing") == nullptr);
}

TEST_CASE("options: set what they are named after", "[app]") {
  const auto made = make_settings(given({{"mesh-d", {"8"}},
                                         {"mesh-dlo", {"5"}},
                                         {"heartbeat-interval", {"700ms"}},
                                         {"flood-publish", {"off"}},
                                         {"gossip-factor", {"0.5"}},
                                         {"gossip-to-all", {"50"}},
                                         {"prune-backoff", {"2m"}},
                                         {"max-message-size", {"64KiB"}},
                                         {"policy", {"strict-no-sign"}},
                                         {"topic", {"a", "b"}},
                                         {"identity", {"key"}}}));
  REQUIRE(made);
  CHECK(made->params.mesh.degree == 8);
  CHECK(made->params.mesh.degree_low == 5);
  CHECK(made->params.timers.heartbeat_interval == 700ms);
  CHECK_FALSE(made->params.flood_publish);
  CHECK(made->params.gossip.factor == 0.5);
  CHECK(made->params.gossip.gossip_to_all == 50);
  CHECK(made->params.timers.prune_backoff == 120s);
  CHECK(made->max_rpc_size == 65536);
  CHECK(made->policy == gossip::signing_policy::strict_no_sign);
  REQUIRE(made->topics.size() == 2);
  CHECK(made->topics[1] == "b");
  CHECK(made->identity == std::filesystem::path{"key"});
}

TEST_CASE("options: an error names option, value and remedy", "[app]") {
  CHECK(refusal_of(given({{"mesh-d", {"many"}}}))
        == "--mesh-d: \"many\": must be a whole number that is not negative, "
           "such as 8");
  CHECK_THAT(refusal_of(given({{"listen", {"/ip4/1.2.3"}}})),
             Contains("--listen: \"/ip4/1.2.3\": "));
  CHECK_THAT(refusal_of(given({{"mesh-d", {"6", "7"}}})),
             Contains("--mesh-d is given 2 times"));
}

TEST_CASE("options: rules between parameters name the options", "[app]") {
  CHECK(refusal_of(given({{"mesh-dlo", {"8"}}}))
        == "--mesh-dlo is 8 but must not exceed --mesh-d, which is 6");
  CHECK_THAT(refusal_of(given({{"history-gossip", {"9"}}})),
             Contains("--history-gossip is 9"));
  CHECK_THAT(refusal_of(given({{"heartbeat-interval", {"0"}}})),
             Contains("--heartbeat-interval"));
  CHECK(refusal_of(given({{"redial-min", {"2m"}}}))
        == "--redial-max must not be less than --redial-min");
}

TEST_CASE("options: none is bounded by nothing", "[app]") {
  for (const auto* name :
       {"max-peers-per-address", "max-handshakes", "max-handshakes-per-address",
        "connections-per-second"})
    CHECK(refusal_of(given({{name, {"0"}}}))
          == std::string{"--"} + name + ": \"0\": must be at least 1");
}

TEST_CASE("options: the marks of high and low water do not contradict each "
          "other",
          "[app]") {
  CHECK(
      refusal_of(given(
          {{"high-water", {"10"}}, {"low-water", {"5"}}, {"max-peers", {"9"}}}))
      == "--high-water must not be more than --max-peers");
  CHECK(refusal_of(given({{"high-water", {"10"}}, {"low-water", {"11"}}}))
        == "--low-water must not be more than --high-water");
  CHECK(refusal_of(given({{"low-water", {"1"}}}))
        == "--low-water must not be more than --high-water");
  CHECK(refusal_of(given({{"high-water", {"10"}}}))
        == "--high-water needs --low-water, the number of peers that are left");
  CHECK(make_settings(given({{"high-water", {"10"}}, {"low-water", {"10"}}})));
}

TEST_CASE("options: a switch of what is optional", "[app]") {
  CHECK_FALSE(make_settings({})->gater);
  CHECK(make_settings(given({{"gater", {"on"}}}))->gater);
  CHECK_FALSE(make_settings(given({{"gater", {"off"}}}))->gater);
}

TEST_CASE("options: a value of a file is named by its line", "[app]") {
  const auto config = parse_config("mesh-d = 6\nmesh-dlo = 8\n", "node.toml");
  REQUIRE(config);
  CHECK(refusal_of(*config)
        == "node.toml:2: mesh-dlo is 8 but must not exceed node.toml:1: "
           "mesh-d, which is 6");
  const auto pauses = parse_config("redial-min = \"2m\"\n", "node.toml");
  REQUIRE(pauses);
  CHECK(refusal_of(*pauses)
        == "--redial-max must not be less than node.toml:1: redial-min");
}

TEST_CASE("options: a direct peer cannot be blocked", "[app]") {
  const std::string id = "12D3KooWKuSSSYsj75nHgPU5o9SXJS5CWA6L5zhmrquFcXE6H78q";
  CHECK(refusal_of(given({{"direct-peer", {"/ip4/1.2.3.4/tcp/1/p2p/" + id}},
                          {"block-peer", {id}}}))
        == "--block-peer: \"" + id + "\": is a --direct-peer, too");
}

TEST_CASE("options: a node's own topics must pass its filter", "[app]") {
  CHECK(refusal_of(given({{"topic", {"news", "weather"}},
                          {"allow-topic", {"news"}},
                          {"allow-topic-pattern", {"sport/.*"}}}))
        == "--topic: \"weather\": is in neither --allow-topic nor "
           "--allow-topic-pattern");
  CHECK(make_settings(given({{"topic", {"news", "sport/1"}},
                             {"allow-topic", {"news"}},
                             {"allow-topic-pattern", {"sport/.*"}}})));
}

TEST_CASE("options: the command line wins over the file", "[app]") {
  const auto config = parse_config("mesh-d = 7\ntopic = [\"a\", \"b\"]\n"
                                   "peer = \"/ip4/1.2.3.4/tcp/1\"\n",
                                   "node.toml");
  REQUIRE(config);
  const auto made = make_settings(
      merged(given({{"mesh-d", {"8"}}, {"topic", {"c"}}}), *config));
  REQUIRE(made);
  CHECK(made->params.mesh.degree == 8);
  REQUIRE(made->topics.size() == 1);
  CHECK(made->topics[0] == "c");
  CHECK(made->peers.size() == 1);
}

TEST_CASE("options: the configuration that is printed can be read", "[app]") {
  const auto before =
      make_settings(given({{"topic", {"a \"quoted\"\n one", "b"}},
                           {"listen", {"/ip4/127.0.0.1/tcp/0"}},
                           {"mesh-d", {"7"}},
                           {"flood-publish", {"off"}},
                           {"gossip-factor", {"0.125"}},
                           {"fanout-ttl", {"1500ms"}},
                           {"peer-exchange", {"on"}},
                           {"allow-topic", {"a \"quoted\"\n one"}},
                           {"allow-topic-pattern", {"[b-d]\\S*"}},
                           {"score-profile", {"ethereum"}},
                           {"ethereum-fork-digest", {"6a95a1a9"}},
                           {"ethereum-validators", {"1000"}},
                           {"score-topic", {"a: b: weight=.5", "c: weight=2"}},
                           {"score-other-topics", {"time-in-mesh-quantum=1m"}},
                           {"gossip-threshold", {"-1e2"}},
                           {"behaviour-decay", {"2m"}},
                           {"slow-peers-decay", {".5"}},
                           {"colocation-threshold", {"3"}},
                           {"colocation-whitelist", {"10.0.0.0/8", "::1"}}}));
  INFO((before ? "" : before.error().text));
  REQUIRE(before);
  const auto config = parse_config(to_toml(*before, {}), "printed.toml");
  REQUIRE(config);
  const auto after = make_settings(*config);
  REQUIRE(after);
  for (const auto& known : all_options()) {
    INFO(known.name);
    CHECK(known.show(*before) == known.show(*after));
  }
}

} // namespace
} // namespace grapevine::app
