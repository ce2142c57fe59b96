#pragma once

#include "app/http/message.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace grapevine::app::http {

/// Makes requests of the bytes that a client sends. Boost.Beast's parser reads
/// them; what it lets pass and might be read in two ways is refused here. No
/// socket, no clock.
class request_reader {
public:
  struct limits {
    /// Of request line and headers together; of chunks' headers and trailers.
    std::size_t header_bytes = std::size_t{16} * 1024;
    /// Of the body of any request.
    std::size_t body_bytes = std::size_t{1024} * 1024;
  };

  enum class found {
    /// More bytes are needed.
    nothing,
    /// A request's head is there, once: `head` has it. `allow_body` follows.
    head,
    /// The rest is there, too: `take`.
    request,
    /// What was sent is no request: `error`. Nothing more is read.
    error,
  };

  explicit request_reader(const limits& l);
  ~request_reader();
  request_reader(const request_reader&) = delete;
  request_reader& operator=(const request_reader&) = delete;

  void receive(std::string_view data);

  /// Reads on in what was received.
  found next();

  const request& head() const noexcept { return request_; }
  /// Whether a body follows the head, and whether the client sends it only when
  /// it is told to.
  bool has_body() const noexcept { return has_body_; }
  bool expects_continue() const noexcept { return expects_continue_; }
  bool is_http11() const noexcept { return http11_; }
  /// How many bytes this request's body may have.
  void allow_body(std::size_t most) noexcept { body_limit_ = most; }

  request take();
  /// What was received behind it, when it is no more HTTP.
  std::string take_rest();

  const response& error() const noexcept { return error_; }

  /// A request has begun and is not all there.
  bool is_amid() const noexcept;
  /// Bytes that were received and not read.
  std::size_t waiting() const noexcept { return rest().size(); }

private:
  struct parser;

  std::string_view rest() const noexcept {
    return std::string_view{input_}.substr(read_);
  }
  found read_head();
  found read_body();
  found head_found();
  found fail(int status, std::string_view detail);

  limits limits_;
  std::unique_ptr<parser> parser_;
  // Its first `read_` bytes have been read.
  std::string input_;
  std::size_t read_ = 0;
  request request_;
  response error_;
  std::size_t body_limit_ = 0;
  bool head_done_ = false;
  bool has_body_ = false;
  bool expects_continue_ = false;
  bool http11_ = false;
  bool failed_ = false;
};

} // namespace grapevine::app::http
