#pragma once

#include "actors/node_config.hpp"
#include "gossip/mesh/extensions.hpp"
#include "gossip/mesh/gossip_budget.hpp"
#include "gossip/stream/byte_budget.hpp"
#include "gossip/stream/frame_reader.hpp"
#include "gossip/trace/trace_batch.hpp"
#include "libp2p/base/fair_timer.hpp"
#include "libp2p/base/time_point.hpp"
#include "messages/message_cache.hpp"
#include "messages/peer.hpp"

#include <optional>
#include <string>
#include <vector>

namespace grapevine {

/// One RPC of a peer, sorted by who takes care of its parts.
struct inbound_rpc {
  /// What it says of extensions (1.3).
  gossip::extension_news news;
  /// For the mesh manager.
  std::vector<proto::subscription> subscriptions;
  proto::control control;
  /// Ids of messages that the peer does not want.
  std::vector<std::string> idontwant;
  /// The same; sees `frame`.
  shared_bytes frame;
  std::optional<proto::partial_view> partial;
  /// For the message cache.
  std::vector<std::string> iwant;
  std::vector<gossip::message_ptr> msgs;

  /// How many entries are for the mesh manager.
  std::size_t mesh_entries() const noexcept {
    return subscriptions.size() + control.grafts.size() + control.prunes.size()
           + control.ihaves.size();
  }

  /// Whether there is nothing but messages.
  bool only_messages() const noexcept {
    return subscriptions.empty() && control.empty() && idontwant.empty()
           && !partial && iwant.empty() && !news.misbehaved && !news.settled
           && !news.tested;
  }
};

/// Why a pubsub stream must be reset.
enum class inbox_error {
  /// An RPC larger than our limit; the peer's may be another one.
  too_large,
  /// A frame length that is none, or an RPC that does not decode.
  malformed,
  /// An RPC with more entries than can be meant.
  too_many_entries,
};

std::string to_string(inbox_error code);

/// One inbound pubsub stream of a peer: cuts it into RPCs, decodes them within
/// bounds, and drops what exceeds the peer's budget. No actor, no socket.
class rpc_inbox {
public:
  /// `config`, `unfinished`, against which what is kept of an RPC counts, and
  /// `trace`, which is told of whole RPCs, must live as long. `stream` is the
  /// stream's number in the peer's extensions.
  rpc_inbox(const node_config& config, const libp2p::peer_id& from,
            gossip::byte_budget* unfinished,
            gossip::trace_batch* trace = nullptr, unsigned stream = 0);

  /// Takes bytes of the stream and appends whole RPCs to `out`.
  expected<void, inbox_error> feed(bytes_view data, time_point now,
                                   gossip::gossip_budget& budget,
                                   gossip::extension_state& extensions,
                                   std::vector<inbound_rpc>& out);

  /// The stream's number in the peer's extensions.
  unsigned stream() const noexcept { return stream_; }

  /// Bytes kept of an RPC that has not arrived as a whole.
  std::size_t unfinished() const noexcept { return frames_.buffered(); }

  /// Bytes that this RPC will have as a whole; 0 between RPCs.
  std::size_t expected_size() const noexcept { return frames_.expected_size(); }

  /// Since when such an RPC is owed: from its first byte on, without the time
  /// in which it is excused, as this side does not read.
  const libp2p::fair_timer& owed() const noexcept { return owed_; }
  void excuse(bool on, time_point now) noexcept { owed_.excuse(on, now); }

  /// To be called at the end of a turn: what is kept now counts. A large RPC
  /// counts as a whole from when there is room for it, so that it can end
  /// whatever others begin; until then it waits, and is not to be read on.
  void settle(time_point now) noexcept;
  bool waits_for_room() const noexcept { return waits_; }

  /// Whether a large RPC has begun that has its room.
  bool has_room() const noexcept { return has_room_; }

  /// Whether what is kept is more than every peer may have.
  bool is_large() const noexcept {
    return unfinished() > gossip::limits::unfinished_share;
  }

private:
  void note_rest(bool finished, time_point now) noexcept;
  static void keep_partial(bytes_view frame, inbound_rpc& rpc);
  inbound_rpc sort(time_point now, gossip::gossip_budget& budget);
  bool may_join(const std::vector<inbound_rpc>& out,
                const gossip::extension_news& news) const;
  void take_messages(inbound_rpc& to) const;

  gossip::frame_reader frames_;
  const node_config* config_;
  libp2p::peer_id from_;
  gossip::trace_batch* trace_;
  unsigned stream_;
  // The one at hand; kept for its memory.
  proto::rpc rpc_;
  libp2p::fair_timer owed_;
  gossip::byte_budget* room_;
  gossip::budget_share kept_;
  bool has_room_ = false;
  bool waits_ = false;
};

} // namespace grapevine
