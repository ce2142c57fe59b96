#include "app/http/listen.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace grapevine::app::http {

namespace {

constexpr int backlog = 128;

unexpected<socket_error> failure(int code) {
  return unexpected{socket_error{code, std::strerror(code)}};
}

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::ranges::copy(path.substr(0, sizeof(address.sun_path) - 1),
                    std::begin(address.sun_path));
  return address;
}

unique_fd unix_socket() {
  return unique_fd{
      ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
}

template <auto Call>
int call_with(const unique_fd& fd, const sockaddr_un& address) {
  return Call(fd.get(), reinterpret_cast<const sockaddr*>(&address),
              sizeof(address));
}

// A socket whose process has died stays in its folder, and nobody answers.
bool remove_if_dead(const std::string& path, const sockaddr_un& address) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode))
    return false;
  const auto probe = unix_socket();
  return call_with<::connect>(probe, address) != 0 && errno == ECONNREFUSED
         && ::unlink(path.c_str()) == 0;
}

expected<listening_socket, socket_error> listen_unix(const api_address& where) {
  const auto address = address_of(where.path);
  auto fd = unix_socket();
  if (!fd)
    return failure(errno);
  if (call_with<::bind>(fd, address) != 0) {
    if (errno != EADDRINUSE)
      return failure(errno);
    if (!remove_if_dead(where.path, address))
      return failure(EADDRINUSE);
    if (call_with<::bind>(fd, address) != 0)
      return failure(errno);
  }
  socket_file file{where.path};
  // Nobody connects before it listens.
  if (::chmod(where.path.c_str(), S_IRUSR | S_IWUSR) != 0
      || ::listen(fd.get(), backlog) != 0)
    return failure(errno);
  return listening_socket{std::move(fd), where, std::move(file)};
}

} // namespace

socket_file::~socket_file() {
  if (!path_.empty())
    (void)::unlink(path_.c_str());
}

std::string listening_socket::url(bool secure) const {
  auto text = value_text<api_address>::format(where);
  if (where.what != api_address::kind::tcp)
    return text;
  return (secure ? "https://" : "http://") + text;
}

expected<listening_socket, socket_error> listen_at(const api_address& where) {
  if (where.what == api_address::kind::unix_socket)
    return listen_unix(where);
  const auto at = endpoint::of(
      libp2p::multiaddr::from_ip_tcp(where.ip.to_text(), where.port));
  auto fd = listen_on(at.value());
  if (!fd)
    return failure(fd.error().code);
  auto bound = where;
  bound.port = local_endpoint(fd->get()).port();
  return listening_socket{std::move(*fd), bound};
}

} // namespace grapevine::app::http
