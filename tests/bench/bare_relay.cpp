#include "tests/bench/bare_relay.hpp"

#include "actors/host/socket.hpp"
#include "gossip/stream/frame_reader.hpp"
#include "libp2p/secure/noise_cipher.hpp"
#include "tests/bench/process_stats.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <stdexcept>
#include <thread>
#include <vector>

namespace grapevine::bench {

namespace {

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
  bare_relay(const bench_case& what, const message_pool& pool,
             std::size_t batch)
      : policy_{what.policy}, outputs_(what.subscribers) {
    for (std::uint32_t i = 0; i < batch; ++i) {
      // As many bytes as a header has; nobody reads them.
      sent_.resize(sent_.size() + muxer_header);
      append(sent_, *pool.frame(i));
    }
    got_.resize(sent_.size());
    for (std::size_t i = 0; i < what.subscribers; ++i)
      encrypt_.emplace_back(key);
  }

  /// CPU seconds of relaying one batch.
  double round() {
    spent_ = 0;
    for (std::size_t at = 0; at < sent_.size(); at += most)
      receive(at);
    if (policy_ == gossip::signing_policy::strict_sign)
      count([this] { verify(got_); });
    for (std::size_t at = 0; at < got_.size(); at += most)
      send(at);
    return spent_;
  }

private:
  static constexpr auto most = libp2p::noise_cipher::max_plaintext;

  static bytes_view record_at(const bytes& all, std::size_t at) {
    return bytes_view{all}.subspan(at, std::min(most, all.size() - at));
  }

  template <class Work>
  void count(Work work) {
    const auto before = thread_cpu();
    work();
    spent_ += thread_cpu() - before;
  }

  /// One record: what the publisher does is not counted.
  void receive(std::size_t at) {
    record_.clear();
    check(encrypt_in_.encrypt(record_at(sent_, at), record_).has_value(),
          "no nonce");
    write_all(input_.far.get(), record_);
    count([this, at] {
      read_exactly(input_.near.get(), record_);
      const auto text =
          bytes_view{record_}.subspan(libp2p::noise_cipher::header_size);
      check(decrypt_.open({}, text, got_.data() + at).has_value(),
            "decryption failed");
    });
  }

  /// One record to each receiver, whose reading is not counted.
  void send(std::size_t at) {
    count([this, at] {
      for (std::size_t i = 0; i < outputs_.size(); ++i) {
        record_.clear();
        check(encrypt_[i].encrypt(record_at(got_, at), record_).has_value(),
              "no nonce");
        write_all(outputs_[i].near.get(), record_);
      }
    });
    for (auto& output : outputs_)
      read_exactly(output.far.get(), record_);
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
  bytes sent_;
  bytes got_;
  bytes record_;
  double spent_ = 0;
};

/// CPU microseconds per message.
double cost_of(const bench_case& what, const message_pool& pool,
               std::size_t batch, std::chrono::milliseconds time) {
  bare_relay relay{what, pool, batch};
  double spent = 0;
  std::size_t messages = 0;
  const auto end = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < end) {
    spent += relay.round();
    messages += batch;
  }
  return spent * 1e6 / static_cast<double>(messages);
}

} // namespace

nlohmann::ordered_json measure_bare_relay(const bench_case& what,
                                          const message_pool& pool,
                                          std::chrono::milliseconds time) {
  const auto one = muxer_header + pool.frame(0)->size();
  const auto batch =
      std::max<std::size_t>(libp2p::noise_cipher::max_plaintext / one, 1);
  const auto full = cost_of(what, pool, batch, time);
  const auto single = cost_of(what, pool, 1, time);
  const auto receivers = static_cast<double>(what.subscribers);
  return {{"cpu_us_per_message", full},
          {"highest_rate", 1e6 / full},
          {"deliveries_per_cpu_s", receivers * 1e6 / full},
          {"messages_per_record", batch},
          {"single_cpu_us_per_message", single},
          {"single_deliveries_per_cpu_s", receivers * 1e6 / single}};
}

} // namespace grapevine::bench
