#include "actors/host/listener.hpp"

#include "actors/host/address_group.hpp"
#include "actors/host/connector.hpp"
#include "actors/host/handshake_gate.hpp"
#include "actors/log_limit.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

namespace grapevine {

namespace {

// Connections accepted in one turn, so that others get theirs.
constexpr std::size_t accept_batch = 64;

// Without a free descriptor nothing is gained by asking at once again.
constexpr std::chrono::milliseconds accept_pause{200};

// Between two warnings that there is none.
constexpr std::chrono::seconds warning_pause{60};

bool out_of_descriptors(int code) {
  return code == EMFILE || code == ENFILE || code == ENOBUFS || code == ENOMEM;
}

handshake_gate::options gate_options(const host_settings& settings) {
  return {settings.max_handshakes, settings.max_handshakes_per_address,
          settings.connections_per_second};
}

// A connector that has died says nothing of why.
handshake_failure failure_of(const caf::error& why) {
  const auto category =
      caf::make_error(handshake_failure::other, std::string{}).category();
  return why.category() == category ? static_cast<handshake_failure>(why.code())
                                    : handshake_failure::other;
}

class listener_state {
public:
  listener_state(listener_actor::pointer self, host_context_ptr ctx,
                 stream_listener_ptr from, connection_sink sink)
      : self_{self}, ctx_{std::move(ctx)}, sink_{std::move(sink)},
        address_{from->address()},
        handshakes_{self,
                    [this](const caf::actor_addr& who, const caf::error& why) {
                      handshake_ended(who, why);
                    }},
        listener_{std::move(from)}, gate_{gate_options(ctx_->settings)},
        rules_{ctx_->networks} {
    listener_->watch(ctx_->reactor, listener_actor{self});
  }

  void ready(const socket_ready& msg) {
    if (msg.id == listener_->id())
      return accept();
    if (const auto one = find_silent(msg.id); one != attempts_.end())
      first_bytes(one, msg);
  }

  void resume() {
    if (resume_at_ && *resume_at_ <= now(self_))
      resume_at_.reset();
    if (std::exchange(paused_, false))
      accept();
  }

  void use(const use_networks& msg) { rules_ = msg.rules; }

  // Handshakes under way tell what held before; whoever has the connection then
  // corrects that.
  void use(const use_addresses& msg) {
    auto next = std::make_shared<host_context>(*ctx_);
    next->addresses = msg.announced->addresses;
    next->signed_record = msg.announced->signed_record;
    ctx_ = std::move(next);
  }

  void tell_counts(const tell_host_counts& msg) {
    counts_.answer = msg.question.answered(now(self_));
    tell(self_, msg.to, std::exchange(counts_, {}));
  }

  // What it has counted outlives it.
  void close() {
    give_up_handshakes();
    tell(self_, sink_, std::exchange(counts_, {}));
    self_->quit();
  }

  void give_up_handshakes() {
    for (const auto& [id, one] : attempts_)
      if (one.connector)
        tell(self_, one.connector, close_transport{});
  }

  // Those that have said nothing in time, or whose time for the handshake is
  // over. The latter are told, and say so when they have ended.
  void end_overdue() {
    const auto at = now(self_);
    if (watched_until_ && *watched_until_ <= at)
      watched_until_.reset();
    for (auto i = attempts_.begin(); i != attempts_.end();) {
      const auto one = i++;
      if (one->second.told || one->second.until > at)
        continue;
      if (!one->second.connector) {
        ++counts_.failed[handshake_failure::silent];
        note(one->second.from, "no first bytes in time");
        end(one);
      } else {
        one->second.told = true;
        tell(self_, one->second.connector, attempt_timeout{});
      }
    }
    auto next = time_point::max();
    for (const auto& [id, one] : attempts_)
      if (!one.told)
        next = std::min(next, one.until);
    watch_deadline(next);
    after_end();
  }

private:
  /// A connection that is not yet authenticated.
  struct attempt {
    libp2p::multiaddr from;
    time_point since;
    time_point until;
    // Until its first bytes come. So whoever says nothing costs no more.
    byte_stream_ptr stream;
    // From then on.
    connector_actor connector;
    bool told = false;
  };
  // In the order in which they were accepted.
  using attempts = std::map<handshake_gate::key, attempt>;

  void accept() {
    for (std::size_t i = 0; i < accept_batch; ++i) {
      if (!gate_.has_room(now(self_)))
        return pause(gate_.room_at());
      auto one = listener_->accept();
      if (one)
        welcome(std::move(*one));
      else if (!go_on_after(one.error()))
        return;
    }
    listener_->arm();
  }

  // One timer is enough, however often it is asked for.
  void pause(time_point until) {
    paused_ = true;
    if (resume_at_ && *resume_at_ <= until)
      return;
    resume_at_ = until;
    tell_self_at(until, resume_accepting{});
  }

  template <class T>
  void tell_self_at(time_point when, T msg) {
    tell_self_later(self_, std::max(when - now(self_), time_point::duration{0}),
                    msg);
  }

  // There may be room again.
  void after_end() {
    if (paused_ && !short_ && gate_.has_room(now(self_)))
      resume();
  }

  // -- handshakes -------------------------------------------------------------

  void welcome(accepted_stream accepted) {
    using answer = handshake_gate::answer;
    const auto at = now(self_);
    short_ = false;
    const auto id = ++last_id_;
    auto& from = accepted.from;
    // Closed unread, and in no table.
    if (rules_ && !rules_->allows(from))
      return refuse(refusal_cause::network, from,
                    "there may be no connections from its network");
    const auto decision = gate_.enter(id, address_group(from), at);
    if (decision.what == answer::too_many)
      return refuse(refusal_cause::address_handshakes, from,
                    "its address has too many handshakes under way");
    if (decision.what == answer::too_often)
      return refuse(refusal_cause::address_rate, from,
                    "its address connects too often");
    if (decision.instead)
      displace(*decision.instead);
    attempt one{std::move(from), at, at, std::move(accepted.stream), {}, false};
    if (one.stream->peek() == io_status::done)
      shake_hands(id, attempts_.emplace(id, std::move(one)).first->second);
    else
      wait_for_bytes(id, std::move(one));
  }

  void wait_for_bytes(handshake_gate::key id, attempt one) {
    try {
      one.stream->assign(listener_actor{self_});
    } catch (const std::system_error& e) {
      gate_.ended(id);
      ++counts_.failed[handshake_failure::other];
      return note(one.from, e.what());
    }
    const auto& limits = ctx_->session->limits;
    one.until += std::min(limits.first_bytes_timeout, limits.handshake_timeout);
    watch_deadline(one.until);
    silent_.emplace(one.stream->id(), id);
    attempts_.emplace(id, std::move(one));
  }

  void first_bytes(attempts::iterator one, const socket_ready& msg) {
    auto& [id, waiting] = *one;
    const auto found =
        msg.readable ? waiting.stream->peek() : io_status::would_block;
    if (found == io_status::would_block)
      return waiting.stream->arm(true, false);
    if (found != io_status::done) {
      ++counts_.failed[handshake_failure::closed];
      note(waiting.from, "closed without a word");
      end(one);
      return after_end();
    }
    silent_.erase(msg.id);
    shake_hands(id, waiting);
  }

  void shake_hands(handshake_gate::key id, attempt& one) {
    gate_.spoke(id);
    one.until = one.since + ctx_->session->limits.handshake_timeout;
    watch_deadline(one.until);
    one.connector = spawn_acceptor(self_->system(), ctx_, std::move(one.stream),
                                   one.from, sink_);
    handshakes_.watch(one.connector);
  }

  // Another one takes its place.
  void displace(handshake_gate::key id) {
    const auto one = attempts_.find(id);
    if (one == attempts_.end())
      return;
    refuse(refusal_cause::displaced, one->second.from,
           "others wait, and it has not finished");
    if (one->second.connector)
      tell(self_, one->second.connector, close_transport{});
    end(one);
  }

  void end(attempts::iterator one) {
    gate_.ended(one->first);
    if (one->second.stream)
      silent_.erase(one->second.stream->id());
    attempts_.erase(one);
  }

  // Also of those that were displaced, which are gone by then.
  void handshake_ended(const caf::actor_addr& who, const caf::error& why) {
    const auto one = std::ranges::find_if(attempts_, [&](const auto& entry) {
      return entry.second.connector && entry.second.connector.address() == who;
    });
    if (one == attempts_.end())
      return;
    if (why) {
      ++counts_.failed[failure_of(why)];
      note_failure(one->second.from, reason_of(why));
    }
    end(one);
    after_end();
  }

  attempts::iterator find_silent(socket_id id) {
    const auto found = silent_.find(id);
    return found == silent_.end() ? attempts_.end()
                                  : attempts_.find(found->second);
  }

  // One timer for all, for the earliest.
  void watch_deadline(time_point next) {
    if (next == time_point::max()
        || (watched_until_ && *watched_until_ <= next))
      return;
    watched_until_ = next;
    tell_self_at(next, attempt_timeout{});
  }

  void refuse(refusal_cause cause, const libp2p::multiaddr& from,
              std::string_view why) {
    ++counts_.refused[cause];
    note(from, why);
  }

  // A connection was refused, or did not become one: a stranger's doing.
  void note(const libp2p::multiaddr& from, std::string_view why) {
    if (!ctx_->log->should_log(spdlog::level::debug))
      return;
    if (const auto left_out = log_limit_.next(now(self_)))
      ctx_->log->debug("inbound connection ended: {} addr={} left_out={}", why,
                       from.to_text(), *left_out);
  }

  // Somebody tried who may mean well: seldom enough said to be read.
  void note_failure(const libp2p::multiaddr& from, const std::string& why) {
    constexpr std::string_view beginning = "the handshake failed: ";
    if (const auto left_out = failure_limit_.next(now(self_)))
      ctx_->log->info("inbound connection ended: {}{} addr={} left_out={}",
                      why.starts_with(beginning) ? "" : beginning, why,
                      from.to_text(), *left_out);
  }

  // -- trouble ----------------------------------------------------------------

  // Whether to accept further; arms the socket or a timer if not.
  bool go_on_after(int code) {
    if (code == EAGAIN || code == EWOULDBLOCK) {
      short_ = false;
      listener_->arm();
      return false;
    }
    if (out_of_descriptors(code)) {
      go_short(code);
      return false;
    }
    if (code == EBADF || code == EINVAL || code == ENOTSOCK) {
      tell(self_, sink_, listener_failed{address_, std::strerror(code)});
      // Nobody would look after their deadlines.
      close();
      return false;
    }
    // The connection broke before it was accepted: the next one may be fine.
    return true;
  }

  void go_short(int code) {
    const auto at = now(self_);
    ++counts_.refused[refusal_cause::descriptors];
    if (!warned_ || at - *warned_ >= warning_pause) {
      warned_ = at;
      ctx_->log->warn("not accepting connections while there are too few free "
                      "descriptors: {} addr={}; allow more open files, or "
                      "fewer peers",
                      std::strerror(code), address_.to_text());
    }
    short_ = true;
    pause(at + accept_pause);
  }

  listener_actor::pointer self_;
  host_context_ptr ctx_;
  connection_sink sink_;
  libp2p::multiaddr address_;
  down_watch<listener_actor::base> handshakes_;
  stream_listener_ptr listener_;
  handshake_gate gate_;
  handshake_gate::key last_id_ = 0;
  attempts attempts_;
  // Those whose first bytes have not come, by socket.
  std::map<socket_id, handshake_gate::key> silent_;
  // When the earliest timer goes off.
  std::optional<time_point> watched_until_;
  // Whether room is waited for instead of the socket, and whether that of
  // descriptors; when a timer goes off; when that was last said.
  bool paused_ = false;
  bool short_ = false;
  std::optional<time_point> resume_at_;
  std::optional<time_point> warned_;
  log_limit log_limit_;
  log_limit failure_limit_{1};
  // Null: from anywhere.
  network_rules_ptr rules_;
  // Since it was last told.
  host_counts counts_;
};

listener_actor::behavior_type
listener(listener_actor::pointer self, const host_context_ptr& ctx,
         const std::shared_ptr<stream_listener_ptr>& from,
         const connection_sink& sink) {
  auto state =
      std::make_shared<listener_state>(self, ctx, std::move(*from), sink);
  return {
      [state](const socket_ready& msg) { state->ready(msg); },
      [state](resume_accepting) { state->resume(); },
      [state](const use_networks& msg) { state->use(msg); },
      [state](const use_addresses& msg) { state->use(msg); },
      [state](const attempt_timeout&) { state->end_overdue(); },
      [state](close_transport) { state->close(); },
      [state](const tell_host_counts& msg) { state->tell_counts(msg); },
  };
}

} // namespace

listener_actor spawn_listener(caf::actor_system& sys, host_context_ptr ctx,
                              stream_listener_ptr from, connection_sink sink) {
  return sys.spawn(listener, std::move(ctx),
                   std::make_shared<stream_listener_ptr>(std::move(from)),
                   std::move(sink));
}

} // namespace grapevine
