#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace grapevine::app::client {

/// Reads an HTTP answer: bytes in, head and body out. No socket.
class answer_reader {
public:
  enum class found {
    /// More is needed.
    nothing,
    /// Head and body are complete.
    answer,
    /// It is no HTTP, or too large.
    error,
  };

  answer_reader();
  answer_reader(answer_reader&& other) noexcept;
  answer_reader& operator=(answer_reader&& other) noexcept;
  ~answer_reader();

  found receive(std::string_view data);
  /// The server has closed, which may be the body's end.
  found end_of_input();

  /// The head has come: what follows is known.
  bool has_head() const;
  int status() const;
  /// Without its parameters.
  std::string content_type() const;
  /// The connection can be used for another request.
  bool keep_alive() const;

  /// What has come of the body since this was last asked.
  std::string take_body();

private:
  struct parser;

  found read_on();

  std::unique_ptr<parser> parser_;
  std::string input_;
};

} // namespace grapevine::app::client
