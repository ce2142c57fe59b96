#include "actors/host/connector.hpp"

#include "actors/host/connection.hpp"
#include "libp2p/address/dial_plan.hpp"

#include <cstring>
#include <deque>
#include <optional>
#include <system_error>

namespace grapevine {

namespace {

using libp2p::multiaddr;

// Bytes read in one turn; a handshake has fewer.
constexpr std::size_t read_budget = std::size_t{64} * 1024;

// Without a word of the session the socket has ended.
handshake_failure failure_of(std::optional<libp2p::session_error> why) {
  using enum libp2p::session_error;
  if (!why)
    return handshake_failure::closed;
  switch (*why) {
  case wrong_network:
    return handshake_failure::private_network;
  case no_common_protocol:
  case bad_negotiation:
    return handshake_failure::negotiation;
  case bad_handshake:
  case bad_record:
    return handshake_failure::security;
  case wrong_peer:
  case self_dial:
    return handshake_failure::wrong_peer;
  case handshake_timeout:
  case ping_timeout:
    return handshake_failure::timed_out;
  case go_away:
    return handshake_failure::closed;
  case bad_frame:
  case limit_exceeded:
    break;
  }
  return handshake_failure::other;
}

// One dialled or accepted connection on its way to being authenticated.
class connector_state {
public:
  connector_state(connector_actor::pointer self, host_context_ptr ctx,
                  connection_sink sink, attempt_id attempt)
      : self_{self}, ctx_{std::move(ctx)}, sink_{std::move(sink)},
        attempt_{attempt} {}

  void dial(const std::vector<multiaddr>& addresses) {
    address_ = addresses.front();
    asked_.assign(addresses.begin(), addresses.end());
    tell_self_later(self_, ctx_->settings.dial_timeout, attempt_timeout{});
    last_error_ = "there is no address";
    // Through the mailbox: an actor must not end while it is being made.
    tell_self(self_, address_resolved{});
  }

  // The listener ends it in time: a timer of its own would keep the actor's
  // memory until it goes off.
  void accepted(byte_stream_ptr stream, const multiaddr& remote) {
    address_ = remote;
    if (const auto problem = take(*stream)) {
      last_error_ = *problem;
      // Through the mailbox: an actor must not end while it is being made.
      return tell_self(self_, address_resolved{});
    }
    begin_handshake(std::move(stream), libp2p::role::listener);
  }

  void resolved(const address_resolved& msg) {
    if (!msg.found.error.empty()) {
      last_error_ =
          "cannot look up " + asked_address_.to_text() + ": " + msg.found.error;
      last_cause_ = handshake_failure::unreachable;
    }
    candidates_.assign(msg.found.addresses.begin(), msg.found.addresses.end());
    connect_next();
  }

  void ready(const socket_ready& msg) {
    if (connection_ && msg.id == connection_->id())
      return go_on(msg);
    if (connecting_ && msg.id == connecting_->id())
      connect_progress(msg);
  }

  void give_up(const std::string& reason, handshake_failure cause) {
    // The listener counts and logs what strangers do.
    if (attempt_ == 0)
      return self_->quit(caf::make_error(cause, reason));
    tell(self_, sink_,
         dial_failed{attempt_, address_, reason, cause, found_itself_});
    self_->quit();
  }

  void timed_out(const attempt_timeout& msg) {
    if (msg.round == 0)
      return give_up("no answer in time", handshake_failure::timed_out);
    if (msg.round != round_)
      return;
    last_cause_ = handshake_failure::timed_out;
    last_error_ = "no answer in time from " + current_.without_peer().to_text();
    connecting_.reset();
    connection_.reset();
    connect_next();
  }

private:
  // Why the stream cannot be watched, if so.
  std::optional<std::string> take(byte_stream& stream) {
    try {
      stream.assign(connector_actor{self_});
      return std::nullopt;
    } catch (const std::system_error& e) {
      return e.what();
    }
  }

  // Tries the next address; gives up when there is none left.
  void connect_next() {
    ++round_;
    while (!candidates_.empty() || !asked_.empty()) {
      if (candidates_.empty()) {
        asked_address_ = asked_.front();
        candidates_.push_back(asked_.front());
        asked_.pop_front();
      }
      current_ = candidates_.front();
      candidates_.pop_front();
      // Records of a name may say whose each address is.
      expected_ = current_.peer();
      if (!expected_)
        expected_ = asked_address_.peer();
      const auto plan = libp2p::plan_dial(current_, ctx_->transports.kinds());
      if (!plan) {
        last_error_ = current_.to_text() + ": " + plan.error();
        last_cause_ = handshake_failure::other;
        continue;
      }
      if (plan->is_name)
        return look_up();
      if (auto problem = network_problem()) {
        last_error_ = *std::move(problem);
        last_cause_ = handshake_failure::network;
        continue;
      }
      auto stream = ctx_->transports.at(plan->transport)
                        .dial(current_.without_peer(), ctx_->reactor);
      const auto problem =
          stream ? take(**stream) : std::optional{stream.error()};
      if (!problem) {
        connecting_ = std::move(*stream);
        return limit_round();
      }
      last_error_ = *problem;
      last_cause_ = handshake_failure::unreachable;
    }
    give_up(last_error_, last_cause_);
  }

  void look_up() {
    if (!ctx_->resolver)
      return resolved(failed_lookup("there is no resolver"));
    ask(self_, *ctx_->resolver, ctx_->settings.dial_timeout,
        resolve_address{current_})
        .then([this](const address_resolved& msg) { resolved(msg); },
              [this](const caf::error& why) {
                resolved(failed_lookup(reason_of(why)));
              });
  }

  static address_resolved failed_lookup(const std::string& why) {
    address_resolved result;
    result.found.error = why;
    return result;
  }

  std::optional<std::string> network_problem() const {
    return ctx_->networks ? ctx_->networks->problem(current_) : std::nullopt;
  }

  // One that does not answer must not use up the time of the others.
  void limit_round() {
    if (!candidates_.empty() || !asked_.empty())
      tell_self_later(self_, ctx_->settings.dial_timeout / 3,
                      attempt_timeout{round_});
  }

  void connect_progress(const socket_ready& msg) {
    if (!msg.readable && !msg.writable)
      return connecting_->arm(false, true);
    if (const int code = connecting_->connect_result(); code != 0) {
      last_error_ = "cannot connect to " + current_.without_peer().to_text()
                    + ": " + std::strerror(code);
      last_cause_ = handshake_failure::unreachable;
      connecting_.reset();
      return connect_next();
    }
    begin_handshake(std::move(connecting_), libp2p::role::dialer);
    connection_->on_ready({connection_->id(), false, false});
    connection_->write();
    connection_->arm(true);
  }

  void begin_handshake(byte_stream_ptr stream, libp2p::role who) {
    const bool dialled = who == libp2p::role::dialer;
    const auto& remote = dialled ? current_ : address_;
    const auto seed = random_seed();
    libp2p::session session{ctx_->session,
                            who,
                            remote.without_peer(),
                            dialled ? expected_ : std::nullopt,
                            seed,
                            now(self_)};
    session.set_listen_addrs(ctx_->addresses, ctx_->signed_record);
    connection_ = std::make_shared<connection>(
        std::move(stream), std::move(session), who, remote.without_peer());
    events_ = std::make_shared<event_recorder>();
  }

  void go_on(const socket_ready& msg) {
    connection_->on_ready(msg);
    if (msg.readable)
      connection_->read(read_budget, now(self_), *events_);
    // Also what explains the end to the other side.
    connection_->write();
    if (connection_->session().ready() && !connection_->ended())
      return hand_over();
    if (connection_->ended())
      return handshake_failed();
    connection_->arm(true);
  }

  void handshake_failed() {
    last_error_ = connection_->reason();
    if (last_error_.empty())
      last_error_ = "the handshake failed: " + events_->close_reason();
    if (const auto problem = connection_->session().handshake_problem();
        !problem.empty())
      last_error_ += ": " + problem;
    last_cause_ = failure_of(events_->closed_for());
    if (events_->closed_for() == libp2p::session_error::self_dial)
      found_itself_ = true;
    connection_.reset();
    connect_next();
  }

  void hand_over() {
    const auto peer = connection_->session().remote_peer();
    tell(self_, sink_,
         connection_established{attempt_, peer, std::move(connection_),
                                std::move(events_)});
    self_->quit();
  }

  connector_actor::pointer self_;
  host_context_ptr ctx_;
  connection_sink sink_;
  attempt_id attempt_;
  // What is reported, what is still to be tried, which of these is, what that
  // resolved to, and which of this is being tried, for the how-manieth time.
  multiaddr address_;
  std::deque<multiaddr> asked_;
  multiaddr asked_address_;
  std::deque<multiaddr> candidates_;
  multiaddr current_;
  std::optional<libp2p::peer_id> expected_;
  std::size_t round_ = 0;
  byte_stream_ptr connecting_;
  connection_ptr connection_;
  std::shared_ptr<event_recorder> events_;
  std::string last_error_;
  handshake_failure last_cause_ = handshake_failure::other;
  bool found_itself_ = false;
};

connector_actor::behavior_type
handlers(connector_actor::pointer self,
         const std::shared_ptr<connector_state>& state) {
  static_cast<void>(self);
  return {
      [state](const socket_ready& msg) { state->ready(msg); },
      [state](const address_resolved& msg) { state->resolved(msg); },
      [state](const attempt_timeout& msg) { state->timed_out(msg); },
      [state](close_transport) {
        state->give_up("the node stops", handshake_failure::other);
      },
  };
}

connector_actor::behavior_type dialer(connector_actor::pointer self,
                                      const host_context_ptr& ctx,
                                      attempt_id attempt,
                                      const std::vector<multiaddr>& addresses,
                                      const connection_sink& sink) {
  auto state = std::make_shared<connector_state>(self, ctx, sink, attempt);
  state->dial(addresses);
  return handlers(self, state);
}

connector_actor::behavior_type
acceptor(connector_actor::pointer self, const host_context_ptr& ctx,
         const std::shared_ptr<byte_stream_ptr>& stream,
         const multiaddr& remote, const connection_sink& sink) {
  auto state = std::make_shared<connector_state>(self, ctx, sink, 0);
  state->accepted(std::move(*stream), remote);
  return handlers(self, state);
}

} // namespace

connector_actor spawn_dialer(caf::actor_system& sys, host_context_ptr ctx,
                             attempt_id attempt,
                             std::vector<multiaddr> addresses,
                             connection_sink sink) {
  return sys.spawn(dialer, std::move(ctx), attempt, std::move(addresses),
                   std::move(sink));
}

connector_actor spawn_acceptor(caf::actor_system& sys, host_context_ptr ctx,
                               byte_stream_ptr stream, multiaddr remote,
                               connection_sink sink) {
  return sys.spawn(acceptor, std::move(ctx),
                   std::make_shared<byte_stream_ptr>(std::move(stream)),
                   std::move(remote), std::move(sink));
}

} // namespace grapevine
