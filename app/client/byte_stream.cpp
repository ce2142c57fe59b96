#include "app/client/byte_stream.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <iterator>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace grapevine::app::client {

namespace {

unexpected<stream_error> failed(int code) {
  return unexpected{stream_error{stream_error::kind::failed, code}};
}

expected<unique_fd, stream_error> connect_unix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::ranges::copy(path.substr(0, sizeof(address.sun_path) - 1),
                    std::begin(address.sun_path));
  unique_fd fd{
      ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (!fd
      || ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address),
                   sizeof(address))
             != 0)
    return failed(errno);
  return fd;
}

expected<unique_fd, stream_error> connect_to(const api_address& where) {
  if (where.what == api_address::kind::unix_socket)
    return connect_unix(where.path);
  const auto at = endpoint::of(
      libp2p::multiaddr::from_ip_tcp(where.ip.to_text(), where.port));
  auto fd = start_connect(at.value());
  if (!fd)
    return failed(fd.error().code);
  return std::move(*fd);
}

// For poll: rounded up, so that it is not called again and again at the end.
int left_until(deadline until) {
  using namespace std::chrono;
  const auto left = ceil<milliseconds>(until - steady_clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 1'000'000'000));
}

} // namespace

expected<byte_stream, stream_error> byte_stream::open(const api_address& where,
                                                      deadline until,
                                                      const stop_flag& stop) {
  auto fd = connect_to(where);
  if (!fd)
    return unexpected{fd.error()};
  byte_stream made{std::move(*fd), stop};
  if (where.what == api_address::kind::tcp)
    if (auto connected = made.finish_connect(until); !connected)
      return unexpected{connected.error()};
  return made;
}

expected<void, stream_error> byte_stream::finish_connect(deadline until) const {
  if (auto ready = wait(POLLOUT, until); !ready)
    return ready;
  if (const auto code = connect_result(fd_.get()); code != 0)
    return failed(code);
  return {};
}

expected<void, stream_error> byte_stream::write(std::string_view data,
                                                deadline until) {
  while (!data.empty()) {
    const auto done = write_some(fd_.get(), as_bytes(data));
    if (done.status == io_status::failed)
      return failed(done.error);
    if (done.status == io_status::done) {
      data.remove_prefix(done.size);
      continue;
    }
    if (auto ready = wait(POLLOUT, until); !ready)
      return ready;
  }
  return {};
}

expected<std::size_t, stream_error> byte_stream::read(std::span<char> buffer,
                                                      deadline until) {
  const std::span bytes{reinterpret_cast<std::uint8_t*>(buffer.data()),
                        buffer.size()};
  for (;;) {
    const auto done = read_some(fd_.get(), bytes);
    if (done.status == io_status::failed)
      return failed(done.error);
    if (done.status != io_status::would_block)
      return done.size;
    if (auto ready = wait(POLLIN, until); !ready)
      return unexpected{ready.error()};
  }
}

bool byte_stream::is_stale() const noexcept {
  return peek(fd_.get()) != io_status::would_block;
}

expected<void, stream_error> byte_stream::wait(short events,
                                               deadline until) const {
  std::array<pollfd, 2> watched{
      {{fd_.get(), events, 0}, {stop_->fd(), POLLIN, 0}}};
  int count = 0;
  while ((count = ::poll(watched.data(), watched.size(), left_until(until))) < 0
         && errno == EINTR) {
  }
  if (watched[1].revents != 0)
    return unexpected{stream_error{stream_error::kind::stopped}};
  if (count == 0)
    return unexpected{stream_error{stream_error::kind::late}};
  return {};
}

} // namespace grapevine::app::client
