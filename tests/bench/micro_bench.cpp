// Single steps of a message's way, without sockets and actors.
#include "gossip/frame_reader.hpp"
#include "gossip/seen_cache.hpp"
#include "gossip/send_queue.hpp"
#include "gossip/signing.hpp"
#include "gossip/trace_batch.hpp"
#include "gossip/trace_encoder.hpp"
#include "tests/bench/message_pool.hpp"
#include "tests/support/session_pair.hpp"

#include <array>
#include <benchmark/benchmark.h>
#include <cstring>

namespace grapevine::bench {
namespace {

using gossip::signing_policy;

/// A signed message of 1 KiB.
gossip::message_ptr signed_message(std::uint64_t number = 0) {
  static const gossip::message_signer signer{numbered_key(1)};
  static const bytes data(data_size, 0x5A);
  gossip::message_fields fields;
  fields.topic = topic;
  fields.data = data;
  fields.seqno = number;
  return gossip::build_message(fields, &signer, gossip::default_message_id);
}

void count_bytes(benchmark::State& state, std::size_t size) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(size));
}

void frame_and_decode(benchmark::State& state) {
  const auto msg = signed_message();
  gossip::frame_reader frames;
  proto::rpc rpc;
  for (auto _ : state) {
    bytes_view input = msg->frame();
    const auto frame = frames.next(input);
    benchmark::DoNotOptimize(proto::decode_rpc(**frame, {}, rpc));
  }
  count_bytes(state, msg->frame().size());
}
BENCHMARK(frame_and_decode);

void copy_message(benchmark::State& state) {
  const auto msg = signed_message();
  for (auto _ : state)
    benchmark::DoNotOptimize(
        gossip::message::copy_of(msg->fields(), msg->id()));
}
BENCHMARK(copy_message);

void message_id_of_author(benchmark::State& state) {
  const auto msg = signed_message();
  for (auto _ : state)
    benchmark::DoNotOptimize(gossip::default_message_id(msg->fields()));
}
BENCHMARK(message_id_of_author);

void message_id_of_content(benchmark::State& state) {
  const auto msg = signed_message();
  auto fields = msg->fields();
  fields.from.reset();
  for (auto _ : state)
    benchmark::DoNotOptimize(gossip::default_message_id(fields));
}
BENCHMARK(message_id_of_content);

void sign_message(benchmark::State& state) {
  for (auto _ : state)
    benchmark::DoNotOptimize(signed_message());
}
BENCHMARK(sign_message);

void verify_message(benchmark::State& state) {
  const auto msg = signed_message();
  gossip::message_verifier verifier;
  for (auto _ : state)
    benchmark::DoNotOptimize(
        verifier.verify(msg->fields(), signing_policy::strict_sign));
}
BENCHMARK(verify_message);

// -- what is seen -------------------------------------------------------------

gossip::message_id numbered_id(std::size_t number) {
  std::string raw(40, 'x');
  std::memcpy(raw.data(), &number, sizeof(number));
  return gossip::message_id{std::move(raw)};
}

std::vector<gossip::message_id> numbered_ids(std::size_t count) {
  std::vector<gossip::message_id> result;
  for (std::size_t i = 0; i < count; ++i)
    result.push_back(numbered_id(i));
  return result;
}

constexpr std::size_t seen_ids = 256 * 1024;

void seen_lookup(benchmark::State& state) {
  const auto ids = numbered_ids(seen_ids);
  gossip::seen_cache cache;
  const gossip::time_point now{std::chrono::hours{1}};
  for (const auto& id : ids)
    cache.insert(id, now, gossip::seen_state::accepted);
  std::size_t i = 0;
  for (auto _ : state)
    // A step that visits all of them, in no order that a cache line likes.
    benchmark::DoNotOptimize(cache.find(ids[(i += 7919) % seen_ids], now));
}
BENCHMARK(seen_lookup);

/// Each insertion drops the oldest of `seen_ids`.
void seen_insert(benchmark::State& state) {
  const auto ids = numbered_ids(2 * seen_ids);
  gossip::seen_cache cache{{.max_entries = seen_ids}};
  const gossip::time_point now{std::chrono::hours{1}};
  std::size_t i = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(cache.insert(ids[i++ % ids.size()], now,
                                          gossip::seen_state::validating));
}
BENCHMARK(seen_insert);

// -- on the way out -----------------------------------------------------------

void queue_push_and_frame(benchmark::State& state) {
  const auto msg = signed_message();
  gossip::send_queue queue;
  for (auto _ : state) {
    queue.push_message(msg);
    benchmark::DoNotOptimize(queue.next_frame());
  }
}
BENCHMARK(queue_push_and_frame);

constexpr std::array<std::uint8_t, 32> cipher_key{1, 2, 3};

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
BENCHMARK(noise_encrypt)->Arg(1024)->Arg(16 * 1024);

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
BENCHMARK(noise_decrypt)->Arg(1024)->Arg(16 * 1024);

/// From one session's `write` to the other's event: yamux, encryption and
/// decryption, of frames of the given size, as many at once as given.
void session_transfer(benchmark::State& state) {
  const auto frame = std::make_shared<const bytes>(
      static_cast<std::size_t>(state.range(0)), std::uint8_t{0x5A});
  const auto count = state.range(1);
  auto pair = test::connected_pair({.in_place = true});
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
BENCHMARK(session_transfer)
    ->Args({1024, 1})
    ->Args({1024, 16})
    ->Args({16384, 1});

// -- tracing ------------------------------------------------------------------

/// Takes events and forgets them.
struct empty_sink : gossip::trace_sink {
  gossip::trace_event::time_point now() const override {
    return std::chrono::system_clock::now();
  }
  bool take(std::vector<gossip::trace_event> events, std::size_t) override {
    benchmark::DoNotOptimize(events.data());
    return true;
  }
};

/// What a delivery costs: without tracing (0) and with it (1).
void trace_record(benchmark::State& state) {
  const auto msg = signed_message();
  gossip::trace_batch batch{state.range(0) != 0 ? std::make_shared<empty_sink>()
                                                : nullptr};
  for (auto _ : state) {
    // The sink is looked at anew each time.
    benchmark::DoNotOptimize(batch);
    batch.record([&] {
      return gossip::trace::delivered{msg->id(), std::string{msg->topic()},
                                      msg->author()};
    });
  }
}
BENCHMARK(trace_record)->Arg(0)->Arg(1);

/// What the tracer does with an event: as JSON (0) and as protobuf (1).
void trace_encode(benchmark::State& state) {
  const auto msg = signed_message();
  gossip::trace_encoder encoder{
      msg->author(), state.range(0) == 0 ? gossip::trace_format::json
                                         : gossip::trace_format::protobuf};
  const gossip::trace_event event{
      {},
      gossip::trace::delivered{msg->id(), std::string{msg->topic()},
                               msg->author()}};
  std::string out;
  for (auto _ : state) {
    out.clear();
    encoder.append(event, out);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(trace_encode)->Arg(0)->Arg(1);

} // namespace
} // namespace grapevine::bench
