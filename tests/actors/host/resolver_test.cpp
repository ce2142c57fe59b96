// The resolver asks a name server of the test's, over real sockets; nothing
// happens but when the test says so.
#include "actors/host/resolver.hpp"
#include "tests/support/dns_server.hpp"
#include "tests/support/virtual_reactor.hpp"
#include "tests/support/virtual_system.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <optional>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

using answer_ptr = std::shared_ptr<std::optional<libp2p::found_addresses>>;
using texts_list = std::vector<std::string>;

struct resolver_fixture {
  explicit resolver_fixture(std::chrono::milliseconds timeout = 5s) {
    actor = spawn_resolver(system.sys(),
                           {reactor.link(), {{{server.place()}}, timeout, 1}});
  }

  ~resolver_fixture() {
    caf::anon_send_exit(actor, caf::exit_reason::kill);
    reactor.end_owners();
    system.run();
  }

  answer_ptr ask_for(const std::string& text) {
    auto result = std::make_shared<std::optional<libp2p::found_addresses>>();
    const auto address = libp2p::multiaddr::from_text(text).value();
    system.sys().spawn([this, result, address](caf::event_based_actor* self) {
      ask(self, actor, 1h, resolve_address{address})
          .then([result](const address_resolved& msg) { *result = msg.found; },
                [](const caf::error& why) { FAIL(reason_of(why)); });
    });
    system.run();
    return result;
  }

  // Until nothing moves.
  void run() {
    do
      system.run();
    while (server.serve() || reactor.report());
  }

  libp2p::found_addresses get(const std::string& text) {
    const auto answer = ask_for(text);
    // The kernel's part takes a moment.
    for (int i = 0; i < 2'000 && !*answer; ++i) {
      run();
      if (!*answer) {
        server.wait(1);
        system.advance(1ms);
      }
    }
    REQUIRE(*answer);
    return **answer;
  }

  virtual_system system;
  virtual_reactor reactor{system.sys()};
  dns_server server;
  resolver_actor actor;
};

texts_list texts_in(const libp2p::found_addresses& found) {
  texts_list result;
  for (const auto& one : found.addresses)
    result.push_back(one.to_text());
  std::ranges::sort(result);
  return result;
}

} // namespace

TEST_CASE("resolver: a name has all its addresses, and how long they hold") {
  resolver_fixture f;
  f.server.set_addresses("a.test", {"192.0.2.1", "192.0.2.2", "2001:db8::1"},
                         77);
  const auto four = f.get("/dns4/a.test/tcp/4001");
  CHECK(texts_in(four)
        == texts_list{"/ip4/192.0.2.1/tcp/4001", "/ip4/192.0.2.2/tcp/4001"});
  CHECK(four.ttl == 77s);
  CHECK(texts_in(f.get("/dns6/a.test/tcp/1"))
        == texts_list{"/ip6/2001:db8::1/tcp/1"});
  CHECK(texts_in(f.get("/dns/a.test/tcp/1")).size() == 3);
}

TEST_CASE("resolver: more addresses than a datagram has come by TCP") {
  resolver_fixture f;
  std::vector<std::string> ips;
  for (int i = 0; i < 100; ++i)
    ips.push_back("192.0.2." + std::to_string(i));
  f.server.set_addresses("a.test", ips);
  CHECK(f.get("/dns4/a.test/tcp/4001").addresses.size() == 100);
  CHECK(f.server.asked == 1);
  CHECK(f.server.asked_by_stream == 1);
}

TEST_CASE(
    "resolver: dnsaddr records lead to names, in a circle and out of it") {
  resolver_fixture f;
  const std::string long_record =
      "dnsaddr=/ip4/192.0.2.9/tcp/4001/p2p/"
      "12D3KooWKuSSSYsj75nHgPU5o9SXJS5CWA6L5zhmrquFcXE6H78q";
  f.server.set_texts("_dnsaddr.a.test",
                     {"dnsaddr=/dnsaddr/b.test", "something else", long_record},
                     33);
  f.server.set_texts("_dnsaddr.b.test",
                     {"dnsaddr=/dnsaddr/a.test", "dnsaddr=/dns4/c.test/tcp/1"});
  f.server.set_addresses("c.test", {"192.0.2.3"});
  const auto found = f.get("/dnsaddr/a.test");
  CHECK(texts_in(found)
        == texts_list{"/ip4/192.0.2.3/tcp/1", long_record.substr(8)});
  CHECK(found.ttl == 33s);
  CHECK(f.server.asked == 3);
}

TEST_CASE("resolver: a text in pieces is one") {
  resolver_fixture f;
  const auto host = std::string(60, 'h') + "." + std::string(60, 'h') + "."
                    + std::string(60, 'h') + "." + std::string(60, 'h');
  const auto address =
      "/dns4/" + host
      + "/tcp/4001/p2p/12D3KooWKuSSSYsj75nHgPU5o9SXJS5CWA6L5zhmrquFcXE6H78q";
  f.server.set_texts("_dnsaddr.a.test", {"dnsaddr=" + address});
  f.server.set_addresses(host, {"192.0.2.1"});
  CHECK(f.get("/dnsaddr/a.test").addresses.size() == 1);
}

TEST_CASE("resolver: a service has hosts and ports") {
  resolver_fixture f;
  f.server.add_service("_p2p._tcp.a.test", "b.test", 4001);
  f.server.add_service("_p2p._tcp.a.test", "c.test", 4002);
  f.server.set_addresses("b.test", {"192.0.2.1"});
  f.server.set_addresses("c.test", {"192.0.2.2"});
  CHECK(texts_in(f.get("/dns4/_p2p._tcp.a.test"))
        == texts_list{"/ip4/192.0.2.1/tcp/4001", "/ip4/192.0.2.2/tcp/4002"});
}

TEST_CASE("resolver: several names at once") {
  resolver_fixture f;
  std::vector<answer_ptr> answers;
  for (int i = 0; i < 20; ++i) {
    const auto name = "n" + std::to_string(i) + ".test";
    f.server.set_addresses(name, {"192.0.2." + std::to_string(i)});
    answers.push_back(f.ask_for("/dns4/" + name + "/tcp/1"));
  }
  f.server.set_addresses("last.test", {"192.0.2.99"});
  f.get("/dns4/last.test/tcp/1");
  for (int i = 0; i < 20; ++i) {
    REQUIRE(*answers[static_cast<std::size_t>(i)]);
    CHECK(texts_in(**answers[static_cast<std::size_t>(i)])
          == texts_list{"/ip4/192.0.2." + std::to_string(i) + "/tcp/1"});
  }
}

TEST_CASE("resolver: what a hosts file has needs no server") {
  resolver_fixture f;
  CHECK(texts_in(f.get("/dns4/localhost/tcp/1"))
        == texts_list{"/ip4/127.0.0.1/tcp/1"});
  CHECK(f.server.asked == 0);
}

TEST_CASE("resolver: that there is nothing is said, and why not") {
  resolver_fixture f;
  SECTION("no such name") {
    const auto found = f.get("/dns4/none.test/tcp/1");
    CHECK(found.absent);
    CHECK_THAT(found.error, Contains("of none.test: there is no such name"));
  }
  SECTION("nothing of the kind") {
    f.server.set_addresses("a.test", {"192.0.2.1"});
    const auto found = f.get("/dns6/a.test/tcp/1");
    CHECK(found.absent);
    CHECK_THAT(found.error, Contains("AAAA) of a.test: the name has none"));
    CHECK(f.get("/dnsaddr/a.test").absent);
  }
  SECTION("the server fails") {
    f.server.error = 2;
    const auto found = f.get("/dns4/a.test/tcp/1");
    CHECK_FALSE(found.absent);
    CHECK_THAT(found.error, Contains("SERVFAIL"));
  }
}

TEST_CASE("resolver: a server that says nothing, or nonsense, is waited for so "
          "long and no longer") {
  resolver_fixture f{50ms};
  SECTION("nothing") {
    f.server.mute = true;
    const auto found = f.get("/dns4/a.test/tcp/1");
    CHECK_FALSE(found.absent);
    CHECK_THAT(found.error, Contains("no name server answers in time"));
    // And when it speaks again.
    f.server.mute = false;
    f.server.set_addresses("a.test", {"192.0.2.1"});
    CHECK(f.get("/dns4/a.test/tcp/1").addresses.size() == 1);
  }
  SECTION("a header and nothing more") {
    f.server.nonsense = {0, 0, 0x81, 0x80, 0, 1, 0, 9, 0, 0, 0, 0};
    CHECK_FALSE(f.get("/dns4/a.test/tcp/1").error.empty());
    CHECK_FALSE(f.get("/dnsaddr/a.test").error.empty());
  }
  SECTION("records that never end") {
    bytes loop{0, 0, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, 0xc0, 0x0c};
    loop.resize(200, 0xc0);
    f.server.nonsense = loop;
    CHECK_FALSE(f.get("/dnsaddr/a.test").error.empty());
    CHECK_FALSE(f.get("/dns/_p2p._tcp.a.test").error.empty());
  }
}

TEST_CASE("resolver: one that ends owes nobody") {
  resolver_fixture f;
  f.server.mute = true;
  const auto answer = f.ask_for("/dns4/a.test/tcp/1");
  f.run();
  CHECK_FALSE(*answer);
  caf::anon_send_exit(f.actor, caf::exit_reason::kill);
  f.run();
  REQUIRE(*answer);
  CHECK((*answer)->error == "the resolver has ended");
}

TEST_CASE("dns server option: an address, with or without a port") {
  for (const auto* good :
       {"127.0.0.1", "127.0.0.1:5353", "[::1]", "[::1]:53", "2001:db8::1"}) {
    INFO(good);
    CHECK_FALSE(name_server_problem({good}));
  }
  for (const auto* bad :
       {"", "dns.test", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536",
        "127.0.0.1:a", "[::1", "[::1]53a", "::1:x"}) {
    INFO(bad);
    CHECK(name_server_problem({bad}));
  }
}
