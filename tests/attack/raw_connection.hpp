#pragma once

#include "actors/host/socket.hpp"
#include "libp2p/mux/yamux_frame.hpp"
#include "tests/support/raw_peer.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <memory>
#include <poll.h>

namespace grapevine::test {

/// A TCP connection to a node, and on it whatever a test wants: from the first
/// byte on, or, behind `shake_hands`, from the first encrypted one on.
class raw_connection {
public:
  explicit raw_connection(const libp2p::multiaddr& address) {
    auto fd = start_connect(endpoint::of(address).value());
    REQUIRE(fd);
    fd_ = std::move(*fd);
    pollfd poll{fd_.get(), POLLOUT, 0};
    REQUIRE(::poll(&poll, 1, patience_ms) == 1);
  }

  raw_connection(const raw_connection&) = delete;

  /// Agrees Noise and yamux as peer 9.
  void shake_hands() {
    peer_.emplace(raw_line{[this](bytes_view data) { write(data); },
                           [this] { return read(); }});
  }

  /// Sends bytes as they are; the other side may be gone.
  void write(bytes_view data) {
    while (!data.empty()) {
      const auto sent = write_some(fd_.get(), data);
      if (sent.status == io_status::failed)
        return;
      data = data.subspan(sent.size);
    }
  }

  /// Sends them encrypted.
  void say(bytes_view plaintext) { peer_->say(plaintext); }

  /// Sends a yamux frame.
  void frame(const libp2p::yamux_header& header, bytes_view payload = {}) {
    bytes out;
    libp2p::append_yamux_header(out, header);
    append(out, payload);
    say(out);
  }

  /// Waits until the node has closed the connection.
  bool closed() {
    while (!ended_ && !silent_)
      read();
    return ended_;
  }

  /// Waits until the node resets this stream.
  bool was_reset(std::uint32_t stream) {
    bytes plain;
    for (;;) {
      const auto heard = peer_->hear();
      if (ended_ || silent_)
        return false;
      append(plain, heard);
      while (plain.size() >= libp2p::yamux_header_size) {
        const auto header = libp2p::decode_yamux_header(
            std::span{plain}.first<libp2p::yamux_header_size>());
        REQUIRE(header);
        if (header->stream == stream && header->has(libp2p::yamux_flag::rst))
          return true;
        const auto size =
            libp2p::yamux_header_size
            + (header->type == libp2p::yamux_type::data ? header->length : 0);
        if (plain.size() < size)
          break;
        plain.erase(plain.begin(),
                    plain.begin() + static_cast<std::ptrdiff_t>(size));
      }
    }
  }

private:
  static constexpr int patience_ms = 20'000;

  bytes read() {
    std::array<std::uint8_t, 16 * 1024> buffer;
    pollfd poll{fd_.get(), POLLIN, 0};
    silent_ = ::poll(&poll, 1, patience_ms) != 1;
    if (silent_)
      return {};
    const auto got = read_some(fd_.get(), buffer);
    ended_ = got.status == io_status::end || got.status == io_status::failed;
    return to_bytes(bytes_view{buffer}.first(got.size));
  }

  unique_fd fd_;
  bool ended_ = false;
  bool silent_ = false;
  std::optional<raw_peer> peer_;
};

} // namespace grapevine::test
