#include "tests/bench/bare_relay.hpp"

#include "actors/socket.hpp"
#include "gossip/frame_reader.hpp"
#include "libp2p/noise_cipher.hpp"
#include "tests/bench/process_stats.hpp"

#include <array>
#include <cstdint>
#include <stdexcept>
#include <thread>
#include <vector>

namespace grapevine::bench {

namespace {

constexpr std::size_t receivers = 8;

// Bytes that the multiplexer puts before each frame.
constexpr std::size_t muxer_header = 12;

constexpr std::array<std::uint8_t, 32> key{1, 2, 3};

void check(bool ok, const char* what) {
  if (!ok)
    throw std::runtime_error{what};
}

/// A TCP connection over the loopback interface: as a relay's, unlike a
/// socketpair.
struct tcp_pair {
  tcp_pair() {
    const auto any = libp2p::multiaddr::from_ip_tcp("127.0.0.1", 0);
    auto listener = listen_on(endpoint::of(any).value());
    check(listener.has_value(), "cannot listen");
    auto dialled = start_connect(local_endpoint(listener->get()));
    check(dialled.has_value(), "cannot connect");
    far = std::move(*dialled);
    for (;;) {
      auto accepted = accept_one(listener->get());
      if (accepted) {
        near = std::move(accepted->first);
        return;
      }
      std::this_thread::yield();
    }
  }

  unique_fd far;
  unique_fd near;
};

void write_all(int fd, bytes_view data) {
  while (!data.empty()) {
    const auto sent = write_some(fd, data);
    check(sent.status != io_status::failed, "write failed");
    data = data.subspan(sent.size);
  }
}

void read_exactly(int fd, std::span<std::uint8_t> buffer) {
  while (!buffer.empty()) {
    const auto got = read_some(fd, buffer);
    check(got.status == io_status::done || got.status == io_status::would_block,
          "read failed");
    buffer = buffer.subspan(got.size);
  }
}

class bare_relay {
public:
  bare_relay(const message_pool& pool, gossip::signing_policy policy,
             std::size_t batch)
      : policy_{policy}, outputs_(receivers) {
    for (std::uint32_t i = 0; i < batch; ++i) {
      // As many bytes as a header has; nobody reads them.
      plaintext_.resize(plaintext_.size() + muxer_header);
      append(plaintext_, *pool.frame(i));
    }
    for (std::size_t i = 0; i < receivers; ++i)
      encrypt_.emplace_back(key);
  }

  /// CPU seconds of relaying one batch.
  double round() {
    record_.clear();
    check(encrypt_in_.encrypt(plaintext_, record_).has_value(), "no nonce");
    write_all(input_.far.get(), record_);
    const auto before = thread_cpu();
    relay();
    const auto spent = thread_cpu() - before;
    for (auto& output : outputs_)
      read_exactly(output.far.get(), record_);
    return spent;
  }

private:
  void relay() {
    read_exactly(input_.near.get(), record_);
    const auto plaintext = decrypt_.decrypt_in_place(
        std::span{record_}.subspan(libp2p::noise_cipher::header_size));
    check(plaintext.has_value(), "decryption failed");
    if (policy_ == gossip::signing_policy::strict_sign)
      verify(*plaintext);
    for (std::size_t i = 0; i < receivers; ++i) {
      out_.clear();
      check(encrypt_[i].encrypt(*plaintext, out_).has_value(), "no nonce");
      write_all(outputs_[i].near.get(), out_);
    }
  }

  void verify(bytes_view rest) {
    gossip::frame_reader frames;
    while (!rest.empty()) {
      rest = rest.subspan(muxer_header);
      const auto frame = frames.next(rest);
      check(frame && *frame && proto::decode_rpc(**frame, {}, rpc_),
            "malformed frame");
      check(verifier_.verify(rpc_.messages.at(0), policy_).has_value(),
            "wrong signature");
    }
  }

  gossip::signing_policy policy_;
  tcp_pair input_;
  std::vector<tcp_pair> outputs_;
  libp2p::noise_cipher encrypt_in_{key};
  libp2p::noise_cipher decrypt_{key};
  std::vector<libp2p::noise_cipher> encrypt_;
  gossip::message_verifier verifier_;
  proto::rpc rpc_;
  bytes plaintext_;
  bytes record_;
  bytes out_;
};

} // namespace

double bare_relay_cost(const message_pool& pool, gossip::signing_policy policy,
                       std::size_t batch, std::chrono::milliseconds time) {
  bare_relay relay{pool, policy, batch};
  double spent = 0;
  std::size_t messages = 0;
  const auto end = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < end) {
    spent += relay.round();
    messages += batch;
  }
  return spent * 1e6 / static_cast<double>(messages);
}

} // namespace grapevine::bench
