#include "libp2p/address/name_lookup.hpp"

#include <catch2/catch.hpp>

#include <functional>

using namespace grapevine::libp2p;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

const std::string id_a = "12D3KooWKuSSSYsj75nHgPU5o9SXJS5CWA6L5zhmrquFcXE6H78q";
const std::string id_b = "12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp";

multiaddr address(const std::string& text) {
  return multiaddr::from_text(text).value();
}

std::vector<std::string> texts(const found_addresses& found) {
  std::vector<std::string> result;
  for (const auto& one : found.addresses)
    result.push_back(one.to_text());
  return result;
}

dns_answer ips(std::vector<std::string> those, std::chrono::seconds ttl = 60s) {
  return {std::move(those), {}, ttl, {}, false};
}

dns_answer records(std::vector<std::string> those,
                   std::chrono::seconds ttl = 60s) {
  return {std::move(those), {}, ttl, {}, false};
}

dns_answer no_such_name() {
  return {{}, {}, 0s, "there is no such name", true};
}

dns_answer no_answer() {
  return {{}, {}, 0s, "nobody answers", false};
}

// A domain name system of a few names.
struct name_fixture {
  using question_key = std::pair<dns_kind, std::string>;

  found_addresses look_up(const std::string& what,
                          const name_limits& limits = {}) {
    name_lookup one{address(what), offered_transports, limits};
    while (!one.done()) {
      const auto asked = one.take_questions();
      REQUIRE_FALSE(asked.empty());
      for (const auto& question : asked) {
        questions.push_back(question);
        const auto i = table.find({question.kind, question.name});
        one.answered(question, i != table.end() ? i->second : no_such_name());
      }
    }
    CHECK(one.take_questions().empty());
    return one.result();
  }

  std::map<question_key, dns_answer> table;
  std::vector<dns_question> questions;
};

using texts_list = std::vector<std::string>;

} // namespace

TEST_CASE("name lookup: a name has all its addresses, of the family that is "
          "asked for",
          "[name_lookup]") {
  name_fixture f;
  f.table[{dns_kind::any_ip, "a.test"}] = ips({"192.0.2.1", "2001:db8::1"});
  f.table[{dns_kind::ip4, "a.test"}] = ips({"192.0.2.1", "192.0.2.2"}, 30s);
  f.table[{dns_kind::ip6, "a.test"}] = ips({"2001:db8::1"});
  CHECK(texts(f.look_up("/dns/a.test/tcp/4001"))
        == texts_list{"/ip4/192.0.2.1/tcp/4001", "/ip6/2001:db8::1/tcp/4001"});
  const auto four = f.look_up("/dns4/a.test/tcp/1");
  CHECK(texts(four)
        == texts_list{"/ip4/192.0.2.1/tcp/1", "/ip4/192.0.2.2/tcp/1"});
  CHECK(four.ttl == 30s);
  CHECK(four.error.empty());
  CHECK(texts(f.look_up("/dns6/a.test/tcp/1"))
        == texts_list{"/ip6/2001:db8::1/tcp/1"});
}

TEST_CASE("name lookup: whose the addresses are is not lost", "[name_lookup]") {
  name_fixture f;
  f.table[{dns_kind::ip4, "a.test"}] = ips({"192.0.2.1"});
  CHECK(texts(f.look_up("/dns4/a.test/tcp/4001/p2p/" + id_a))
        == texts_list{"/ip4/192.0.2.1/tcp/4001/p2p/" + id_a});
}

TEST_CASE("name lookup: dnsaddr has addresses in TXT records, and names again",
          "[name_lookup]") {
  name_fixture f;
  f.table[{dns_kind::text, "_dnsaddr.a.test"}] = records(
      {"dnsaddr=/ip4/192.0.2.1/tcp/4001/p2p/" + id_a, "dnsaddr=/dnsaddr/b.test",
       "v=spf1 -all", "dnsaddr=/dns4/c.test/tcp/4002/p2p/" + id_b});
  f.table[{dns_kind::text, "_dnsaddr.b.test"}] =
      records({"dnsaddr=/ip4/192.0.2.1/udp/4001/quic-v1/p2p/" + id_a,
               "dnsaddr=/ip6/2001:db8::2/tcp/4001/p2p/" + id_a},
              20s);
  f.table[{dns_kind::ip4, "c.test"}] = ips({"192.0.2.3"}, 40s);
  SECTION("all of them") {
    const auto found = f.look_up("/dnsaddr/a.test");
    CHECK(texts(found)
          == texts_list{"/ip4/192.0.2.1/tcp/4001/p2p/" + id_a,
                        "/ip6/2001:db8::2/tcp/4001/p2p/" + id_a,
                        "/ip4/192.0.2.3/tcp/4002/p2p/" + id_b});
    CHECK(found.ttl == 20s);
    CHECK(found.problems.empty());
  }
  SECTION("one peer's: of records that name him") {
    CHECK(texts(f.look_up("/dnsaddr/a.test/p2p/" + id_b))
          == texts_list{"/ip4/192.0.2.3/tcp/4002/p2p/" + id_b});
    CHECK(texts(f.look_up("/dnsaddr/b.test/p2p/" + id_a))
          == texts_list{"/ip6/2001:db8::2/tcp/4001/p2p/" + id_a});
  }
}

TEST_CASE("name lookup: names that lead to each other end", "[name_lookup]") {
  name_fixture f;
  f.table[{dns_kind::text, "_dnsaddr.a.test"}] =
      records({"dnsaddr=/dnsaddr/b.test", "dnsaddr=/dnsaddr/a.test"});
  f.table[{dns_kind::text, "_dnsaddr.b.test"}] =
      records({"dnsaddr=/dnsaddr/a.test"});
  SECTION("and lead nowhere") {
    const auto found = f.look_up("/dnsaddr/a.test");
    CHECK(found.addresses.empty());
    CHECK(found.absent);
    CHECK(found.error == "its records lead to no address that can be dialled");
  }
  SECTION("with what else there is") {
    f.table[{dns_kind::text, "_dnsaddr.b.test"}].texts.push_back(
        "dnsaddr=/ip4/192.0.2.1/tcp/1");
    CHECK(texts(f.look_up("/dnsaddr/a.test"))
          == texts_list{"/ip4/192.0.2.1/tcp/1"});
  }
  CHECK(f.questions.size() == 2);
}

TEST_CASE("name lookup: a chain of names, and what names lead to, has an end",
          "[name_lookup]") {
  name_fixture f;
  for (int i = 0; i < 100; ++i) {
    auto& answer =
        f.table[{dns_kind::text, "_dnsaddr.n" + std::to_string(i) + ".test"}];
    answer = records({"dnsaddr=/dnsaddr/n" + std::to_string(i + 1) + ".test",
                      "dnsaddr=/ip4/192.0.2." + std::to_string(i) + "/tcp/1"});
  }
  SECTION("by its length") {
    const auto found = f.look_up("/dnsaddr/n0.test");
    CHECK(f.questions.size() == 9);
    CHECK(found.addresses.size() == 9);
    REQUIRE(found.problems.size() == 1);
    CHECK(found.problems[0]
          == "/dnsaddr/n9.test is the end of too long a chain of names");
  }
  SECTION("by the number of questions") {
    for (int i = 0; i < 100; ++i)
      f.table[{dns_kind::text, "_dnsaddr.n0.test"}].texts.push_back(
          "dnsaddr=/dns4/h" + std::to_string(i) + ".test/tcp/1");
    const auto found = f.look_up("/dnsaddr/n0.test", {.questions = 10});
    CHECK(f.questions.size() == 10);
    CHECK(found.problems.size() == 4);
    CHECK_THAT(found.problems[0], Contains("too many names"));
  }
  SECTION("by the number of addresses") {
    const auto found = f.look_up("/dnsaddr/n0.test", {.addresses = 3});
    CHECK(found.addresses.size() == 3);
    CHECK_THAT(found.problems[0], Contains("more than 3 addresses"));
  }
}

TEST_CASE("name lookup: a record that is no address is named, and others count",
          "[name_lookup]") {
  name_fixture f;
  f.table[{dns_kind::text, "_dnsaddr.a.test"}] =
      records({"dnsaddr=/ip4/192.0.2.300/tcp/1", "dnsaddr=", "dnsaddr"});
  SECTION("alone it is why there is none") {
    const auto found = f.look_up("/dnsaddr/a.test");
    CHECK(found.absent);
    CHECK_THAT(found.error,
               Contains("a TXT record of _dnsaddr.a.test has no address: "
                        "\"dnsaddr=/ip4/192.0.2.300/tcp/1\": "));
  }
  SECTION("beside others") {
    f.table[{dns_kind::text, "_dnsaddr.a.test"}].texts.push_back(
        "dnsaddr=/ip4/192.0.2.1/tcp/1");
    const auto found = f.look_up("/dnsaddr/a.test");
    CHECK(found.error.empty());
    CHECK(found.problems.size() == 2);
    CHECK(texts(found) == texts_list{"/ip4/192.0.2.1/tcp/1"});
  }
}

TEST_CASE("name lookup: a service has hosts and ports", "[name_lookup]") {
  name_fixture f;
  dns_answer services;
  services.targets = {{"a.test", 4001}, {"b.test.", 4002}, {"a.test", 4003}};
  services.ttl = 10s;
  f.table[{dns_kind::service, "_p2p._tcp.c.test"}] = services;
  f.table[{dns_kind::any_ip, "a.test"}] = ips({"192.0.2.1"});
  f.table[{dns_kind::any_ip, "b.test"}] = ips({"192.0.2.2"});
  f.table[{dns_kind::ip6, "b.test"}] = ips({"2001:db8::2"});
  SECTION("with the addresses of each host") {
    const auto found = f.look_up("/dns/_p2p._tcp.c.test");
    CHECK(texts(found)
          == texts_list{"/ip4/192.0.2.1/tcp/4001", "/ip4/192.0.2.1/tcp/4003",
                        "/ip4/192.0.2.2/tcp/4002"});
    CHECK(found.ttl == 10s);
    // Each name once.
    CHECK(f.questions.size() == 3);
  }
  SECTION("of one family, and of one peer") {
    const std::string six = "/ip6/2001:db8::2/tcp/4002";
    CHECK(texts(f.look_up("/dns6/_p2p._tcp.c.test")) == texts_list{six});
    CHECK(texts(f.look_up("/dns6/_p2p._tcp.c.test/p2p/" + id_a))
          == texts_list{six + "/p2p/" + id_a});
  }
  SECTION("or is not offered") {
    f.table[{dns_kind::service, "_p2p._tcp.c.test"}].targets = {{".", 0}};
    CHECK(f.look_up("/dns/_p2p._tcp.c.test").absent);
  }
  SECTION("or has no port") {
    f.table[{dns_kind::service, "_p2p._tcp.c.test"}].targets = {{"a.test", 0}};
    CHECK_THAT(f.look_up("/dns/_p2p._tcp.c.test").error,
               Contains("names no host and port: a.test:0"));
  }
}

TEST_CASE("name lookup: that there is nothing is told apart from that nobody "
          "says",
          "[name_lookup]") {
  name_fixture f;
  const auto none = f.look_up("/dns4/a.test/tcp/1");
  CHECK(none.absent);
  CHECK(none.error == "IPv4 addresses (A) of a.test: there is no such name");
  f.table[{dns_kind::text, "_dnsaddr.b.test"}] =
      records({"dnsaddr=/dns4/a.test/tcp/1", "dnsaddr=/dns4/c.test/tcp/1"});
  f.table[{dns_kind::ip4, "c.test"}] = no_answer();
  const auto failed = f.look_up("/dnsaddr/b.test");
  CHECK_FALSE(failed.absent);
  CHECK(failed.error == "IPv4 addresses (A) of c.test: nobody answers");
}

TEST_CASE("name lookup: an address without a name is what it is",
          "[name_lookup]") {
  name_lookup one{address("/ip4/192.0.2.1/tcp/1")};
  CHECK(one.done());
  CHECK(texts(one.result()) == texts_list{"/ip4/192.0.2.1/tcp/1"});
}

TEST_CASE("name lookup: peers are meant where nobody is named",
          "[name_lookup]") {
  for (const auto* text : {"/dns4/a.test/tcp/1", "/dns/a.test/tcp/1",
                           "/dnsaddr/a.test", "/dns/_p2p._tcp.a.test"}) {
    INFO(text);
    CHECK(names_peers(address(text)));
    CHECK_FALSE(names_peers(address(text + ("/p2p/" + id_a))));
  }
  CHECK_FALSE(names_peers(address("/ip4/192.0.2.1/tcp/1")));
  CHECK_FALSE(names_peers(address("/dns4/a.test/tcp/1/ws")));
}
