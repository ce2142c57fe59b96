// Round trips to peers that treat ping streams in their own ways.
#include "app/commands/ping_client.hpp"
#include "libp2p/mux/yamux.hpp"
#include "libp2p/session/session_upgrade.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/session_pair.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <map>
#include <poll.h>
#include <thread>

namespace grapevine::app {
namespace {

using namespace std::chrono_literals;
using grapevine::test::session_end;
using grapevine::test::test_session_config;

constexpr auto patience = 20s;

/// Listens, takes one connection, and answers so many pings on each stream;
/// then it ends the stream.
class ping_listener {
public:
  explicit ping_listener(int pongs)
      : pongs_{pongs}, listening_{listen_on(endpoint::of(
                                                libp2p::multiaddr::from_ip_tcp(
                                                    "127.0.0.1", 0))
                                                .value())
                                      .value()},
        thread_{[this] { run(); }} {}

  ~ping_listener() { thread_.join(); }

  libp2p::multiaddr address() const {
    return local_endpoint(listening_.get()).to_multiaddr();
  }

  /// Streams that were agreed.
  int streams() const noexcept { return streams_; }

private:
  struct stream {
    libp2p::session_negotiation negotiation;
    bool agreed = false;
    std::size_t taken = 0;
  };

  static bool wait_for(int fd) {
    pollfd poll{fd, POLLIN, 0};
    return ::poll(&poll, 1, 20'000) == 1;
  }

  void run() {
    if (!wait_for(listening_.get()))
      return;
    auto accepted = accept_one(listening_.get());
    if (!accepted)
      return;
    fd_ = std::move(accepted->first);
    bytes out;
    upgrade_.start(out);
    write(out);
    std::array<std::uint8_t, 16 * 1024> buffer;
    while (wait_for(fd_.get())) {
      const auto got = read_some(fd_.get(), buffer);
      if (got.status != io_status::done)
        return;
      bytes_view data = bytes_view{buffer}.first(got.size);
      take(data);
    }
  }

  void take(bytes_view data) {
    bytes out;
    if (!secure_)
      secure_ = upgrade_.feed(data, out).value();
    write(out);
    if (!secure_)
      return;
    while (auto next = secure_->channel->next(data, {}).value()) {
      auto plain = *next;
      for (auto event = mux_.read(plain, time_point{});
           event.what != libp2p::yamux_event::kind::none;
           event = mux_.read(plain, time_point{}))
        on_event(event);
    }
    std::vector<bytes_view> parts;
    while (mux_.next_frames(parts, 16 * 1024) > 0) {
      out.clear();
      static_cast<void>(secure_->channel->encrypt(parts, out));
      write(out);
      parts.clear();
    }
  }

  void on_event(const libp2p::yamux_event& event) {
    using kind = libp2p::yamux_event::kind;
    if (event.what == kind::opened)
      known_.emplace(event.stream,
                     stream{libp2p::session_negotiation::listen(served_, {})});
    else if (event.what == kind::data)
      on_data(event.stream, known_.at(event.stream), event.data);
  }

  void on_data(libp2p::stream_id id, stream& s, bytes_view data) {
    bytes out;
    if (!s.agreed) {
      s.agreed =
          s.negotiation.feed(data, out) == libp2p::multistream_state::agreed;
      streams_ += s.agreed ? 1 : 0;
    }
    append(out, data);
    s.taken += data.size();
    mux_.write(id, std::make_shared<const bytes>(std::move(out)));
    if (s.taken >= libp2p::ping_size * static_cast<std::size_t>(pongs_)
        && s.agreed)
      mux_.close(id);
  }

  void write(bytes_view data) {
    while (!data.empty()) {
      const auto sent = write_some(fd_.get(), data);
      if (sent.status == io_status::failed)
        return;
      data = data.subspan(sent.size);
    }
  }

  const int pongs_;
  std::atomic<int> streams_{0};
  std::vector<std::string> served_{std::string{libp2p::ping_protocol}};
  unique_fd listening_;
  unique_fd fd_;
  libp2p::session_config config_ = test_session_config(2);
  libp2p::session_upgrade upgrade_{config_, libp2p::role::listener,
                                   std::nullopt, session_end::ephemeral(0x22)};
  std::optional<libp2p::secure_result> secure_;
  libp2p::yamux mux_{libp2p::role::listener, {}, time_point{}};
  std::map<libp2p::stream_id, stream> known_;
  std::thread thread_;
};

TEST_CASE("ping: a peer that answers once for each stream is pinged on",
          "[app]") {
  const int pongs = GENERATE(1, 2, 100);
  ping_listener peer{pongs};
  stop_flag stop;
  ping_client client{stop};
  REQUIRE(client.connect(peer.address(), patience));
  for (int i = 0; i < 4; ++i) {
    const auto time = client.ping(patience);
    INFO((time ? "" : time.error().text));
    REQUIRE(time);
  }
  CHECK(peer.streams() == (4 + pongs - 1) / pongs);
}

TEST_CASE("ping: a peer that ends the stream without an answer is an error",
          "[app]") {
  ping_listener peer{0};
  stop_flag stop;
  ping_client client{stop};
  REQUIRE(client.connect(peer.address(), patience));
  const auto time = client.ping(patience);
  CHECK(error_of(time).text == "the peer has closed the ping stream");
}

} // namespace
} // namespace grapevine::app
