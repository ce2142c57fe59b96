#pragma once

#include "app/client/answer_reader.hpp"
#include "app/client/byte_stream.hpp"
#include "app/failure.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace grapevine::app::client {

/// What is asked of a node: `GET /api/v1/node`.
struct node_request {
  std::string_view method = "GET";
  std::string target;
  std::string body{};
  std::string_view accept = "application/json";
  /// For the whole answer.
  std::chrono::milliseconds patience{10'000};
};

/// A text as a part of a target: `news%2Flocal`.
std::string percent_encoded(std::string_view text);

/// A running node, and what lets a program in.
struct node_access {
  node_place where;
  /// The bearer token, if there is one.
  std::optional<std::string> token;
  /// If it speaks HTTPS.
  http::tls_context tls{};
};

/// What the node sends without an end: the messages of a topic, a line each.
class line_stream {
public:
  line_stream(byte_stream stream, answer_reader reader)
      : stream_{std::move(stream)}, reader_{std::move(reader)},
        lines_{reader_.take_body()} {
    // What has come with the answer's head; at the end it is seen again.
    while (stream_.can_read() && fill_once()) {
    }
  }

  /// To be polled; readable: call `fill`.
  int fd() const noexcept { return stream_.fd(); }
  /// Reads what is there. False: nothing will follow.
  bool fill();
  /// The next line without its end, if it is there.
  std::optional<std::string> next();

private:
  bool fill_once();

  byte_stream stream_;
  answer_reader reader_;
  std::string lines_;
  // How much of it has no line feed.
  std::size_t searched_ = 0;
};

/// Asks a running node over its HTTP API, on one connection as long as that
/// lasts. What it says of a failure is meant for who started the program.
class node_client {
public:
  node_client(node_access node, const stop_flag& stop)
      : node_{std::move(node)}, stop_{&stop} {}

  /// The body of the node's answer; an error that the node tells is one.
  outcome<std::string> ask(const node_request& asked);
  outcome<std::string> get(std::string target) {
    return ask({"GET", std::move(target)});
  }

  /// The answer to a request for a stream, on a connection of its own.
  outcome<line_stream> open_stream(const node_request& asked);

  /// Of the last answer; 0: none came.
  int last_status() const noexcept { return last_status_; }

  /// Where the node is: `127.0.0.1:4080`, `https://node.example:4080`.
  std::string place() const;

  /// What an answer is good for that was not understood.
  failure not_understood() const;

private:
  enum class wanted { head, all };

  outcome<void> connect(deadline until);
  outcome<answer_reader> exchange(const node_request& asked, deadline until);
  outcome<answer_reader> exchange_once(const node_request& asked,
                                       deadline until, wanted what);
  std::string head_of(const node_request& asked) const;
  std::optional<failure> trouble_with(const node_request& asked,
                                      answer_reader& answer) const;
  failure explain(const node_request& asked, int status,
                  const std::string& detail) const;
  failure unreachable(const stream_error& why) const;
  failure broken(const stream_error& why,
                 std::chrono::milliseconds patience) const;

  node_access node_;
  const stop_flag* stop_;
  std::optional<byte_stream> stream_;
  deadline used_{};
  int last_status_ = 0;
};

} // namespace grapevine::app::client
