#include "gossip/trace/trace_batch.hpp"

#include <catch2/catch.hpp>

using namespace grapevine::gossip;
using namespace std::chrono_literals;

namespace {

struct kept_sink : trace_sink {
  trace_event::wall_time now() const override {
    return trace_event::wall_time{7s};
  }

  bool take(std::vector<trace_event> events, std::size_t bytes) override {
    batches.push_back(std::move(events));
    sizes.push_back(bytes);
    return wanted;
  }

  std::vector<std::vector<trace_event>> batches;
  std::vector<std::size_t> sizes;
  bool wanted = true;
};

trace::event joined(std::string topic) {
  return trace::joined{std::move(topic)};
}

} // namespace

TEST_CASE("trace: without a sink no event is even made",
          "[gossip][trace_batch]") {
  trace_batch batch;
  bool made = false;
  batch.record([&] {
    made = true;
    return joined("t");
  });
  batch.flush();
  CHECK_FALSE(made);
  CHECK_FALSE(batch.on());
}

TEST_CASE("trace: the events of a turn go together, in order",
          "[gossip][trace_batch]") {
  const auto sink = std::make_shared<kept_sink>();
  trace_batch batch{sink};
  CHECK(batch.on());
  batch.flush();
  CHECK(sink->batches.empty());
  batch.record([] { return joined("a"); });
  batch.record([] { return trace::left{"b"}; });
  CHECK(sink->batches.empty());
  batch.flush();
  batch.flush();
  REQUIRE(sink->batches.size() == 1);
  const auto& events = sink->batches[0];
  REQUIRE(events.size() == 2);
  CHECK(events[0].when == sink->now());
  CHECK(std::get<trace::joined>(events[0].what).topic == "a");
  CHECK(std::get<trace::left>(events[1].what).topic == "b");
  CHECK(sink->sizes[0]
        == trace::footprint(events[0].what) + trace::footprint(events[1].what));
}

TEST_CASE("trace: a batch that takes much memory does not wait for the end of "
          "the turn",
          "[gossip][trace_batch]") {
  const auto sink = std::make_shared<kept_sink>();
  trace_batch batch{sink};
  batch.record([] { return joined("small"); });
  batch.record([] { return joined(std::string(trace_batch::max_bytes, 'x')); });
  REQUIRE(sink->batches.size() == 1);
  CHECK(sink->batches[0].size() == 2);
  // And counts anew.
  batch.record([] { return joined("small"); });
  CHECK(sink->batches.size() == 1);
}

TEST_CASE("trace: what is left goes when the batch ends",
          "[gossip][trace_batch]") {
  const auto sink = std::make_shared<kept_sink>();
  trace_batch{sink}.record([] { return joined("t"); });
  CHECK(sink->batches.size() == 1);
}

TEST_CASE("trace: a sink that wants no more turns tracing off",
          "[gossip][trace_batch]") {
  const auto sink = std::make_shared<kept_sink>();
  sink->wanted = false;
  trace_batch batch{sink};
  batch.record([] { return joined("t"); });
  batch.flush();
  CHECK_FALSE(batch.on());
  batch.record([] { return joined("t"); });
  batch.flush();
  CHECK(sink->batches.size() == 1);
}
