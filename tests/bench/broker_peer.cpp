#include "tests/bench/broker_peer.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <poll.h>
#include <stdexcept>
#include <utility>

namespace grapevine::bench {

namespace {

// As much as a record of TLS holds.
constexpr std::size_t record_size = std::size_t{16} * 1024;

constexpr int patience_ms = 10'000;

void wait_for(int fd, short events) {
  pollfd one{fd, events, 0};
  if (::poll(&one, 1, patience_ms) != 1)
    throw std::runtime_error{"the broker does not answer"};
}

unique_fd connected(const endpoint& broker) {
  auto socket = start_connect(broker);
  if (!socket)
    throw std::runtime_error{socket.error().reason};
  wait_for(socket->get(), POLLOUT);
  if (connect_result(socket->get()) != 0)
    throw std::runtime_error{"the broker takes no connection"};
  return std::move(*socket);
}

} // namespace

std::shared_ptr<SSL_CTX> broker_trust(const std::string& issuer) {
  std::shared_ptr<SSL_CTX> result{::SSL_CTX_new(::TLS_client_method()),
                                  ::SSL_CTX_free};
  const std::unique_ptr<BIO, int (*)(BIO*)> from{
      ::BIO_new_mem_buf(issuer.data(), static_cast<int>(issuer.size())),
      ::BIO_free};
  const std::unique_ptr<X509, void (*)(X509*)> root{
      ::PEM_read_bio_X509(from.get(), nullptr, nullptr, nullptr), ::X509_free};
  if (!result || !root)
    throw std::runtime_error{"cannot read the broker's certificate"};
  ::X509_STORE_add_cert(::SSL_CTX_get_cert_store(result.get()), root.get());
  ::SSL_CTX_set_verify(result.get(), SSL_VERIFY_PEER, nullptr);
  ::SSL_CTX_set_min_proto_version(result.get(), TLS1_3_VERSION);
  ::SSL_CTX_set_mode(result.get(), SSL_MODE_ENABLE_PARTIAL_WRITE
                                       | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  return result;
}

broker_peer::broker_peer(options o, const endpoint& broker,
                         message_handler on_message)
    : options_{std::move(o)}, socket_{connected(broker)},
      on_message_{std::move(on_message)}, tls_{::SSL_new(options_.trust.get()),
                                               ::SSL_free} {
  if (speaks_first(options_.broker))
    skip_greeting();
  shake_hands();
  send(broker_hello(options_.broker, options_.name, options_.topic));
  flush();
}

/// One line; after it the broker waits for TLS.
void broker_peer::skip_greeting() const {
  std::array<std::uint8_t, 1> one{};
  while (one[0] != '\n') {
    wait_for(fd(), POLLIN);
    if (read_some(fd(), one).status != io_status::done)
      throw std::runtime_error{"the broker does not greet"};
  }
}

void broker_peer::shake_hands() {
  ::SSL_set1_host(tls_.get(), "localhost");
  ::SSL_set_fd(tls_.get(), fd());
  for (;;) {
    ::ERR_clear_error();
    const int result = ::SSL_connect(tls_.get());
    if (result == 1)
      return;
    const int why = ::SSL_get_error(tls_.get(), result);
    if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE)
      throw std::runtime_error{
          std::string{"no TLS with the broker: "}
          + ::ERR_error_string(::ERR_get_error(), nullptr)};
    wait_for(fd(), why == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT);
  }
}

/// Whether nothing was moved; a failure, unless it only has to wait.
bool broker_peer::fails(int result, const char* what) {
  if (result > 0)
    return false;
  const int why = ::SSL_get_error(tls_.get(), result);
  if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE)
    failure_ = what;
  return true;
}

void broker_peer::on_readable(time_point) {
  static std::array<std::uint8_t, record_size> buffer;
  for (;;) {
    ::ERR_clear_error();
    const int got =
        ::SSL_read(tls_.get(), buffer.data(), static_cast<int>(buffer.size()));
    if (fails(got, "closed by the broker"))
      break;
    in_.insert(in_.end(), buffer.begin(), buffer.begin() + got);
    take_packets();
  }
  flush();
}

void broker_peer::take_packets() {
  bytes_view rest{in_};
  while (const auto packet = next_packet(options_.broker, rest)) {
    if (packet->what == broker_packet::kind::message)
      on_message_(packet->data);
    else if (packet->what == broker_packet::kind::ping)
      send(broker_pong(options_.broker));
    else if (packet->what == broker_packet::kind::ready)
      ready_ = true;
    rest = rest.subspan(packet->size);
  }
  in_.erase(in_.begin(), in_.end() - static_cast<std::ptrdiff_t>(rest.size()));
}

void broker_peer::flush() {
  while (failure_.empty() && buffered() > 0) {
    ::ERR_clear_error();
    const auto size = std::min(buffered(), record_size);
    const int sent =
        ::SSL_write(tls_.get(), out_.data() + written_, static_cast<int>(size));
    if (fails(sent, "the broker reads no more"))
      return;
    written_ += static_cast<std::size_t>(sent);
  }
  out_.clear();
  written_ = 0;
}

} // namespace grapevine::bench
