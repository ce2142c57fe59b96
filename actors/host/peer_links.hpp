#pragma once

#include "actors/host/host_context.hpp"
#include "actors/host/peer_link.hpp"
#include "actors/host/protocol_handler.hpp"
#include "libp2p/address/ip_address.hpp"
#include "libp2p/base/time_point.hpp"
#include "messages/links.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace grapevine {

/// What a peer's connections need of the actor that they belong to.
class links_owner {
public:
  virtual ~links_owner() = default;

  /// By the actor's clock.
  virtual time_point now() const = 0;

  /// Calls `peer_links::tick` after `delay`.
  virtual void tick_after(time_point::duration delay) = 0;

  /// The actor, as the one who is told of sockets.
  virtual socket_owner as_socket_owner() const = 0;

  /// The last connection is gone, or there is to be none.
  virtual void all_lost(const std::string& reason) = 0;
};

/// The connections to one peer: reads and writes them, keeps their deadlines,
/// and gives what happens on their streams to the protocol handlers. Knows no
/// protocol. Deadlines and the end are in `peer_links_end.cpp`.
class peer_links {
public:
  peer_links(links_owner& owner, host_context_ptr ctx, libp2p::peer_id id);

  peer_links(const peer_links&) = delete;
  peer_links& operator=(const peer_links&) = delete;

  /// Has a protocol spoken. Once `handler` is gone no member may be called.
  void add(protocol_handler& handler) { handlers_.push_back(&handler); }

  // -- messages ---------------------------------------------------------------

  void adopt(const adopt_connection& msg);
  /// Tells the peer on all connections, and on those to come. Those whose own
  /// address the machine has lost end: they would be silent for long, and the
  /// peer is to be dialled at once.
  void use(const use_addresses& msg);
  void ready(const socket_ready& msg);
  void tick();
  /// As asked to: what waits for the peer still goes.
  void disconnect(const std::string& reason);
  /// Ends all once the handlers have finished, at the latest after `deadline`.
  void stop(std::chrono::milliseconds deadline);

  /// Writes what waits and arms the sockets.
  void flush();
  /// Arms the sockets anew: what the handlers may read has changed.
  void rearm();

  // -- for the handlers, also while they are called ---------------------------

  /// Nothing if the link can have no more streams.
  std::optional<libp2p::stream_id> open(const link_ptr& link,
                                        std::vector<std::string> protocols);
  /// Ends our direction, or both; behind the report that may be under way.
  void close(const link_stream& stream);
  void reset(const link_stream& stream);
  /// Ends a connection that does not read.
  void fail_unread(const link_ptr& link);

  const std::vector<link_ptr>& all() const noexcept { return links_; }
  bool may_read() const;
  /// All addresses that the peer is connected from.
  std::vector<libp2p::ip_address> addresses() const;
  /// How many connections there ever were.
  std::size_t adopted() const noexcept { return adopted_; }
  /// When anything came last.
  time_point heard_at() const noexcept { return heard_at_; }
  bool stopping() const noexcept { return stop_by_.has_value(); }
  /// The first bytes of what the peer says that it is; nothing before it did.
  const std::string& agent() const noexcept { return agent_; }
  /// The shortest round trip of any of them.
  std::optional<std::chrono::microseconds> round_trip() const;
  /// Bytes that came and went on all of them so far.
  std::uint64_t bytes_in() const;
  std::uint64_t bytes_out() const;

private:
  class observer;

  void on(const link_stream& at, const libp2p::session_ready& event);
  void on(const link_stream& at, const libp2p::peer_identified& event);
  void on(const link_stream& at, const libp2p::stream_accepted& event);
  void on(const link_stream& at, const libp2p::stream_opened& event);
  void on(const link_stream& at, const libp2p::stream_refused& event);
  void on(const link_stream& at, const libp2p::stream_data& event);
  void on(const link_stream& at, const libp2p::stream_ended& event);
  void on(const link_stream& at, const libp2p::stream_reset& event);
  void on(const link_stream& at, const libp2p::ping_measured& event);
  void on(const link_stream& at, const libp2p::session_closed& event);

  link_ptr find(socket_id id) const;
  protocol_handler* owner_of(const link_stream& stream) const;
  void do_later(const link_stream& stream, deferred_action::kind what);
  void refuse(const adopt_connection& msg);
  void announce_on(const link_ptr& link) const;
  void probe_older();
  void note_listens(peer_link& link, const libp2p::identify_info& info);
  void warn_of_twins(const link_ptr& alive);
  void settle();
  void drop(const link_ptr& link);
  void keep_counts(const peer_link& ended);
  void end_all();
  void disconnect_now(const std::string& reason);
  void lost(const std::string& reason);
  void finish();
  void maybe_finish();
  void expire(time_point at);
  std::chrono::milliseconds write_patience() const;
  std::size_t waiting() const;
  time_point next_due(time_point at) const;
  void schedule_tick();

  links_owner& owner_;
  host_context_ptr ctx_;
  libp2p::peer_id id_;
  std::vector<protocol_handler*> handlers_;
  std::vector<link_ptr> links_;
  // Null: as connections were made with.
  std::shared_ptr<const announced_node> announced_;
  std::size_t adopted_ = 0;
  // Of connections that have ended.
  std::uint64_t ended_in_ = 0;
  std::uint64_t ended_out_ = 0;
  std::optional<time_point> tick_at_;
  // Set while the peer is being stopped.
  std::optional<time_point> stop_by_;
  time_point heard_at_;
  std::string agent_;
  bool twins_told_ = false;
};

} // namespace grapevine
