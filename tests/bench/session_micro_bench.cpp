// A connection's layers: Noise, TLS, yamux, and all of them together.
#include "libp2p/mux/yamux.hpp"
#include "libp2p/secure/noise_cipher.hpp"
#include "tests/bench/micro_messages.hpp"
#include "tests/support/session_pair.hpp"

#include <array>
#include <benchmark/benchmark.h>

namespace grapevine::bench {
namespace {

constexpr std::array<std::uint8_t, 32> cipher_key{1, 2, 3};

// The largest is as full as a record can be.
void record_sizes(benchmark::internal::Benchmark* which) {
  for (const std::int64_t size :
       {std::int64_t{100}, std::int64_t{1024}, std::int64_t{16 * 1024},
        static_cast<std::int64_t>(libp2p::noise_cipher::max_plaintext)})
    which->Arg(size);
}

void noise_encrypt(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  const bytes plaintext(size, 0x5A);
  libp2p::noise_cipher cipher{cipher_key};
  bytes out;
  for (auto _ : state) {
    out.clear();
    benchmark::DoNotOptimize(cipher.encrypt(plaintext, out));
  }
  count_bytes(state, size);
}
BENCHMARK(noise_encrypt)->Apply(record_sizes);

void noise_decrypt(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  // Records must come in order: after the last a new cipher begins.
  std::vector<bytes> records(256);
  libp2p::noise_cipher sender{cipher_key};
  for (auto& record : records)
    if (!sender.encrypt(bytes(size, 0x5A), record))
      return state.SkipWithError("encryption failed");
  std::optional<libp2p::noise_cipher> cipher;
  bytes scratch;
  std::size_t next = 0;
  for (auto _ : state) {
    if (next == 0)
      cipher.emplace(cipher_key);
    const auto sealed =
        bytes_view{records[next]}.subspan(libp2p::noise_cipher::header_size);
    if (!cipher->decrypt(sealed, scratch))
      return state.SkipWithError("decryption failed");
    next = (next + 1) % records.size();
  }
  count_bytes(state, size);
}
BENCHMARK(noise_decrypt)->Apply(record_sizes);

// -- TLS ----------------------------------------------------------------------

/// Two channels to each other.
struct tls_pair {
  tls_pair() {
    const auto security = [](std::uint8_t number) {
      return test::numbered_security(number, {"/yamux/1.0.0"},
                                     libp2p::security_kind::tls)
          .front();
    };
    constexpr std::array<std::uint8_t, 32> seed{};
    auto from = security(1)->begin(libp2p::role::dialer, {}, seed, 8192);
    auto to = security(2)->begin(libp2p::role::listener, {}, seed, 8192);
    bytes to_listener;
    bytes to_dialer;
    from->start(to_listener);
    while (!dialer || !listener) {
      run(*to, to_listener, to_dialer, listener);
      run(*from, to_dialer, to_listener, dialer);
    }
  }

  static void run(libp2p::secure_handshake& end, bytes& from, bytes& to,
                  std::unique_ptr<libp2p::secure_channel>& channel) {
    if (channel)
      return;
    bytes_view in{from};
    auto result = end.feed(in, to);
    from.clear();
    if (result && *result)
      channel = std::move((*result)->channel);
  }

  std::unique_ptr<libp2p::secure_channel> dialer;
  std::unique_ptr<libp2p::secure_channel> listener;
};

void tls_encrypt(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  const bytes plaintext(size, 0x5A);
  const bytes_view part{plaintext};
  const tls_pair pair;
  bytes out;
  for (auto _ : state) {
    out.clear();
    if (!pair.dialer->encrypt({&part, 1}, out))
      return state.SkipWithError("encryption failed");
  }
  count_bytes(state, size);
}
BENCHMARK(tls_encrypt)->Arg(100)->Arg(1024)->Arg(16 * 1024);

/// Records that come together, as many as a read of 64 KiB brings.
void tls_decrypt(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  const bytes plaintext(size, 0x5A);
  const bytes_view part{plaintext};
  const tls_pair pair;
  bytes wire;
  bytes_view rest;
  for (auto _ : state) {
    if (rest.empty()) {
      state.PauseTiming();
      wire.clear();
      while (wire.size() < std::size_t{64} * 1024)
        if (!pair.dialer->encrypt({&part, 1}, wire))
          return state.SkipWithError("encryption failed");
      rest = wire;
      state.ResumeTiming();
    }
    const auto plain = pair.listener->next(rest, {});
    if (!plain || !plain->has_value())
      return state.SkipWithError("decryption failed");
  }
  count_bytes(state, size);
}
BENCHMARK(tls_decrypt)->Arg(100)->Arg(1024)->Arg(16 * 1024);

// -- yamux --------------------------------------------------------------------

constexpr time_point start{std::chrono::hours{1}};

/// Everything that waits, as if it were sent.
std::size_t drain(libp2p::yamux& end, std::vector<bytes_view>& parts) {
  std::size_t size = 0;
  while (end.has_output()) {
    parts.clear();
    size += end.next_frames(parts, libp2p::noise_cipher::max_plaintext);
  }
  end.release();
  return size;
}

void read_all(libp2p::yamux& end, bytes_view in) {
  for (;;) {
    const auto event = end.read(in, start);
    if (event.what == libp2p::yamux_event::kind::none)
      return;
    benchmark::DoNotOptimize(event);
  }
}

/// Data frames of the given size, and the window updates that answer them.
void yamux_receive(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  using namespace libp2p;
  yamux end{role::listener, {}, start};
  bytes opening;
  append_yamux_header(opening,
                      {yamux_type::window_update, yamux_flag::syn, 1, 0});
  read_all(end, opening);
  bytes frame;
  append_yamux_header(
      frame, {yamux_type::data, 0, 1, static_cast<std::uint32_t>(size)});
  frame.resize(frame.size() + size, 0x5A);
  std::vector<bytes_view> parts;
  for (auto _ : state) {
    read_all(end, frame);
    drain(end, parts);
  }
  count_bytes(state, size);
}
BENCHMARK(yamux_receive)->Arg(100)->Arg(1024)->Arg(16 * 1024);

/// One write and its frames; the other side never lets the window end.
void yamux_write(benchmark::State& state) {
  const auto data = std::make_shared<const bytes>(
      static_cast<std::size_t>(state.range(0)), std::uint8_t{0x5A});
  using namespace libp2p;
  yamux end{role::dialer, {}, start};
  const auto stream = end.open().value();
  std::vector<bytes_view> parts;
  drain(end, parts);
  bytes window;
  append_yamux_header(window,
                      {yamux_type::window_update, yamux_flag::ack, stream, 0});
  read_all(end, window);
  window.clear();
  append_yamux_header(window, {yamux_type::window_update, 0, stream,
                               static_cast<std::uint32_t>(data->size())});
  for (auto _ : state) {
    read_all(end, window);
    end.write(stream, data);
    benchmark::DoNotOptimize(drain(end, parts));
  }
  count_bytes(state, data->size());
}
BENCHMARK(yamux_write)->Arg(100)->Arg(1024)->Arg(16 * 1024);

// -- sessions -----------------------------------------------------------------

/// From one session's `write` to the other's event: yamux, encryption and
/// decryption, of frames of the given size, as many at once as given.
void transfer(benchmark::State& state, libp2p::security_kind security) {
  const auto frame = std::make_shared<const bytes>(
      static_cast<std::size_t>(state.range(0)), std::uint8_t{0x5A});
  const auto count = state.range(1);
  auto pair =
      test::connected_pair({.dialer = test::test_session_config(1, security),
                            .listener = test::test_session_config(2, security),
                            .in_place = true});
  pair->listener.events.keep_data = false;
  const auto id = *pair->dialer.session.open_stream({"/test/1"}, pair->now);
  pair->run();
  for (auto _ : state) {
    for (std::int64_t i = 0; i < count; ++i)
      pair->dialer.session.write(id, frame);
    pair->run();
  }
  count_bytes(state, frame->size() * static_cast<std::size_t>(count));
  state.SetItemsProcessed(state.iterations() * count);
}

void session_transfer(benchmark::State& state) {
  transfer(state, libp2p::security_kind::noise);
}
BENCHMARK(session_transfer)
    ->Args({1024, 1})
    ->Args({1024, 16})
    ->Args({16384, 1});

void session_transfer_tls(benchmark::State& state) {
  transfer(state, libp2p::security_kind::tls);
}
BENCHMARK(session_transfer_tls)
    ->Args({1024, 1})
    ->Args({1024, 16})
    ->Args({16384, 1});

/// Both ends of a connection, from nothing to knowing each other.
void connect(benchmark::State& state, libp2p::security_kind security) {
  const auto dialer = test::test_session_config(1, security);
  const auto listener = test::test_session_config(2, security);
  for (auto _ : state) {
    test::session_pair pair{{.dialer = dialer, .listener = listener}};
    pair.run();
    if (!pair.listener.session.ready())
      return state.SkipWithError("no connection");
  }
}

void session_connect(benchmark::State& state) {
  connect(state, libp2p::security_kind::noise);
}
BENCHMARK(session_connect);

void session_connect_tls(benchmark::State& state) {
  connect(state, libp2p::security_kind::tls);
}
BENCHMARK(session_connect_tls);

} // namespace
} // namespace grapevine::bench
