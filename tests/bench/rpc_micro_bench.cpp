// RPCs and the messages in them: decoding, encoding, ids and signatures.
#include "gossip/stream/frame_reader.hpp"
#include "proto/rpc.hpp"
#include "tests/bench/micro_messages.hpp"

#include <benchmark/benchmark.h>

namespace grapevine::bench {
namespace {

using gossip::signing_policy;

/// From the stream's bytes: one message.
void frame_and_decode(benchmark::State& state) {
  const auto msg = signed_message(static_cast<std::size_t>(state.range(0)));
  gossip::frame_reader frames;
  proto::rpc rpc;
  for (auto _ : state) {
    bytes_view input = msg->frame();
    const auto frame = frames.next(input);
    benchmark::DoNotOptimize(proto::decode_rpc(**frame, {}, rpc));
  }
  count_bytes(state, msg->frame().size());
}
BENCHMARK(frame_and_decode)->Arg(100)->Arg(1024)->Arg(16 * 1024);

/// A GRAFT, a PRUNE and an IHAVE of `ids`.
proto::control some_control(std::size_t ids) {
  proto::control result;
  result.grafts.emplace_back("one topic");
  result.prunes.push_back({"another topic", {}, std::chrono::seconds{60}});
  result.ihaves.push_back({topic, {}});
  for (std::size_t i = 0; i < ids; ++i)
    result.ihaves[0].ids.push_back(numbered_raw_id(i));
  return result;
}

void decode_control(benchmark::State& state) {
  std::vector<bytes> encoded;
  proto::encode_frames({},
                       some_control(static_cast<std::size_t>(state.range(0))),
                       gossip::limits::rpc_size, encoded);
  gossip::frame_reader frames;
  proto::rpc rpc;
  for (auto _ : state)
    for (const auto& one : encoded) {
      bytes_view input = one;
      const auto frame = frames.next(input);
      benchmark::DoNotOptimize(proto::decode_rpc(**frame, {}, rpc));
    }
}
BENCHMARK(decode_control)->ArgName("ids")->Arg(0)->Arg(10)->Arg(1000);

void encode_control(benchmark::State& state) {
  const auto ctrl = some_control(static_cast<std::size_t>(state.range(0)));
  std::vector<bytes> out;
  for (auto _ : state) {
    out.clear();
    benchmark::DoNotOptimize(
        proto::encode_frames({}, ctrl, gossip::limits::rpc_size, out));
  }
}
BENCHMARK(encode_control)->ArgName("ids")->Arg(0)->Arg(10)->Arg(1000);

/// What a new peer is told first.
void encode_hello(benchmark::State& state) {
  std::vector<proto::subscription> all;
  for (std::int64_t i = 0; i < state.range(0); ++i)
    all.push_back({.topic = "topic-" + std::to_string(i)});
  std::vector<bytes> out;
  for (auto _ : state) {
    out.clear();
    benchmark::DoNotOptimize(
        proto::encode_frames(all, {}, gossip::limits::rpc_size, out));
  }
}
BENCHMARK(encode_hello)->ArgName("topics")->Arg(1)->Arg(200);

/// The frame of a message of ours, its id included.
void encode_message(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  for (auto _ : state)
    benchmark::DoNotOptimize(numbered_message(1, size));
  count_bytes(state, size);
}
BENCHMARK(encode_message)->Arg(100)->Arg(1024)->Arg(16 * 1024);

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

} // namespace
} // namespace grapevine::bench
