#include "tests/support/http_client.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/un.h>

namespace grapevine::test {

namespace {

constexpr int patience_ms = 30'000;

bool wait_for(int fd, short events) {
  pollfd one{fd, events, 0};
  return ::poll(&one, 1, patience_ms) == 1;
}

template <class Address>
unique_fd connected(int family, const Address& address) {
  unique_fd fd{::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  // So that who does not read takes little.
  const int size = 64 * 1024;
  (void)::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address),
                sizeof(address))
      != 0)
    throw std::runtime_error{std::string{"cannot connect: "}
                             + std::strerror(errno)};
  return fd;
}

unique_fd connected(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return connected(AF_INET, address);
}

unique_fd connected(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::ranges::copy(path, std::begin(address.sun_path));
  return connected(AF_UNIX, address);
}

} // namespace

std::string http_answer::header(const std::string& name) const {
  const auto at = head.find("\r\n" + name + ": ");
  if (at == std::string::npos)
    return {};
  const auto begin = at + name.size() + 4;
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

http_client::http_client(std::uint16_t port) : fd_{connected(port)} {}

http_client::http_client(const std::string& unix_path)
    : fd_{connected(unix_path)} {}

http_client::http_client(std::uint16_t port, const client_trust& trust)
    : http_client{port} {
  const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context{
      ::SSL_CTX_new(::TLS_client_method()), ::SSL_CTX_free};
  ::X509_STORE_add_cert(::SSL_CTX_get_cert_store(context.get()),
                        trust.root->handle());
  ::SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  tls_ = {::SSL_new(context.get()), ::SSL_free};
  if (trust.own != nullptr) {
    ::SSL_use_certificate(tls_.get(), trust.own->handle());
    ::SSL_use_PrivateKey(tls_.get(), trust.own->key());
  }
  ::SSL_set1_host(tls_.get(), "localhost");
  ::SSL_set_fd(tls_.get(), fd_.get());
  ::ERR_clear_error();
  if (::SSL_connect(tls_.get()) != 1)
    throw std::runtime_error{std::string{"no TLS: "}
                             + ::ERR_error_string(::ERR_get_error(), nullptr)};
}

bool http_client::say(std::string_view text) {
  if (tls_)
    return ::SSL_write(tls_.get(), text.data(), static_cast<int>(text.size()))
           > 0;
  while (!text.empty()) {
    if (!wait_for(fd_.get(), POLLOUT))
      return false;
    const auto sent = ::send(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0)
      return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::size_t http_client::say_some(std::string_view text) {
  const auto sent =
      ::send(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  return sent > 0 ? static_cast<std::size_t>(sent) : 0;
}

bool http_client::fill() {
  std::array<char, 16'384> buffer;
  if ((!tls_ || ::SSL_pending(tls_.get()) == 0) && !wait_for(fd_.get(), POLLIN))
    throw std::runtime_error{"the server says nothing"};
  const auto got = tls_ ? ::SSL_read(tls_.get(), buffer.data(), buffer.size())
                        : ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
  if (got <= 0)
    return false;
  input_.append(buffer.data(), static_cast<std::size_t>(got));
  return true;
}

std::optional<http_answer> http_client::answer(bool to_head) {
  auto end = input_.find("\r\n\r\n");
  for (; end == std::string::npos; end = input_.find("\r\n\r\n"))
    if (!fill())
      return std::nullopt;
  http_answer result;
  result.head = input_.substr(0, end + 2);
  result.status = std::stoi(result.head.substr(9, 3));
  input_.erase(0, end + 4);
  const auto length = result.header("Content-Length");
  if (to_head || length.empty())
    return result;
  const auto size = std::stoul(length);
  while (input_.size() < size)
    if (!fill())
      return std::nullopt;
  result.body = input_.substr(0, size);
  input_.erase(0, size);
  return result;
}

std::optional<std::string> http_client::line() {
  for (;;) {
    if (const auto end = lines_.find('\n'); end != std::string::npos) {
      auto one = lines_.substr(0, end);
      lines_.erase(0, end + 1);
      return one;
    }
    // The next chunk.
    auto mark = input_.find("\r\n");
    for (; mark == std::string::npos; mark = input_.find("\r\n"))
      if (!fill())
        return std::nullopt;
    const auto size = std::stoul(input_.substr(0, mark), nullptr, 16);
    if (size == 0)
      return std::nullopt;
    while (input_.size() < mark + 2 + size + 2)
      if (!fill())
        return std::nullopt;
    lines_ += input_.substr(mark + 2, size);
    input_.erase(0, mark + 2 + size + 2);
  }
}

std::optional<std::string> http_client::take(std::size_t size) {
  while (input_.size() < size)
    if (!fill())
      return std::nullopt;
  auto result = input_.substr(0, size);
  input_.erase(0, size);
  return result;
}

bool http_client::is_closed() {
  while (fill())
    ;
  return true;
}

http_answer http_client::ask(const std::string& method,
                             const std::string& target, const std::string& body,
                             const std::string& headers) {
  auto text =
      method + ' ' + target + " HTTP/1.1\r\nHost: localhost\r\n" + headers;
  if (!body.empty() || method == "POST")
    text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  if (!say(text + "\r\n" + body))
    throw std::runtime_error{"the server takes no request"};
  auto result = answer(method == "HEAD");
  if (!result)
    throw std::runtime_error{"the server gives no answer"};
  return *std::move(result);
}

} // namespace grapevine::test
