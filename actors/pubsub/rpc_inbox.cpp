#include "actors/pubsub/rpc_inbox.hpp"

#include <algorithm>

namespace grapevine {

std::string to_string(inbox_error code) {
  switch (code) {
  case inbox_error::too_large:
    return "an RPC larger than the limit";
  case inbox_error::malformed:
    return "a malformed RPC";
  case inbox_error::too_many_entries:
    return "an RPC with too many entries";
  }
  return "unknown inbox error";
}

rpc_inbox::rpc_inbox(const node_config& config, const libp2p::peer_id& from,
                     gossip::byte_budget* unfinished,
                     gossip::trace_batch* trace, unsigned stream)
    : frames_{config.max_rpc_size}, config_{&config}, from_{from},
      trace_{trace}, stream_{stream}, room_{unfinished}, kept_{unfinished} {}

void rpc_inbox::settle(time_point now) noexcept {
  const auto size = unfinished();
  if (size <= gossip::limits::unfinished_uncounted)
    return kept_.set(0);
  if (is_large() && !has_room_) {
    has_room_ = room_ == nullptr
                || room_->fullness() != gossip::byte_budget::level::full;
    // While it had to wait, it was not the peer's turn.
    if (has_room_ && waits_)
      owed_.start(now);
    waits_ = !has_room_;
  }
  kept_.set(has_room_ ? std::max(size, frames_.expected_size()) : size);
}

/// What is left of the input is the beginning of an RPC, or a further part of
/// one.
void rpc_inbox::note_rest(bool finished, time_point now) noexcept {
  if (finished)
    has_room_ = waits_ = false;
  if (!frames_.in_frame())
    owed_.stop();
  else if (finished || !owed_.running())
    owed_.start(now);
}

expected<void, inbox_error> rpc_inbox::feed(bytes_view data, time_point now,
                                            gossip::gossip_budget& budget,
                                            gossip::extension_state& extensions,
                                            std::vector<inbound_rpc>& out) {
  for (bool finished = false;; finished = true) {
    const auto frame = frames_.next(data);
    if (!frame)
      return unexpected{frame.error() == gossip::frame_error::too_large
                            ? inbox_error::too_large
                            : inbox_error::malformed};
    if (!*frame) {
      note_rest(finished, now);
      return {};
    }
    const auto decoded = proto::decode_rpc(**frame, {}, rpc_);
    if (!decoded)
      return unexpected{decoded.error() == proto::rpc_error::malformed
                            ? inbox_error::malformed
                            : inbox_error::too_many_entries};
    if (config_->inspect_rpc && !config_->inspect_rpc(from_, rpc_))
      continue;
    if (!config_->filter.apply(rpc_.subscriptions))
      continue;
    if (trace_ != nullptr)
      trace_->record([&] {
        return gossip::trace::rpc_received{
            from_, gossip::trace::meta_of(rpc_, config_->message_ids)};
      });
    const auto news = extensions.receive(rpc_, stream_);
    if (may_join(out, news)) {
      take_messages(out.back());
      continue;
    }
    out.push_back(sort(now, budget));
    out.back().news = news;
    // As a rule as many of this size follow as there are bytes; once only, lest
    // many small RPCs claim much.
    if (out.size() == 1 && !out.back().msgs.empty())
      make_room(out.back().msgs, data.size() / (**frame).size());
    if (rpc_.partial && budget.accept_partial((**frame).size(), now))
      keep_partial(**frame, out.back());
  }
}

// Of messages alone, which most RPCs are, those of one read make one: it costs
// as much as a message to pass one on. The gater draws lots for each RPC.
bool rpc_inbox::may_join(const std::vector<inbound_rpc>& out,
                         const gossip::extension_news& news) const {
  return !out.empty() && !config_->gater && out.back().only_messages()
         && rpc_.subscriptions.empty() && rpc_.control.empty() && !rpc_.partial
         && !news.misbehaved && !news.settled && !news.tested;
}

void rpc_inbox::take_messages(inbound_rpc& to) const {
  for (const auto& view : rpc_.messages)
    if (view.has_topic)
      to.msgs.push_back(
          gossip::message::copy_of(view, config_->message_ids.of(view)));
}

// The partial message is a view: the frame must outlive this call.
void rpc_inbox::keep_partial(bytes_view frame, inbound_rpc& rpc) {
  rpc.frame = std::make_shared<const bytes>(to_bytes(frame));
  if (auto again = proto::decode_rpc(*rpc.frame, {}))
    rpc.partial = again->partial;
}

inbound_rpc rpc_inbox::sort(time_point now, gossip::gossip_budget& budget) {
  inbound_rpc result;
  result.subscriptions = std::move(rpc_.subscriptions);
  result.iwant = std::move(rpc_.control.iwant);
  if (!result.iwant.empty())
    result.iwant.resize(budget.accept_iwant(result.iwant.size(), now));
  result.control = std::move(rpc_.control);
  result.control.iwant.clear();
  result.idontwant = std::exchange(result.control.idontwant, {});
  if (!result.idontwant.empty())
    result.idontwant.resize(
        budget.accept_idontwant(result.idontwant.size(), now));
  if (!result.control.ihaves.empty() && !budget.accept_ihave(now))
    result.control.ihaves.clear();
  take_messages(result);
  return result;
}

} // namespace grapevine
