#pragma once

#include "app/http/tls_context.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace grapevine::app::http {

/// One client's TLS: bytes in, bytes out. No socket, no clock.
class tls_channel {
public:
  explicit tls_channel(const tls_context& context);
  ~tls_channel();
  tls_channel(const tls_channel&) = delete;
  tls_channel& operator=(const tls_channel&) = delete;

  /// Takes what has come, and appends what it says to `plain`.
  void receive(std::string_view data, std::string& plain);

  /// Something may be sent: the handshake is done, and nothing has failed.
  bool is_ready() const noexcept;
  void send(std::string_view plain);
  /// Nothing more will be sent.
  void close();

  /// What is to be written.
  std::string_view output() const noexcept {
    return std::string_view{output_}.substr(sent_);
  }
  void sent(std::size_t count);

  /// The client will send no more.
  bool has_ended() const noexcept { return ended_; }
  /// What the client sent is not what TLS wants: it gets `output`, and no more.
  bool has_failed() const noexcept { return failed_; }

private:
  struct library;

  void read(std::string& plain);
  bool goes_on(int result);
  void fail(unsigned long why);
  void collect();

  std::unique_ptr<library> library_;
  std::string output_;
  std::size_t sent_ = 0;
  bool ended_ = false;
  bool failed_ = false;
};

} // namespace grapevine::app::http
