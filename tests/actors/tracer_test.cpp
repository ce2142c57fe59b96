#include "actors/trace_sink.hpp"
#include "actors/tracer.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/messages.hpp"
#include "tests/support/recorder.hpp"
#include "tests/support/temporary_file.hpp"
#include "tests/support/virtual_system.hpp"

#include <catch2/catch.hpp>
#include <spdlog/sinks/ostream_sink.h>

#include <algorithm>
#include <sstream>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;
using gossip::trace_batch;
using gossip::trace_format;

namespace {

using gossip::trace::joined;

/// A tracer in virtual time, and the sink that it is the only receiver of.
struct tracer_fixture {
  explicit tracer_fixture(const std::string& path,
                          trace_format format = trace_format::json) {
    log->set_pattern("%l %v");
    auto file = trace_file::open(path);
    REQUIRE(file);
    sink = std::make_shared<actor_trace_sink>(std::vector<caf::actor>{});
    const auto give_up = [state = sink->state()] { --state->receivers; };
    sink->add(caf::actor_cast<caf::actor>(spawn_tracer(
        net.sys(), {std::move(*file), {sender(1), format}, log, give_up},
        thread_use::shared)));
  }

  void record(const std::string& topic) {
    trace_batch{sink}.record([&] { return joined{topic}; });
  }

  std::ostringstream lines;
  std::shared_ptr<spdlog::logger> log = std::make_shared<spdlog::logger>(
      "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(lines));
  virtual_system net;
  std::shared_ptr<actor_trace_sink> sink;
};

std::size_t line_count(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

} // namespace

TEST_CASE("tracer: events are in the file after a second") {
  const temporary_file file;
  tracer_fixture fixture{file.path()};
  fixture.record("first");
  fixture.record("second");
  fixture.net.advance(999ms);
  CHECK(file.content().empty());
  fixture.net.advance(1ms);
  const auto written = file.content();
  REQUIRE(line_count(written) == 2);
  CHECK(written.find("first") < written.find("second"));
  fixture.net.advance(5s);
  CHECK(file.content() == written);
  fixture.record("third");
  fixture.net.advance(1s);
  CHECK(line_count(file.content()) == 3);
}

TEST_CASE("tracer: all events are in the file when the last holder of the sink "
          "has gone") {
  const temporary_file file;
  tracer_fixture fixture{file.path(), trace_format::protobuf};
  {
    trace_batch batch{std::move(fixture.sink)};
    batch.record([] { return joined{"t"}; });
    fixture.net.run();
    CHECK(file.content().empty());
  }
  fixture.net.run();
  CHECK(file.content().find("j\x03\x0a\x01t") != std::string::npos);
}

TEST_CASE("tracer: much is written before the second is over") {
  const temporary_file file;
  tracer_fixture fixture{file.path()};
  for (int i = 0; i < 50; ++i)
    fixture.record(std::string(10'000, 'x'));
  fixture.net.run();
  CHECK(file.content().size() > 256 * 1024);
}

TEST_CASE("tracer: a file that is there is appended to") {
  const temporary_file file;
  for (const std::size_t expected : {1, 2}) {
    tracer_fixture fixture{file.path()};
    fixture.record("t");
    fixture.sink.reset();
    fixture.net.run();
    CHECK(line_count(file.content()) == expected);
  }
}

TEST_CASE("tracer: a file that cannot be opened") {
  const auto file = trace_file::open("/nonexistent/trace");
  CHECK(error_of(file).find("cannot open /nonexistent/trace: ") == 0);
}

TEST_CASE("tracer: a full disk is told once and ends the tracing") {
  tracer_fixture fixture{"/dev/full"};
  trace_batch batch{fixture.sink};
  for (int i = 0; i < 3; ++i) {
    batch.record([] { return joined{"t"}; });
    batch.flush();
    fixture.net.advance(2s);
  }
  CHECK_FALSE(batch.on());
  const auto lines = fixture.lines.str();
  CHECK(line_count(lines) == 1);
  CHECK(lines.find("error tracing has stopped, the node goes on: cannot write "
                   "to /dev/full: ")
        == 0);
}

TEST_CASE("tracer: lost events are counted in the log") {
  const temporary_file file;
  tracer_fixture fixture{file.path()};
  const std::string big(actor_trace_sink::max_waiting / 2, 'x');
  fixture.record(big);
  // The tracer has no turn in between.
  for (int i = 0; i < 3; ++i)
    fixture.record(big);
  fixture.net.run();
  fixture.record("next");
  fixture.net.advance(1s);
  CHECK(fixture.lines.str().find("warning trace events lost count=3") == 0);
  CHECK(line_count(fixture.lines.str()) == 1);
  CHECK(line_count(file.content()) == 2);
}

// -- applications -------------------------------------------------------------

TEST_CASE("trace sink: an application gets the events, and is told the end") {
  virtual_system net;
  recorder<trace_events> first{net.sys()};
  recorder<trace_events> second{net.sys()};
  {
    const auto sink = std::make_shared<actor_trace_sink>(
        std::vector{first.actor(), second.actor()});
    const auto before = std::chrono::system_clock::now();
    trace_batch{sink}.record([] { return joined{"t"}; });
    net.run();
    for (const auto* one : {&first, &second}) {
      REQUIRE(one->all<trace_events>().size() == 1);
      const auto& got = one->all<trace_events>()[0];
      CHECK_FALSE(got.last);
      CHECK(got.dropped == 0);
      REQUIRE(got.events->size() == 1);
      CHECK(got.events->front().when >= before);
      CHECK(std::get<joined>(got.events->front().what).topic == "t");
    }
  }
  net.run();
  REQUIRE(first.all<trace_events>().size() == 2);
  CHECK(first.all<trace_events>()[1].last);
  CHECK(first.all<trace_events>()[1].events->empty());
}

TEST_CASE("trace sink: what somebody holds is bounded, the rest is counted") {
  virtual_system net;
  recorder<trace_events> slow{net.sys()};
  const auto one = gossip::trace::footprint(joined{"t"});
  const auto sink =
      std::make_shared<actor_trace_sink>(std::vector{slow.actor()}, 2 * one);
  const auto record = [&] {
    trace_batch{sink}.record([] { return joined{"t"}; });
    net.run();
  };
  for (int i = 0; i < 5; ++i)
    record();
  CHECK(slow.all<trace_events>().size() == 2);
  CHECK(sink->state()->waiting == 2 * one);
  slow.clear();
  net.run();
  CHECK(sink->state()->waiting == 0);
  record();
  REQUIRE(slow.all<trace_events>().size() == 1);
  CHECK(slow.all<trace_events>()[0].dropped == 3);
}

TEST_CASE("trace sink: there is none if nobody wants events") {
  virtual_system net;
  const auto sink = make_trace_sink(net.sys(), {}, sender(1), nullptr);
  REQUIRE(sink);
  CHECK(*sink == nullptr);
}

TEST_CASE("trace sink: a file that cannot be opened is told of") {
  virtual_system net;
  const auto sink = make_trace_sink(
      net.sys(), {trace_options{"/nonexistent/trace"}, {}}, sender(1), nullptr);
  CHECK(error_of(sink).find("/nonexistent/trace") != std::string::npos);
}
