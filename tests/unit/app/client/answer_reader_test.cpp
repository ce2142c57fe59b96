#include "app/client/answer_reader.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace grapevine::app::client {
namespace {

using found = answer_reader::found;

TEST_CASE("answer reader: an answer may come in any pieces", "[app]") {
  const std::string wire = "HTTP/1.1 200 OK\r\n"
                           "Content-Type: application/json; charset=utf-8\r\n"
                           "Content-Length: 5\r\n\r\nhello";
  for (std::size_t piece = 1; piece <= wire.size(); ++piece) {
    answer_reader reader;
    auto last = found::nothing;
    for (std::size_t at = 0; at < wire.size(); at += piece) {
      CHECK(last == found::nothing);
      last = reader.receive(std::string_view{wire}.substr(at, piece));
    }
    CHECK(last == found::answer);
    CHECK(reader.status() == 200);
    CHECK(reader.content_type() == "application/json");
    CHECK(reader.keep_alive());
    CHECK(reader.take_body() == "hello");
  }
}

TEST_CASE("answer reader: a stream is given out as it comes", "[app]") {
  answer_reader reader;
  CHECK(reader.receive("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        == found::nothing);
  CHECK(reader.has_head());
  CHECK(reader.take_body().empty());
  CHECK(reader.receive("4\r\none\n\r\n8\r\ntw") == found::nothing);
  CHECK(reader.take_body() == "one\ntw");
  CHECK(reader.receive("o\nthre\r\n") == found::nothing);
  CHECK(reader.take_body() == "o\nthre");
  CHECK(reader.receive("0\r\n\r\n") == found::answer);
}

TEST_CASE("answer reader: without a length the body ends with the connection",
          "[app]") {
  answer_reader reader;
  CHECK(reader.receive("HTTP/1.0 200 OK\r\n\r\nhel") == found::nothing);
  CHECK(reader.receive("lo") == found::nothing);
  CHECK(reader.end_of_input() == found::answer);
  CHECK(reader.take_body() == "hello");
  CHECK_FALSE(reader.keep_alive());
}

TEST_CASE("answer reader: what is no answer is an error", "[app]") {
  CHECK(answer_reader{}.receive("SSH-2.0-OpenSSH_9.2\r\n") == found::error);
  CHECK(answer_reader{}.receive("\x13/multistream/1.0.0\n") == found::error);
  CHECK(answer_reader{}.end_of_input() == found::error);
  answer_reader half;
  CHECK(half.receive("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe")
        == found::nothing);
  CHECK(half.end_of_input() == found::error);
  CHECK(answer_reader{}.receive(
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhello")
        == found::error);
  answer_reader large;
  CHECK(large.receive("HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x'))
        == found::error);
}

} // namespace
} // namespace grapevine::app::client
