#pragma once

#include "actors/context.hpp"
#include "actors/host/peer_links.hpp"
#include "actors/host/protocol_handler.hpp"
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

/// The peer's pubsub: one outbound stream is kept on one of its connections,
/// and all inbound ones are read until they end.
///
/// Of its members those about streams and what arrives are in
/// `peer_streams.cpp`, what is sent in `peer_output.cpp`, what is dropped and
/// waited for in `peer_patience.cpp`, the rest in `peer_pubsub.cpp`.
class peer_pubsub : public protocol_handler {
public:
  peer_pubsub(peer_actor::pointer self, context_ptr ctx, libp2p::peer_id id,
              peer_partners partners, peer_links& links);

  // -- messages ---------------------------------------------------------------

  void queue(send_messages& msg);
  void queue(const send_run& msg);
  void queue(send_answers& msg);
  void queue(const send_partial& msg);
  void queue(const send_control& msg);
  void queue(const send_gossip& msg);
  void hello(const send_hello& msg);
  void stand(const set_standing& msg);
  void credit(const return_credit& msg);

  /// What was counted since this was last called.
  peer_counts take_counts();

  /// Which protocol is spoken, and what waits; the rest others know.
  peer_details inspect() const;

  /// Whether the peer ever had a stream of pubsub.
  bool used() const noexcept { return used_; }

  // -- protocol_handler -------------------------------------------------------

  bool speaks(std::string_view protocol) const override;
  bool owns(const link_stream& stream) const override;
  void accepted(const link_stream& stream,
                const std::string& protocol) override;
  void opened(const link_stream& stream, const std::string& protocol) override;
  void refused(const link_stream& stream) override;
  void data(const link_stream& stream, bytes_view data) override;
  void ended(const link_stream& stream) override;
  void reset(const link_stream& stream) override;
  void link_added(const link_ptr& link) override;
  void link_lost(const link_ptr& link) override;
  void identified(const libp2p::identify_info& info) override;
  void leaving() override;
  void all_lost() override;
  bool may_read() const noexcept override;
  bool fill(const link_ptr& link) override;
  std::size_t waiting() const override;
  std::chrono::milliseconds write_patience() const override;
  void settle() override;
  std::optional<std::string> before_write() override;
  void after_write() override;
  void note_reading(bool on, time_point at) override;
  void tick(time_point at) override;
  time_point next_due(time_point at) const override;
  bool finished(time_point at) override;

private:
  // Greeting: open, but nothing may go before the hello.
  enum class outbound_state { none, opening, greeting, open };

  // A pubsub stream that the peer opened.
  struct inbound_stream {
    link_stream at;
    rpc_inbox inbox;
  };

  // -- streams
  void tell_addresses();
  void join(const peer_link& link, const std::string& protocol);
  void leave();
  bool refused_on(const link_ptr& link) const;
  void maybe_open_outbound();
  bool open_outbound(const link_ptr& link);
  void lose_outbound();
  void tell_of_reset(const peer_link& link);
  void close_outbound();
  void note_closed();
  link_ptr better_link() const;
  void maybe_move_outbound();
  inbound_stream* find_inbound(const link_stream& stream);
  const inbound_stream* inbound_on(const link_ptr& link) const;
  void lose_inbound(const inbound_stream& stream, const std::string& why);
  void refuse(const inbound_stream& stream, inbox_error why);

  // -- what arrives
  void pass_on_record(const std::optional<bytes>& record);
  void accept(const gossip::extension_news& news);
  void tell_usable();
  void dispatch_partial(const inbound_rpc& rpc);
  void dispatch(inbound_rpc& rpc);
  void dispatch_messages(inbound_rpc& rpc);
  void pass_on_messages();
  void note_unwanted(const std::vector<std::string>& ids);
  void count(const inbound_rpc& rpc);

  // -- what is sent
  // What came of what must reach the peer, of what may be dropped, and of a
  // message.
  void reliable(gossip::push_result result);
  void droppable(gossip::push_result result, const char* what);
  void note_message(gossip::push_result result, const char* what);
  void push_test_extension();
  void note_sent(bytes_view frame);
  // What did not fit, for the trace: `meta` makes it.
  template <class Meta>
  void note_dropped(gossip::push_result result, const Meta& meta);
  // Counts what was queued of what an RPC can have.
  gossip::push_result counted(rpc_part part, gossip::push_result result);
  void push(const proto::control& ctrl);
  bool push_shared(std::span<const gossip::ihave_part> parts);
  void push_ihave(const std::string& topic, std::span<const std::string> ids);
  void push_iwant(const std::vector<std::string>& ids);
  bool is_unwanted(const gossip::message& msg) const;
  bool takes_whole(const send_run& msg) const;
  void schedule_flush();
  void fill_outbound();
  bool all_sent() const;
  bool may_fill() const;

  // -- what is dropped, and what the peer owes
  void note_missed(const gossip::message& msg);
  void report_dropped();
  void settle_queue();
  void tell_missed();
  void end_episode();
  void forget_queue();
  bool must_wait() const noexcept;
  void settle_inboxes();
  void give_up(const inbound_stream& stream, const char* why);
  void expire(time_point at);
  void expire_inboxes(time_point at);

  peer_actor::pointer self_;
  context_ptr ctx_;
  libp2p::peer_id id_;
  peer_partners partners_;
  peer_links& links_;

  link_stream outbound_;
  outbound_state outbound_state_ = outbound_state::none;
  // What is spoken: on our own stream, or else on one of theirs.
  std::optional<gossip::version> spoken_;
  // After a loss of the outbound stream: when the next is tried, and how many
  // were lost in a row.
  std::optional<time_point> retry_at_;
  unsigned lost_outbound_ = 0;
  // The log says once that it was reset.
  bool reset_told_ = false;
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
  // All that was counted; what of it was told.
  rpc_counts rpc_in_;
  rpc_counts rpc_out_;
  peer_totals told_;
  // Bytes handed to the session, and whether the peer takes what waits.
  std::uint64_t handed_ = 0;
  write_watch reads_;
  // Read, and not yet decided by the cache.
  std::size_t undecided_messages_ = 0;
  std::size_t undecided_bytes_ = 0;

  bool joined_ = false;
  bool used_ = false;
  bool flush_scheduled_ = false;
  // Why the peer is to be disconnected at the end of this turn.
  std::string give_up_;
  // When the other side had all of our stream, and our end of it went out.
  std::optional<time_point> ended_at_;
  // Nothing that the peer still says counts.
  bool leaving_ = false;
};

} // namespace grapevine
