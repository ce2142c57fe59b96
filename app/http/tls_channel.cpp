#include "app/http/tls_channel.hpp"

#include "app/http/message.hpp"
#include "app/http/tls_library.hpp"

#include <openssl/err.h>

#include <array>

namespace grapevine::app::http {

struct tls_channel::library : tls_library {
  explicit library(const tls_context& context)
      : tls_library{context, ::SSL_set_accept_state} {}
};

tls_channel::tls_channel(const tls_context& context)
    : library_{std::make_unique<library>(context)} {}

tls_channel::~tls_channel() = default;

void tls_channel::receive(std::string_view data, std::string& plain) {
  if (failed_ || ended_)
    return;
  ::BIO_write(library_->in, data.data(), static_cast<int>(data.size()));
  ::ERR_clear_error();
  if (::SSL_is_init_finished(library_->ssl) == 1
      || goes_on(::SSL_do_handshake(library_->ssl)))
    read(plain);
  collect();
}

void tls_channel::read(std::string& plain) {
  std::array<char, std::size_t{16} * 1024> buffer;
  for (;;) {
    const auto got = ::SSL_read(library_->ssl, buffer.data(), buffer.size());
    if (!goes_on(got))
      return;
    plain.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

// Whether there was something; if not, why.
bool tls_channel::goes_on(int result) {
  if (result > 0)
    return true;
  switch (::SSL_get_error(library_->ssl, result)) {
  case SSL_ERROR_WANT_READ:
  case SSL_ERROR_WANT_WRITE:
    return false;
  case SSL_ERROR_ZERO_RETURN:
    ended_ = true;
    return false;
  default:
    fail(::ERR_peek_error());
    return false;
  }
}

void tls_channel::fail(unsigned long why) {
  failed_ = true;
  collect();
  ::ERR_clear_error();
  // It is its words that it does not understand an alert for.
  if (ERR_GET_REASON(why) == SSL_R_HTTP_REQUEST)
    output_ = to_wire(problem(400, "this port speaks HTTPS: ask for https://"),
                      false, true);
}

bool tls_channel::is_ready() const noexcept {
  return !failed_ && ::SSL_is_init_finished(library_->ssl) == 1;
}

void tls_channel::send(std::string_view plain) {
  if (!is_ready() || plain.empty())
    return;
  ::ERR_clear_error();
  // Its buffer takes all that there is.
  if (::SSL_write(library_->ssl, plain.data(), static_cast<int>(plain.size()))
      <= 0)
    failed_ = true;
  collect();
}

void tls_channel::close() {
  if (!is_ready())
    return;
  ::ERR_clear_error();
  (void)::SSL_shutdown(library_->ssl);
  collect();
}

void tls_channel::sent(std::size_t count) {
  sent_ += count;
  if (sent_ < output_.size())
    return;
  // Freed, not cleared: an idle connection holds no buffer.
  std::string{}.swap(output_);
  sent_ = 0;
}

void tls_channel::collect() {
  library_->take_output(output_);
}

} // namespace grapevine::app::http
