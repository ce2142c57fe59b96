#include "actors/trace/trace_sink.hpp"
#include "actors/trace/tracer.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/messages.hpp"
#include "tests/support/recorder.hpp"
#include "tests/support/temporary_file.hpp"
#include "tests/support/virtual_system.hpp"

#include <catch2/catch.hpp>
#include <spdlog/sinks/ostream_sink.h>

#include <algorithm>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;
using gossip::trace_batch;
using gossip::trace_format;

namespace {

using gossip::trace::joined;

/// A tracer in virtual time, and the sink that it is the only receiver of.
struct tracer_fixture {
  explicit tracer_fixture(
      const std::string& path, trace_format format = trace_format::json,
      std::size_t most_waiting = actor_trace_sink::max_waiting) {
    log->set_pattern("%l %v");
    auto file = trace_file::open(path);
    REQUIRE(file);
    sink = std::make_shared<actor_trace_sink>(std::vector<caf::actor>{},
                                              most_waiting);
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
  constexpr std::size_t most = 1'000'000;
  tracer_fixture fixture{file.path(), trace_format::json, most};
  const std::string big(most / 2, 'x');
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

// -- the actor alone ----------------------------------------------------------

namespace {

/// A tracer that is told of events as a sink does it.
struct tracer_alone {
  explicit tracer_alone(const std::string& path) {
    log->set_pattern("%l %v");
    auto file = trace_file::open(path);
    REQUIRE(file);
    tracer = spawn_tracer(net.sys(),
                          {std::move(*file),
                           {sender(1), trace_format::json},
                           log,
                           [this] { ++failures; }},
                          thread_use::shared);
  }

  void take(std::vector<std::string> topics, std::uint64_t dropped = 0,
            bool last = false) {
    auto events = std::make_shared<std::vector<gossip::trace_event>>();
    for (auto& topic : topics)
      events->push_back({{}, joined{std::move(topic)}});
    tell_from_outside(tracer, trace_events{events, dropped, last});
    net.run();
  }

  std::ostringstream lines;
  std::shared_ptr<spdlog::logger> log = std::make_shared<spdlog::logger>(
      "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(lines));
  int failures = 0;
  virtual_system net;
  tracer_actor tracer;
};

} // namespace

TEST_CASE("tracer: what is lost is told once, though nothing waits to be "
          "written") {
  const temporary_file file;
  tracer_alone t{file.path()};
  t.take({std::string(300'000, 'x')}, 3);
  CHECK(t.lines.str().empty());
  t.net.advance(1s);
  CHECK(t.lines.str().find("warning trace events lost count=3") == 0);
  t.take({"t"}, 0);
  t.net.advance(5s);
  CHECK(line_count(t.lines.str()) == 1);
  t.take({}, 2);
  t.take({}, 2);
  t.net.advance(1s);
  CHECK(t.lines.str().find("count=4") != std::string::npos);
}

TEST_CASE("tracer: with the last events it writes all, tells what is lost, and "
          "ends") {
  const temporary_file file;
  tracer_alone t{file.path()};
  t.take({"first"});
  t.take({"second"}, 7, true);
  CHECK(line_count(file.content()) == 2);
  CHECK(t.lines.str().find("count=7") != std::string::npos);
  CHECK(t.failures == 0);
  t.take({"too late"});
  t.net.advance(2s);
  CHECK(line_count(file.content()) == 2);
}

TEST_CASE("tracer: it writes as soon as a buffer is full, and the rest later") {
  const temporary_file file;
  tracer_alone t{file.path()};
  const std::string half(128 * 1'024, 'x');
  t.take({half});
  CHECK(file.content().empty());
  t.take({half, "rest"});
  CHECK(line_count(file.content()) == 2);
  t.net.advance(1s);
  CHECK(line_count(file.content()) == 3);
}

TEST_CASE("tracer: on a full disk it gives up once, in the midst of events or "
          "at their end") {
  tracer_alone t{"/dev/full"};
  SECTION("in the midst") {
    const std::string big(300'000, 'x');
    t.take({big, big, big});
  }
  SECTION("at the end") {
    t.take({"t"}, 0, true);
  }
  SECTION("after a second") {
    t.take({"t"});
    t.net.advance(1s);
  }
  t.take({"t"});
  t.net.advance(2s);
  CHECK(t.failures == 1);
  CHECK(line_count(t.lines.str()) == 1);
}
