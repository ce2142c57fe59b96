#include "app/http/wire.hpp"
#include "tests/support/certificates.hpp"

#include <catch2/catch.hpp>
#include <openssl/ssl.h>

#include <array>

namespace grapevine::app::http {
namespace {

using namespace std::chrono_literals;
using Catch::Contains;
using Catch::StartsWith;

const time_point start{1000s};

/// OpenSSL's client, between two buffers.
class memory_client {
public:
  memory_client() {
    SSL_set_bio(ssl_.get(), in_, out_);
    SSL_set_connect_state(ssl_.get());
  }

  // What it says next; it may be told something before.
  std::string talk(std::string_view heard = {}) {
    BIO_write(in_, heard.data(), static_cast<int>(heard.size()));
    std::array<char, 4096> buffer;
    for (int got = 0;
         (got = SSL_read(ssl_.get(), buffer.data(), buffer.size())) > 0;)
      plain.append(buffer.data(), static_cast<std::size_t>(got));
    return flushed();
  }

  std::string say(std::string_view text) {
    SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size()));
    return flushed();
  }

  bool has_ended() const {
    return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
  }

  std::string plain;

private:
  std::string flushed() {
    char* data = nullptr;
    const auto size = BIO_get_mem_data(out_, &data);
    std::string result{data, static_cast<std::size_t>(size)};
    (void)BIO_reset(out_);
    return result;
  }

  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_{
      SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
  std::unique_ptr<SSL, void (*)(SSL*)> ssl_{SSL_new(context_.get()), SSL_free};
  BIO* in_ = BIO_new(BIO_s_mem());
  BIO* out_ = BIO_new(BIO_s_mem());
};

tls_context server_context() {
  const auto own = test::certificate::root("node");
  tls_context result{SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
  SSL_CTX_use_certificate(result.get(), own.handle());
  SSL_CTX_use_PrivateKey(result.get(), own.key());
  return result;
}

/// A session behind TLS, and its client.
struct wire_fixture {
  wire_fixture()
      : with{{},
             [](const request&) {
               return admission{10, {}};
             },
             start},
        tested{with, server_context(), start + 10s} {}

  std::string take_output(std::size_t most = 1'000'000) {
    const std::string all{tested.output(start).substr(0, most)};
    tested.sent(all.size(), start);
    return all;
  }

  // Until neither has anything to say.
  void talk(std::string said = {}) {
    if (said.empty())
      said = client.talk();
    for (;;) {
      if (!said.empty())
        tested.receive(said, start);
      const auto heard = take_output();
      if (heard.empty())
        return;
      said = client.talk(heard);
    }
  }

  session with;
  wire tested;
  memory_client client;
};

const std::string get_request = "GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n";

TEST_CASE("http tls: a request and its answer go through it", "[app]") {
  wire_fixture f;
  CHECK(f.tested.deadline() == start + 10s);
  f.talk();
  CHECK(f.tested.deadline() == time_point::max());
  f.talk(f.client.say(get_request));
  REQUIRE(f.with.take(start).value().target == "/a");
  const std::string body(200'000, 'b');
  f.with.answer({200, "text/plain", body}, start);
  CHECK(f.tested.has_output());
  // What it holds is bounded: the session knows what has not gone.
  CHECK(f.tested.output(start).size() < 2 * wire::piece);
  CHECK(f.with.output().size() > 100'000);
  f.talk(f.client.talk());
  CHECK_THAT(f.client.plain, StartsWith("HTTP/1.1 200 OK\r\n"));
  CHECK(f.client.plain.ends_with("\r\n\r\n" + body));
  CHECK_FALSE(f.tested.has_output());
}

TEST_CASE("http tls: it may come byte by byte", "[app]") {
  wire_fixture f;
  for (const char c : f.client.talk())
    f.tested.receive({&c, 1}, start);
  f.talk(f.client.talk(f.take_output()));
  for (const char c : f.client.say(get_request))
    f.tested.receive({&c, 1}, start);
  CHECK(f.with.take(start).value().target == "/a");
}

TEST_CASE("http tls: it ends with a word on both sides", "[app]") {
  wire_fixture f;
  f.talk();
  f.talk(f.client.say("GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                      "\r\n"));
  REQUIRE(f.with.take(start));
  f.with.answer({}, start);
  CHECK_FALSE(f.tested.said_all());
  f.talk(f.client.talk());
  CHECK(f.tested.said_all());
  CHECK(f.client.has_ended());
}

TEST_CASE("http tls: what is none ends it", "[app]") {
  wire_fixture f;
  SECTION("without a word") {
    f.tested.receive(std::string(100, 'x'), start);
    CHECK(f.take_output().empty());
  }
  SECTION("with an alert") {
    f.tested.receive(std::string{"\x16\x03\x01\x00\x05hello", 10}, start);
    CHECK_THAT(f.take_output(), StartsWith("\x15\x03"));
  }
  CHECK(f.tested.said_all());
  f.tested.receive("more", start);
  CHECK_FALSE(f.tested.has_output());
  f.tested.end_of_input();
  CHECK(f.with.finished());
}

TEST_CASE("http tls: plain HTTP is answered in its own words", "[app]") {
  wire_fixture f;
  f.tested.receive(get_request, start);
  CHECK_THAT(f.take_output(),
             StartsWith("HTTP/1.1 400 ") && Contains("https://"));
  CHECK(f.tested.said_all());
}

TEST_CASE("http tls: what is changed on the way ends it", "[app]") {
  wire_fixture f;
  f.talk();
  auto forged = f.client.say(get_request);
  forged.back() = static_cast<char>(forged.back() ^ 1);
  f.tested.receive(forged, start);
  CHECK_FALSE(f.with.take(start));
  CHECK_FALSE(f.take_output().empty());
  CHECK(f.tested.said_all());
}

TEST_CASE("http tls: a handshake has a deadline", "[app]") {
  wire_fixture f;
  CHECK_FALSE(f.tested.is_late(start + 9s));
  CHECK(f.tested.is_late(start + 10s));
  f.talk();
  CHECK_FALSE(f.tested.is_late(start + 10s));
}

} // namespace
} // namespace grapevine::app::http
