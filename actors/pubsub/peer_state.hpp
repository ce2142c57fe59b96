#pragma once

#include "actors/host/peer_link.hpp"
#include "actors/pubsub/peer.hpp"
#include "actors/pubsub/peer_limits.hpp"
#include "actors/pubsub/record_gate.hpp"
#include "actors/pubsub/rpc_inbox.hpp"
#include "gossip/mesh/extensions.hpp"
#include "gossip/mesh/gossip_budget.hpp"
#include "gossip/protocol.hpp"
#include "gossip/stream/idontwant_set.hpp"
#include "gossip/stream/missed_messages.hpp"
#include "gossip/stream/send_queue.hpp"
#include "gossip/trace/trace_batch.hpp"
#include "libp2p/base/time_point.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace grapevine {

/// What the peer actor does, a member per message. Connections are links; one
/// outbound pubsub stream is kept on one of them, and all inbound ones are read
/// until they end.
class peer_state : public std::enable_shared_from_this<peer_state> {
public:
  peer_state(peer_actor::pointer self, context_ptr ctx, libp2p::peer_id id,
             peer_partners partners);

  // -- messages ---------------------------------------------------------------

  void adopt(const adopt_connection& msg);
  void ready(const socket_ready& msg);
  void queue(send_messages& msg);
  void queue(send_answers& msg);
  void queue(const send_partial& msg);
  void queue(const send_control& msg);
  void queue(const send_gossip& msg);
  void hello(const send_hello& msg);
  void stand(const set_standing& msg);
  void credit(const return_credit& msg);
  void flush();
  void tick();
  void disconnect(const std::string& reason);
  void stop(const stop_peer& msg);

  // -- what sessions report ---------------------------------------------------

  using link_ptr = std::shared_ptr<peer_link>;

  void on(const link_ptr& link, const libp2p::session_ready& event);
  void on(const link_ptr& link, const libp2p::peer_identified& event);
  void on(const link_ptr& link, const libp2p::stream_accepted& event);
  void on(const link_ptr& link, const libp2p::stream_opened& event);
  void on(const link_ptr& link, const libp2p::stream_refused& event);
  void on(const link_ptr& link, const libp2p::stream_data& event);
  void on(const link_ptr& link, const libp2p::stream_ended& event);
  void on(const link_ptr& link, const libp2p::stream_reset& event);
  void on(const link_ptr& link, const libp2p::ping_measured& event);
  void on(const link_ptr& link, const libp2p::session_closed& event);

private:
  // Greeting: open, but nothing may go before the hello.
  enum class outbound_state { none, opening, greeting, open };

  // A pubsub stream that the peer opened.
  struct inbound_stream {
    link_stream at;
    rpc_inbox inbox;
  };

  // -- links
  link_ptr find_link(socket_id id) const;
  void probe_older_links();
  void settle();
  void drop_link(const link_ptr& link);
  void lost(const std::string& reason);
  std::vector<libp2p::ip_address> addresses() const;
  void tell_addresses();
  void rearm();
  bool may_read() const noexcept;

  // -- streams
  void join(const peer_link& link, const std::string& protocol);
  void maybe_open_outbound();
  bool open_outbound(const link_ptr& link);
  void lose_outbound();
  void close_outbound();
  void note_closed();
  link_ptr better_link() const;
  void maybe_move_outbound();
  inbound_stream* find_inbound(const link_ptr& link, libp2p::stream_id id);
  const inbound_stream* inbound_on(const link_ptr& link) const;
  void lose_inbound(const inbound_stream& stream, const std::string& why);
  void refuse(const inbound_stream& stream, inbox_error why);

  // -- what arrives
  void pass_on_record(const std::optional<bytes>& record);
  void heed(const gossip::extension_news& news);
  void tell_usable();
  void dispatch_partial(const inbound_rpc& rpc);
  void dispatch(inbound_rpc& rpc);
  void dispatch_messages(inbound_rpc& rpc);
  void pass_on_messages();
  void note_unwanted(const std::vector<std::string>& ids);

  // -- what is sent
  void told(gossip::push_result result);
  void wrote(gossip::push_result result, const char* what);
  void wrote_message(gossip::push_result result, const char* what);
  void push_test_extension();
  void note_sent(bytes_view frame);
  // What did not fit, for the trace: `meta` makes it.
  template <class Meta>
  void note_dropped(gossip::push_result result, const Meta& meta);
  void push(const proto::control& ctrl);
  void push_ihave(const std::string& topic, std::span<const std::string> ids);
  void push_iwant(const std::vector<std::string>& ids);
  bool is_unwanted(const gossip::message& msg) const;

  // -- what is dropped, and what the peer owes (peer_patience.cpp)
  void note_missed(const gossip::message& msg);
  void report_dropped();
  void settle_queue();
  void tell_missed();
  void end_episode();
  void forget_queue();
  bool must_wait() const noexcept;
  void settle_inboxes();
  void give_up(const inbound_stream& stream, const char* why);
  void watch(bool read, time_point at);
  void expire();
  void expire_inboxes(time_point at);
  time_point next_due(time_point at) const;

  void schedule_flush();
  void fill();
  bool all_sent() const;
  bool may_fill() const;
  // -- the end
  void leave();
  void disconnect_now(const std::string& reason);
  void maybe_finish();
  void finish();

  void schedule_tick();

  peer_actor::pointer self_;
  context_ptr ctx_;
  libp2p::peer_id id_;
  peer_partners partners_;
  std::vector<link_ptr> links_;
  // How many connections were ever adopted.
  std::size_t adopted_ = 0;

  link_stream outbound_;
  outbound_state outbound_state_ = outbound_state::none;
  // After a loss of the outbound stream: when the next is tried, and how many
  // were lost in a row.
  std::optional<time_point> retry_at_;
  unsigned lost_outbound_ = 0;
  time_point outbound_since_;

  // In the order of their opening.
  std::vector<inbound_stream> inbounds_;
  // How many there ever were.
  unsigned accepted_ = 0;
  // Messages that this turn brought.
  std::vector<gossip::message_ptr> arrived_;

  gossip::send_queue queue_;
  gossip::trace_batch trace_{ctx_->trace};
  gossip::gossip_budget budget_;
  gossip::extension_state extensions_;
  // What the mesh manager was told.
  bool partial_usable_ = false;
  // What its next hello announces of them.
  std::optional<proto::extensions> announce_;
  // Its signed addresses.
  record_gate records_{peer_limits::record_pause};
  // What the peer said IDONTWANT of.
  gossip::idontwant_set unwanted_;
  set_standing standing_;
  // Messages dropped in this turn, as too much waits, and since messages began
  // to wait; since when that is, if they do.
  std::size_t dropped_ = 0;
  std::size_t dropped_in_all_ = 0;
  std::optional<time_point> behind_since_;
  // Those of them that it may ask for, and when it was last told of some.
  gossip::missed_messages missed_;
  std::optional<time_point> told_missed_;
  // Bytes handed to the session, and whether the peer takes what waits.
  std::uint64_t handed_ = 0;
  write_watch reads_;
  // Read, and not yet decided by the cache.
  std::size_t undecided_messages_ = 0;
  std::size_t undecided_bytes_ = 0;

  bool joined_ = false;
  bool flush_scheduled_ = false;
  // Why the peer is to be disconnected at the end of this turn.
  std::string give_up_;
  std::optional<time_point> tick_at_;
  // Set while the peer is being stopped.
  std::optional<time_point> stop_by_;
  // When the other side had all of our stream, and our end of it went out.
  std::optional<time_point> ended_at_;
  // When anything came last.
  time_point heard_at_;
  // Nothing that the peer still says counts.
  bool leaving_ = false;
  std::string last_reason_;
};

} // namespace grapevine
