#pragma once

#include "actors/host/connection.hpp"
#include "actors/pubsub/peer.hpp"
#include "libp2p/base/time_point.hpp"
#include "tests/support/far_end.hpp"
#include "tests/support/recorder.hpp"
#include "tests/support/virtual_system.hpp"

#include <catch2/catch.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <utility>
#include <vector>

namespace grapevine::test {

/// The actor of one remote peer in virtual time. Its partners are recorders,
/// and the far ends of its connections are the test's.
class peer_fixture {
public:
  using mesh_recorder =
      recorder<peer_joined, peer_left, peer_moved, hello_wanted,
               control_received, misbehaved, record_learned, partial_usable,
               partial_received, reads_slowly>;
  using cache_recorder = recorder<peer_joined, peer_left, messages_received,
                                  iwant_received, iwant_sent>;

  explicit peer_fixture(
      const std::function<void(node_config&)>& change = [](node_config&) {},
      const std::function<void(node_context&)>& share = [](node_context&) {})
      : ctx_{make_context(change, share)}, mesh{system.sys()},
        cache{system.sys()}, keeper{system.sys()}, counts{system.sys()},
        peer{spawn_peer(
            system.sys(), ctx_, id(),
            {mesh.as<mesh_manager_actor>(), cache.as<message_cache_actor>(),
             keeper.as<peer_keeper>(), counts.as<counts_sink>()})} {}

  ~peer_fixture() {
    caf::anon_send_exit(peer, caf::exit_reason::kill);
    system.run();
  }

  static libp2p::peer_id id() { return numbered_identity(9)->peer(); }

  time_point now() { return system.sys().clock().now(); }

  /// A further connection, whose handshake is done before the peer has it.
  far_end& connect(const link_options& how = {}) {
    auto& far = shake_hands(how);
    adopt(how.offered);
    run();
    return far;
  }

  /// A connection whose handshake is done, and which nobody has yet. What its
  /// session reports goes to `early`.
  far_end& shake_hands(const link_options& how = {}) {
    auto& far = make_link(how);
    early_ = std::make_shared<event_recorder>();
    while (!far.session.ready() || !early_conn_->session().ready()) {
      early_conn_->write();
      far.move(now());
      read_early();
    }
    return far;
  }

  /// Moves bytes of a connection that nobody has yet.
  void move_early(far_end& far) {
    do {
      read_early();
      early_conn_->write();
    } while (far.move(now()));
  }

  /// Gives the peer a connection that nobody has yet. The reactor's first word
  /// on it may be left out.
  void adopt(bool offered = false, bool confirm = true) {
    const auto socket = early_conn_->id();
    tell_from_outside(peer, adopt_connection{std::exchange(early_conn_, {}),
                                             early_, offered});
    if (confirm)
      tell_from_outside(peer, socket_ready{socket, false, false});
  }

  /// Opens a pubsub stream of the peer's.
  libp2p::stream_id open(far_end& far,
                         const std::string& protocol = "/meshsub/1.2.0") {
    const auto stream = far.session.open_stream({protocol}, now());
    REQUIRE(stream);
    run();
    REQUIRE(far.events.opened.contains(*stream));
    return *stream;
  }

  /// A connection with a pubsub stream in either direction; the peer's.
  std::pair<far_end*, libp2p::stream_id> join() {
    auto& far = connect();
    return {&far, open(far)};
  }

  void say(far_end& far, libp2p::stream_id stream,
           const proto::control& control) {
    say_all(far, stream, {}, control);
  }

  /// The same with subscriptions.
  void say_all(far_end& far, libp2p::stream_id stream,
               const std::vector<proto::subscription>& subscriptions,
               const proto::control& control = {}) {
    std::vector<bytes> frames;
    proto::encode_frames(subscriptions, control, 1024 * 1024, frames);
    for (const auto& frame : frames)
      far.send(stream, frame);
    run();
  }

  /// The far end resets the stream that the node opened last.
  void reset_ours(far_end& far) {
    REQUIRE_FALSE(far.opened().empty());
    far.session.reset_stream(far.opened().back());
    run();
  }

  /// Moves messages and bytes until nothing moves any more.
  void run() {
    int rounds = 0;
    do {
      system.run();
      REQUIRE(++rounds < 10'000);
    } while (greet() || move());
  }

  /// Lets time pass.
  void advance(std::chrono::milliseconds time) {
    constexpr std::chrono::milliseconds step{10};
    for (; time.count() > 0; time -= step) {
      system.advance(std::min(step, time));
      for (auto& far : far_)
        if (!far.mute && !far.closed)
          far.session.tick(now(), far.events);
      run();
    }
  }

  /// Queues messages for the peer.
  void publish(const std::vector<std::string>& texts) {
    send_messages msg;
    for (const auto& text : texts)
      msg.msgs.push_back(message(text));
    tell_from_outside(peer, std::move(msg));
    run();
  }

  /// Of the peer, that came through, in order.
  std::vector<std::string> received() const {
    std::vector<std::string> result;
    for (const auto& one : cache.all<messages_received>())
      for (const auto& msg : one.msgs)
        result.emplace_back(as_text(msg->data()));
    return result;
  }

  static gossip::message_ptr message(std::string_view text) {
    return gossip::build_message(
        {"t", as_bytes(text), std::nullopt, std::nullopt}, nullptr,
        gossip::default_message_id);
  }

  template <class T>
  void tell_peer(T msg) {
    tell_from_outside(peer, std::move(msg));
    run();
  }

  virtual_system system;
  /// In answer to `hello_wanted`, unless it is taken out.
  std::optional<send_hello> hello{send_hello{{{.topic = "t"}}, {}}};

private:
  context_ptr ctx_;

public:
  mesh_recorder mesh;
  cache_recorder cache;
  recorder<peer_lost> keeper;
  /// What it tells of what it has counted.
  recorder<peer_counts> counts;
  peer_actor peer;

private:
  static context_ptr
  make_context(const std::function<void(node_config&)>& change,
               const std::function<void(node_context&)>& share) {
    auto result = std::make_shared<node_context>(*virtual_system::context(1));
    change(result->config);
    auto session = test_session_config(1);
    session.limits = result->config.session;
    for (const auto version : gossip::offered_versions())
      session.inbound_protocols.emplace_back(gossip::protocol_id(version));
    result->session =
        std::make_shared<const libp2p::session_config>(std::move(session));
    result->reactor = std::make_shared<reactor_link>();
    share(*result);
    return result;
  }

  // Of no effect before the peer has it.
  far_end& make_link(const link_options& how) {
    auto [near, far] = connect_far(far_, *ctx_, how,
                                   caf::actor_cast<socket_owner>(peer), now());
    early_conn_ = std::move(near);
    // Its former owner had the reactor's first word.
    early_conn_->on_ready({early_conn_->id(), false, false});
    return far;
  }

  void read_early() { early_conn_->read(1024 * 1024, now(), *early_); }

  // In the mesh manager's place.
  bool greet() {
    if (!hello)
      return false;
    const auto before = greeted_;
    for (const auto wanted = mesh.all<hello_wanted>().size(); greeted_ < wanted;
         ++greeted_)
      tell_from_outside(peer, *hello);
    return greeted_ > before;
  }

  // In the reactor's place, and the far ends'.
  bool move() {
    bool moved = false;
    for (auto& far : far_)
      moved = (!far.mute && !far.closed && far.move(now())) || moved;
    std::array<epoll_event, 8> events;
    const int n = ::epoll_wait(ctx_->reactor->epoll(), events.data(),
                               static_cast<int>(events.size()), 0);
    for (int i = 0; i < n; ++i) {
      const auto& event = events[static_cast<std::size_t>(i)];
      if (event.data.u64 == 0)
        continue;
      moved = true;
      tell_from_outside(peer, socket_ready{event.data.u64,
                                           (event.events & ~EPOLLOUT) != 0,
                                           (event.events & EPOLLOUT) != 0});
    }
    return moved;
  }

  std::deque<far_end> far_;
  // Of the connection that nobody has yet.
  connection_ptr early_conn_;
  std::shared_ptr<event_recorder> early_;
  std::size_t greeted_ = 0;
};

/// The far end sends a message.
inline void send(far_end& far, libp2p::stream_id stream,
                 std::string_view text) {
  far.send(stream, peer_fixture::message(text)->frame());
}

/// Whether the peer has said go-away.
inline bool told_to_go(const far_end& far) {
  return far.events.closed == std::vector{libp2p::session_error::go_away};
}

/// The id of the fixture's message with this text.
inline std::string id_of(std::string_view text) {
  return std::string{peer_fixture::message(text)->id().raw()};
}

} // namespace grapevine::test
