#include "actors/trace/trace_sink.hpp"
#include "actors/trace/tracer.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/messages.hpp"
#include "tests/support/recorder.hpp"
#include "tests/support/temporary_file.hpp"
#include "tests/support/virtual_system.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;
using gossip::trace_batch;
using gossip::trace::joined;

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

TEST_CASE("trace sink: of what is lost each event is counted, once") {
  virtual_system net;
  recorder<trace_events> slow{net.sys()};
  const auto one = gossip::trace::footprint(joined{"t"});
  const auto sink =
      std::make_shared<actor_trace_sink>(std::vector{slow.actor()}, one);
  const auto record = [&](int count) {
    trace_batch batch{sink};
    for (int i = 0; i < count; ++i)
      batch.record([] { return joined{"t"}; });
    batch.flush();
    net.run();
  };
  record(2);
  record(3);
  CHECK(slow.all<trace_events>().empty());
  CHECK(sink->state()->waiting == 0);
  for (const std::uint64_t lost : {5, 0}) {
    record(1);
    REQUIRE(slow.all<trace_events>().size() == 1);
    CHECK(slow.all<trace_events>()[0].dropped == lost);
    slow.clear();
    net.run();
  }
}

TEST_CASE("trace sink: nobody records once the last receiver has given up") {
  virtual_system net;
  recorder<trace_events> first{net.sys()};
  recorder<trace_events> second{net.sys()};
  const auto sink =
      std::make_shared<actor_trace_sink>(std::vector{first.actor()});
  sink->add(second.actor());
  CHECK(sink->state()->receivers == 2);
  trace_batch batch{sink};
  const auto record = [&] {
    batch.record([] { return joined{"t"}; });
    batch.flush();
    net.run();
    return batch.on();
  };
  CHECK(record());
  CHECK(second.all<trace_events>().size() == 1);
  --sink->state()->receivers;
  CHECK(record());
  --sink->state()->receivers;
  CHECK_FALSE(record());
  CHECK(first.all<trace_events>().size() == 2);
}

TEST_CASE("trace sink: a file and applications get the same events") {
  const temporary_file file;
  std::size_t told = 0;
  {
    // Not in virtual time: the tracer has a thread of its own.
    caf::actor_system_config cfg;
    caf::actor_system sys{cfg};
    caf::scoped_actor app{sys};
    const auto made = make_trace_sink(
        sys,
        {trace_options{file.path()}, {caf::actor_cast<caf::actor>(app.ptr())}},
        sender(1), spdlog::default_logger());
    REQUIRE(made);
    REQUIRE(*made);
    trace_batch{*made}.record([] { return joined{"news"}; });
    app->receive([&](const trace_events&) { ++told; },
                 caf::after(std::chrono::seconds{20}) >> [] {});
  }
  CHECK(told == 1);
  // The tracer has ended with its system.
  CHECK(file.content().find("news") != std::string::npos);
}

TEST_CASE("trace sink: applications alone need no file") {
  virtual_system net;
  recorder<trace_events> app{net.sys()};
  const auto made = make_trace_sink(net.sys(), {{}, {app.actor()}}, sender(1),
                                    spdlog::default_logger());
  REQUIRE(made);
  REQUIRE(*made);
  trace_batch{*made}.record([] { return joined{"news"}; });
  net.run();
  CHECK(app.all<trace_events>().size() == 1);
}
