#include "actors/host/peer_links.hpp"
#include "tests/support/far_end.hpp"
#include "tests/support/log_lines.hpp"
#include "tests/support/recorder.hpp"
#include "tests/support/virtual_system.hpp"

#include <catch2/catch.hpp>

#include <deque>
#include <string>
#include <vector>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t write_ahead = 16'384;

/// Speaks one protocol, notes what happens on its streams, and writes what it
/// is told to on the one that it has opened.
class toy_handler : public protocol_handler {
public:
  toy_handler(std::string protocol, peer_links& links)
      : protocol_{std::move(protocol)}, links_{links} {
    links.add(*this);
  }

  bool speaks(std::string_view protocol) const override {
    return protocol == protocol_;
  }
  bool owns(const link_stream& stream) const override {
    return stream == own || std::ranges::find(streams, stream) != streams.end();
  }
  void accepted(const link_stream& stream, const std::string&) override {
    streams.push_back(stream);
    events.emplace_back("accepted");
  }
  void opened(const link_stream&, const std::string&) override {
    events.emplace_back("opened");
  }
  void refused(const link_stream&) override { events.emplace_back("refused"); }
  void data(const link_stream& stream, bytes_view data) override {
    events.push_back("data " + grapevine::to_string(data));
    if (answer_by_end)
      links_.close(stream);
    if (answer_by_reset)
      links_.reset(stream);
  }
  void ended(const link_stream&) override { events.emplace_back("ended"); }
  void reset(const link_stream&) override { events.emplace_back("reset"); }
  void link_added(const link_ptr&) override { ++added; }
  void link_lost(const link_ptr&) override { ++lost; }
  void identified(const libp2p::identify_info&) override {}
  void leaving() override {}
  void all_lost() override { lost_all = true; }
  bool may_read() const noexcept override { return credit; }
  bool fill(const link_ptr& link) override {
    if (link != own.link || output.empty())
      return false;
    auto& session = link->conn->session();
    link->conn->write();
    while (!output.empty() && session.buffered(own.id) < write_ahead) {
      const auto part = to_bytes(
          as_bytes(output).first(std::min(write_ahead, output.size())));
      output.erase(0, part.size());
      session.write(own.id, std::make_shared<const bytes>(part));
      link->conn->write();
    }
    return true;
  }
  std::size_t waiting() const override { return output.size(); }
  std::chrono::milliseconds write_patience() const override { return patience; }
  void settle() override {}
  std::optional<std::string> before_write() override { return give_up; }
  void after_write() override {}
  void note_reading(bool on, time_point) override { reading = on; }
  void tick(time_point) override { ++ticks; }
  time_point next_due(time_point) const override { return due; }
  bool finished(time_point) override { return done; }

  link_stream own;
  std::vector<link_stream> streams;
  std::vector<std::string> events;
  std::string output;
  std::optional<std::string> give_up;
  std::chrono::milliseconds patience{30'000};
  time_point due = time_point::max();
  bool answer_by_end = false;
  bool answer_by_reset = false;
  bool credit = true;
  bool reading = true;
  bool done = false;
  bool lost_all = false;
  int added = 0;
  int lost = 0;
  int ticks = 0;

private:
  std::string protocol_;
  peer_links& links_;
};

using texts = std::vector<std::string>;

/// A peer's connections without an actor, and their far ends.
class links_fixture : public links_owner {
public:
  links_fixture() = default;
  explicit links_fixture(const log_lines& log) : ctx{make_context(&log)} {}

  time_point now() const override { return at; }
  void tick_after(time_point::duration delay) override {
    ticks.push_back(delay);
  }
  socket_owner as_socket_owner() const override {
    return sockets.as<socket_owner>();
  }
  void all_lost(const std::string& reason) override { lost = reason; }

  far_end& connect() {
    auto [conn, far] =
        connect_far(fars, *ctx, {.protocols = {"/toy/1", "/other/1"}},
                    as_socket_owner(), at);
    auto early = std::make_shared<event_recorder>();
    while (!far.session.ready() || !conn->session().ready()) {
      conn->write();
      far.move(at);
      conn->read(65'536, at, *early);
    }
    links.adopt({std::move(conn), early, false});
    links.ready({links.all().back()->conn->id(), false, false});
    run();
    return far;
  }

  /// Moves bytes until none move.
  void run() {
    bool moved = true;
    while (moved) {
      moved = false;
      for (auto& far : fars) {
        if (const auto conn = far.conn.lock(); conn && !far.closed)
          links.ready({conn->id(), true, true});
        moved = (!far.closed && far.move(at)) || moved;
      }
    }
  }

  libp2p::stream_id open(far_end& far, const std::string& protocol) {
    const auto stream = far.session.open_stream({protocol}, at);
    REQUIRE(stream);
    run();
    return *stream;
  }

  time_point at{1h};
  virtual_system system;
  recorder<socket_ready> sockets{system.sys()};
  std::deque<far_end> fars;
  std::vector<time_point::duration> ticks;
  std::optional<std::string> lost;
  host_context_ptr ctx = make_context();
  peer_links links{*this, ctx, numbered_identity(9)->peer()};
  toy_handler toy{"/toy/1", links};
  toy_handler other{"/other/1", links};

private:
  static host_context_ptr make_context(const log_lines* log = nullptr) {
    auto node = *virtual_system::context(1);
    if (log != nullptr)
      log->into()(node);
    auto result = std::make_shared<host_context>(node);
    auto session = test_session_config(1);
    session.inbound_protocols = {"/toy/1", "/other/1", "/nobody/1"};
    result->session =
        std::make_shared<const libp2p::session_config>(std::move(session));
    result->reactor = std::make_shared<reactor_link>();
    return result;
  }
};

} // namespace

TEST_CASE("peer links: a stream is the handler's that speaks its protocol") {
  links_fixture f;
  auto& far = f.connect();
  const auto one = f.open(far, "/toy/1");
  const auto two = f.open(far, "/other/1");
  far.send(one, as_bytes("to one"));
  far.send(two, as_bytes("to two"));
  far.session.close_stream(one);
  f.run();
  far.session.reset_stream(two);
  f.run();
  CHECK(f.toy.events == texts{"accepted", "data to one", "ended"});
  CHECK(f.other.events == texts{"accepted", "data to two", "reset"});
}

TEST_CASE("peer links: a stream that no handler speaks is reset") {
  links_fixture f;
  auto& far = f.connect();
  const auto stream = f.open(far, "/nobody/1");
  // What would have agreed to it is dropped with it.
  CHECK(far.events.refused == std::vector{stream});
  CHECK(f.toy.events.empty());
  CHECK(f.other.events.empty());
}

TEST_CASE("peer links: a handler learns what came of the stream that it opens, "
          "and no other does") {
  links_fixture f;
  auto& far = f.connect();
  const auto& link = f.links.all().front();
  SECTION("it is agreed") {
    f.toy.own = {link, f.links.open(link, {"/toy/1"}).value()};
    f.run();
    CHECK(f.toy.events == texts{"opened"});
    CHECK(far.opened().size() == 1);
  }
  SECTION("the peer does not speak it") {
    f.toy.own = {link, f.links.open(link, {"/unknown/1"}).value()};
    f.run();
    CHECK(f.toy.events == texts{"refused"});
    CHECK(link->refused == std::vector<const protocol_handler*>{&f.toy});
  }
  CHECK(f.other.events.empty());
}

TEST_CASE("peer links: nothing is read while any handler has no credit") {
  links_fixture f;
  auto& far = f.connect();
  const auto stream = f.open(far, "/toy/1");
  f.other.credit = false;
  f.links.rearm();
  CHECK_FALSE(f.toy.reading);
  far.send(stream, as_bytes("waits"));
  f.run();
  CHECK(f.toy.events == texts{"accepted"});
  f.other.credit = true;
  f.links.rearm();
  CHECK(f.toy.reading);
  f.run();
  CHECK(f.toy.events == texts{"accepted", "data waits"});
}

TEST_CASE("peer links: a handler is asked for more as its connection takes "
          "more") {
  links_fixture f;
  auto& far = f.connect();
  const auto& link = f.links.all().front();
  f.toy.own = {link, f.links.open(link, {"/toy/1"}).value()};
  f.run();
  const std::string much(50 * write_ahead, 'x');
  f.toy.output = much;
  f.links.flush();
  // No more than the stream's window and what is handed over ahead of it.
  CHECK(f.toy.output.size() > much.size() / 2);
  f.run();
  CHECK(f.toy.output.empty());
  CHECK(far.events.data.at(far.opened().front()) == much);
}

TEST_CASE(
    "peer links: what a handler closes while its session reports is closed "
    "when that is done") {
  links_fixture f;
  auto& far = f.connect();
  const auto stream = f.open(far, "/toy/1");
  SECTION("one direction") {
    f.toy.answer_by_end = true;
  }
  SECTION("both") {
    f.toy.answer_by_reset = true;
  }
  far.send(stream, as_bytes("x"));
  f.run();
  CHECK(far.has_ended(stream) == f.toy.answer_by_end);
  CHECK(far.was_reset(stream) == f.toy.answer_by_reset);
}

TEST_CASE("peer links: a handler may give the peer up") {
  links_fixture f;
  const auto& far = f.connect();
  f.toy.give_up = "it is rude";
  f.links.flush();
  CHECK(f.links.all().empty());
  CHECK(f.lost == "it is rude");
  CHECK(f.other.lost_all);
  CHECK(far.conn.expired());
}

TEST_CASE("peer links: a connection that is lost is told to all, the last one "
          "to the owner") {
  links_fixture f;
  auto& first = f.connect();
  auto& second = f.connect();
  CHECK(f.toy.added == 2);
  first.fd.reset();
  first.closed = true;
  f.links.ready({first.conn.lock()->id(), true, true});
  CHECK(f.toy.lost == 1);
  CHECK_FALSE(f.lost);
  second.fd.reset();
  second.closed = true;
  f.links.ready({second.conn.lock()->id(), true, true});
  CHECK(f.other.lost == 2);
  CHECK(f.lost == "closed by the peer");
}

TEST_CASE("peer links: a stop waits for every handler, and no longer than it "
          "may") {
  links_fixture f;
  f.connect();
  f.links.stop(1s);
  f.toy.done = true;
  f.run();
  CHECK_FALSE(f.lost);
  SECTION("until the last has finished") {
    f.other.done = true;
    f.run();
    f.links.flush();
  }
  SECTION("until its deadline") {
    f.at += 1s;
    f.links.flush();
  }
  CHECK(f.lost == "stopped");
}

TEST_CASE("peer links: wakes for the earliest of the handlers' deadlines") {
  links_fixture f;
  f.connect();
  f.toy.due = f.at + 50ms;
  f.other.due = f.at + 20ms;
  f.links.flush();
  REQUIRE_FALSE(f.ticks.empty());
  CHECK(f.ticks.back() == 20ms);
  f.at += 20ms;
  f.links.tick();
  CHECK(f.toy.ticks == 1);
  CHECK(f.other.ticks == 1);
}

TEST_CASE("peer links: two nodes that answer as one peer are noticed, and told "
          "once") {
  log_lines log;
  links_fixture f{log};
  auto& first = f.connect();
  auto& second = f.connect();
  const auto there = libp2p::multiaddr::from_ip_tcp("192.0.2.1", 4001);
  const auto elsewhere = libp2p::multiaddr::from_ip_tcp("192.0.2.2", 4001);
  const auto loopback = libp2p::multiaddr::from_ip_tcp("127.0.0.1", 4001);
  const bool twins = GENERATE(true, false);
  first.session.set_listen_addrs({loopback, there}, {});
  second.session.set_listen_addrs({loopback, twins ? elsewhere : there}, {});
  f.run();
  CHECK(log.count("two nodes") == 0);
  // The older one is alive.
  for (int i = 0; i < 3; ++i) {
    f.at += libp2p::session_limits{}.ping_interval + 1s;
    f.links.tick();
    f.run();
  }
  CHECK(log.count("two nodes seem to use one identity", "warning")
        == (twins ? 1 : 0));
}
