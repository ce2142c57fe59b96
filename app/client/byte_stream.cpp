#include "app/client/byte_stream.hpp"

#include "app/client/resolve.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <iterator>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <vector>

namespace grapevine::app::client {

namespace {

unexpected<stream_error> failed(int code) {
  return unexpected{stream_error{stream_error::kind::failed, code}};
}

unexpected<stream_error> no_such_name(std::string why) {
  return unexpected{
      stream_error{stream_error::kind::no_such_name, 0, std::move(why)}};
}

// Those of a name in the order in which they are to be tried.
expected<std::vector<endpoint>, stream_error>
endpoints_of(const node_place& where) {
  using libp2p::multiaddr;
  if (where.name.empty())
    return std::vector{
        endpoint::of(
            multiaddr::from_ip_tcp(where.where.ip.to_text(), where.where.port))
            .value()};
  const auto address = multiaddr::from_text("/dns/" + where.name + "/tcp/"
                                            + std::to_string(where.where.port));
  if (!address)
    return no_such_name("no machine can be called " + where.name);
  auto found = resolve_address(*address);
  if (!found)
    return no_such_name(found.error());
  return *std::move(found);
}

// For poll: rounded up, so that it is not called again and again at the end.
int left_until(deadline until) {
  using namespace std::chrono;
  const auto left = ceil<milliseconds>(until - steady_clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 1'000'000'000));
}

} // namespace

// -- connecting ---------------------------------------------------------------

expected<byte_stream, stream_error>
byte_stream::open(const node_place& where, const http::tls_context& tls,
                  deadline until, const stop_flag& stop) {
  auto made = where.where.what == api_address::kind::unix_socket
                  ? open_unix(where.where.path, stop)
                  : open_tcp(where, until, stop);
  if (!made || !where.tls)
    return made;
  made->tls_ = std::make_unique<tls_session>(tls, where);
  if (auto shaken = made->shake_hands(until); !shaken)
    return unexpected{shaken.error()};
  return made;
}

expected<byte_stream, stream_error>
byte_stream::open_unix(const std::string& path, const stop_flag& stop) {
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
  return byte_stream{std::move(fd), stop};
}

expected<byte_stream, stream_error>
byte_stream::open_tcp(const node_place& where, deadline until,
                      const stop_flag& stop) {
  const auto places = endpoints_of(where);
  if (!places)
    return unexpected{places.error()};
  expected<byte_stream, stream_error> opened = failed(ECONNREFUSED);
  for (std::size_t i = 0; i < places->size(); ++i) {
    // One that is silent leaves time for the others.
    const auto now = std::chrono::steady_clock::now();
    const auto left = static_cast<int>(places->size() - i);
    opened = open_at((*places)[i], now + (until - now) / left, stop);
    if (opened || opened.error().what == stream_error::kind::stopped)
      break;
  }
  return opened;
}

expected<byte_stream, stream_error>
byte_stream::open_at(const endpoint& where, deadline until,
                     const stop_flag& stop) {
  auto fd = start_connect(where);
  if (!fd)
    return failed(fd.error().code);
  byte_stream made{std::move(*fd), stop};
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

expected<void, stream_error> byte_stream::shake_hands(deadline until) {
  for (;;) {
    const auto done = tls_->handshake();
    // The node is told, too, why it has failed.
    auto flushed = flush(until);
    if (done == tls_session::progress::failed)
      return tls_failed();
    if (!flushed || done == tls_session::progress::done)
      return flushed;
    const auto fed = feed(until);
    if (!fed)
      return unexpected{fed.error()};
    if (*fed == 0)
      return failed(0);
  }
}

// -- what goes to and fro -----------------------------------------------------

expected<void, stream_error> byte_stream::write(std::string_view data,
                                                deadline until) {
  if (!tls_)
    return write_wire(data, until);
  if (tls_->write(data) != tls_session::progress::done)
    return tls_failed();
  return flush(until);
}

expected<std::size_t, stream_error> byte_stream::read(std::span<char> buffer,
                                                      deadline until) {
  return tls_ ? read_tls(buffer, until) : read_wire(buffer, until);
}

expected<std::size_t, stream_error>
byte_stream::read_tls(std::span<char> buffer, deadline until) {
  for (;;) {
    const auto got = tls_->read(buffer);
    if (got.what == tls_session::progress::failed)
      return tls_failed();
    if (got.what != tls_session::progress::wants_input)
      return got.size;
    if (auto flushed = flush(until); !flushed)
      return unexpected{flushed.error()};
    if (auto fed = feed(until); !fed || *fed == 0)
      return fed;
  }
}

expected<void, stream_error> byte_stream::flush(deadline until) {
  const auto output = tls_->output();
  auto written = write_wire(output, until);
  tls_->sent(output.size());
  return written;
}

// 0: the node has closed.
expected<std::size_t, stream_error> byte_stream::feed(deadline until) {
  std::array<char, std::size_t{16} * 1024> buffer;
  auto got = read_wire(buffer, until);
  if (got)
    tls_->receive({buffer.data(), *got});
  return got;
}

unexpected<stream_error> byte_stream::tls_failed() const {
  return unexpected{
      stream_error{stream_error::kind::no_tls, 0, tls_->trouble()}};
}

expected<void, stream_error> byte_stream::write_wire(std::string_view data,
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

expected<std::size_t, stream_error>
byte_stream::read_wire(std::span<char> buffer, deadline until) {
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

bool byte_stream::is_stale() {
  // What TLS says for itself may wait there, too.
  while (tls_ && peek(fd_.get()) == io_status::done)
    if (const auto fed = feed(deadline{}); !fed || tls_->can_read())
      return true;
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
