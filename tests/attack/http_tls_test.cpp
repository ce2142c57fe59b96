// Clients of the HTTP API that speak TLS badly, or not at all.
#include "tests/attack/http_attack.hpp"

#include <openssl/ssl.h>

#include <random>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

/// A node's certificate, and what its server makes of it.
struct tls_fixture {
  tls_fixture() {
    SSL_CTX_use_certificate(context.get(), own.handle());
    SSL_CTX_use_PrivateKey(context.get(), own.key());
  }

  void check_served(const http_attack& f) const {
    http_client honest{f.port, client_trust{&root}};
    CHECK(honest.ask("GET", "/healthz").status == 200);
  }

  certificate root = certificate::root("root");
  certificate own = root.sign("node");
  http::tls_context context{SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
};

} // namespace

TEST_CASE("http attack: who does not finish TLS's handshake goes", "[attack]") {
  const tls_fixture tls;
  const http_attack f{hurried(), tls.context};
  // The beginning of a record, of a handshake.
  const std::string begun{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11};
  auto slow = f.many(12, begun);
  auto silent = f.many(12);
  tls.check_served(f);
  for (auto* all : {&slow, &silent})
    for (auto& one : *all)
      CHECK(one.is_closed());
}

TEST_CASE("http attack: noise instead of TLS is closed", "[attack]") {
  const tls_fixture tls;
  const http_attack f{hurried(), tls.context};
  std::mt19937 random{8};
  for (int i = 0; i < 200; ++i) {
    std::string noise(1 + random() % 600, '\0');
    for (auto& c : noise)
      c = static_cast<char>(random());
    if (i % 2 == 0)
      noise = "\x16\x03\x01" + noise;
    auto client = f.connect();
    (void)client.say(noise);
    CHECK(client.is_closed());
  }
  tls.check_served(f);
}
