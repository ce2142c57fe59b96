// What is said when what answers is no node, or none that this program knows.
#include "app/client/node_client.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <poll.h>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace grapevine::app::client {
namespace {

using Catch::Contains;
using namespace std::chrono_literals;

/// Answers requests, on any connections, by what it was given, one after the
/// other; an empty text closes the connection instead. Then it says nothing.
class canned_server {
public:
  explicit canned_server(std::vector<std::string> answers)
      : socket_{*listen_on(*endpoint::of(
          *libp2p::multiaddr::from_text("/ip4/127.0.0.1/tcp/0")))},
        answers_{std::move(answers)}, thread_{[this](std::stop_token) {
          for (const auto& one : answers_)
            if (!answer(one))
              return;
          while (wait(socket_.get()))
            silent_.push_back(std::move(accept_one(socket_.get())->first));
        }} {}

  ~canned_server() { stop_.raise(); }

  node_access access() const {
    return {{{api_address::kind::tcp,
              *libp2p::ip_address::from_text("127.0.0.1"),
              local_endpoint(socket_.get()).port(),
              {}}},
            {}};
  }

  /// What was asked; once all is answered.
  const std::string& seen() {
    stop_.raise();
    thread_.join();
    return seen_;
  }

private:
  // False when the test is over.
  bool wait(int fd) const {
    std::array<pollfd, 2> watched{{{fd, POLLIN, 0}, {stop_.fd(), POLLIN, 0}}};
    return ::poll(watched.data(), watched.size(), -1) > 0
           && watched[1].revents == 0;
  }

  bool answer(const std::string& with) {
    if (!read_request())
      return false;
    write_some(connection_.get(), as_bytes(with));
    if (with.empty())
      connection_.reset();
    return true;
  }

  bool read_request() {
    std::string head;
    while (head.find("\r\n\r\n") == std::string::npos) {
      if (!connection_) {
        if (!wait(socket_.get()))
          return false;
        connection_ = std::move(accept_one(socket_.get())->first);
      }
      if (!wait(connection_.get()))
        return false;
      std::array<std::uint8_t, 4096> buffer;
      const auto got = read_some(connection_.get(), buffer);
      if (got.status == io_status::done)
        head.append(reinterpret_cast<const char*>(buffer.data()), got.size);
      else if (got.status != io_status::would_block)
        connection_ = {};
    }
    seen_ += head;
    return true;
  }

  stop_flag stop_;
  unique_fd socket_;
  unique_fd connection_;
  // Those behind the last answer.
  std::vector<unique_fd> silent_;
  std::vector<std::string> answers_;
  std::string seen_;
  std::jthread thread_;
};

std::string http(int status, const std::string& type, const std::string& body,
                 const std::string& headers = {}) {
  return "HTTP/1.1 " + std::to_string(status) + " x\r\nContent-Type: " + type
         + "\r\n" + headers + "Content-Length: " + std::to_string(body.size())
         + "\r\n\r\n" + body;
}

std::string problem(int status, const std::string& detail) {
  return http(status, "application/problem+json",
              R"({"detail":")" + detail + "\"}");
}

/// What the client says of one answer.
std::string said_of(const std::string& answer,
                    const node_request& asked = {"GET", "/api/v1/node"}) {
  canned_server server{{answer}};
  const stop_flag never;
  node_client client{server.access(), never};
  const auto got = client.ask(asked);
  REQUIRE_FALSE(got);
  CHECK(got.error().code == runtime_failure);
  return got.error().text;
}

TEST_CASE("node client: an answer is its body", "[app]") {
  canned_server server{{http(200, "application/json", "{\"a\":1}\n")}};
  const stop_flag never;
  auto access = server.access();
  access.token = "0123456789abcdef";
  node_client client{access, never};
  CHECK(client.ask({"POST", "/api/v1/x?topic=%2F", "hello"}).value()
        == "{\"a\":1}\n");
  CHECK(client.last_status() == 200);
  CHECK_THAT(server.seen(),
             Contains("POST /api/v1/x?topic=%2F HTTP/1.1\r\nHost: "
                      + client.place() + "\r\n")
                 && Contains("Authorization: Bearer 0123456789abcdef\r\n")
                 && Contains("Content-Length: 5\r\n"));
}

TEST_CASE("node client: what is no node's API is said to be none", "[app]") {
  const std::string none = "is no grapevine node's API";
  CHECK_THAT(said_of("\x13/multistream/1.0.0\n"), Contains(none));
  CHECK_THAT(said_of("SSH-2.0-OpenSSH_9.2p1\r\n"), Contains(none));
  CHECK_THAT(said_of(http(200, "text/html", "<p>Welcome")), Contains(none));
  CHECK_THAT(said_of(http(404, "text/html", "<p>Not found")), Contains(none));
  CHECK_THAT(said_of(http(500, "application/problem+json", "[]")),
             Contains(none));
  CHECK_THAT(said_of(http(302, "text/html", "", "Location: /login\r\n")),
             Contains(none));
  CHECK_THAT(said_of(""), Contains("ends the connection without an answer"));
}

TEST_CASE("node client: what an older node does not know is said", "[app]") {
  const node_request asked{"PUT", "/api/v1/log-level?x=y"};
  for (const auto& answer :
       {problem(404, "there is nothing at /api/v1/log-level; what there is, …"),
        problem(405, "/api/v1/log-level takes no PUT, but GET")})
    CHECK_THAT(said_of(answer, asked),
               Contains("does not know PUT /api/v1/log-level: is it older "
                        "than this program ("));
}

TEST_CASE("node client: else the node's own words are told, harmless",
          "[app]") {
  CHECK(said_of(problem(404, "12D3KooWa was not connected"))
        == "12D3KooWa was not connected");
  CHECK(said_of(problem(503, "\\u001b[2Jbusy")) == "\\x1b[2Jbusy");
}

TEST_CASE("node client: one that does not answer is not waited for forever",
          "[app]") {
  canned_server server{{}};
  const stop_flag never;
  node_client client{server.access(), never};
  const auto got = client.ask({"GET", "/", "", "application/json", 50ms});
  REQUIRE_FALSE(got);
  CHECK_THAT(got.error().text, Contains("does not answer within 50ms"));
}

TEST_CASE("node client: it stops waiting when the program is to stop",
          "[app]") {
  canned_server server{{}};
  stop_flag stop;
  node_client client{server.access(), stop};
  std::jthread stopper{[&] { stop.raise(); }};
  const auto got = client.get("/");
  REQUIRE_FALSE(got);
  CHECK_THAT(got.error().text, Contains("stopped before the node answered"));
}

TEST_CASE("node client: a connection that has ended is made again", "[app]") {
  const auto good = http(200, "application/json", "{}");
  // It closes behind the first answer, and amid the second, which only reads.
  canned_server server{{good, "", good}};
  const stop_flag never;
  node_client client{server.access(), never};
  CHECK(client.get("/a"));
  CHECK(client.get("/b"));
  CHECK_THAT(server.seen(), Contains("GET /a ") && Contains("GET /b "));
}

TEST_CASE("node client: what may have been done is not asked for again",
          "[app]") {
  const auto good = http(200, "application/json", "{}");
  canned_server server{{good, "", good}};
  const stop_flag never;
  node_client client{server.access(), never};
  CHECK(client.get("/a"));
  CHECK_FALSE(client.ask({"POST", "/b"}));
}

TEST_CASE("node client: nobody is there", "[app]") {
  const stop_flag never;
  const test::temporary_folder folder;
  const auto path = (folder / "api.sock").string();
  node_client client{{{{api_address::kind::unix_socket, {}, 0, path}}, {}},
                     never};
  const auto got = client.get("/");
  REQUIRE_FALSE(got);
  CHECK(got.error().text
        == "nothing answers at unix:" + path
               + ": is a node running, and has it its API there (--api)?");
  CHECK(client.last_status() == 0);
}

TEST_CASE("node client: a stream is read line by line", "[app]") {
  canned_server server{
      {"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n"
       "Transfer-Encoding: chunked\r\n\r\n"
       "6\r\n{}\n{\"a\r\n4\r\n\":1}\r\n1\r\n\n\r\n0\r\n\r\n"}};
  const stop_flag never;
  node_client client{server.access(), never};
  auto stream = client.open_stream({"GET", "/", "", "application/x-ndjson"});
  REQUIRE(stream);
  std::vector<std::string> lines;
  for (bool more = true; more;) {
    pollfd watched{stream->fd(), POLLIN, 0};
    // What came with the head may be all.
    more =
        lines.size() < 2 && ::poll(&watched, 1, 5'000) == 1 && stream->fill();
    while (auto line = stream->next())
      lines.push_back(*std::move(line));
  }
  CHECK(lines == std::vector<std::string>{"{}", "{\"a\":1}"});
}

TEST_CASE("node client: a text is a part of a target", "[app]") {
  CHECK(percent_encoded("news-1.a_b~") == "news-1.a_b~");
  CHECK(percent_encoded("a b/ü&%\n") == "a%20b%2F%C3%BC%26%25%0A");
}

} // namespace
} // namespace grapevine::app::client
