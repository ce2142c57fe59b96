#include "actors/rpc_inbox.hpp"

namespace grapevine {

rpc_inbox::rpc_inbox(const node_config& config, const libp2p::peer_id& from,
                     gossip::trace_batch* trace)
    : frames_{config.max_rpc_size}, config_{&config}, from_{from}, trace_{
                                                                       trace} {}

expected<void, std::string> rpc_inbox::feed(bytes_view data,
                                            libp2p::time_point now,
                                            gossip::gossip_budget& budget,
                                            gossip::extension_state& extensions,
                                            std::vector<inbound_rpc>& out) {
  for (;;) {
    const auto frame = frames_.next(data);
    if (!frame)
      return unexpected{
          std::string{frame.error() == gossip::frame_error::too_large
                          ? "an RPC larger than the limit"
                          : "a malformed frame length"}};
    if (!*frame)
      return {};
    // The messages stay views into this copy until the cache keeps them.
    auto owned = std::make_shared<const bytes>(to_bytes(**frame));
    auto rpc = proto::decode_rpc(*owned, {});
    if (!rpc)
      return unexpected{std::string{rpc.error() == proto::rpc_error::malformed
                                        ? "a malformed RPC"
                                        : "an RPC with too many entries"}};
    if (config_->inspect_rpc && !config_->inspect_rpc(from_, *rpc))
      continue;
    if (!config_->filter.apply(rpc->subscriptions))
      continue;
    if (trace_ != nullptr)
      trace_->record([&] {
        return gossip::trace::rpc_received{
            from_, gossip::trace::meta_of(*rpc, config_->message_ids)};
      });
    const auto news = extensions.receive(*rpc);
    out.push_back(sort(std::move(*rpc), std::move(owned), now, budget));
    out.back().news = news;
  }
}

inbound_rpc rpc_inbox::sort(proto::rpc rpc, shared_bytes frame,
                            libp2p::time_point now,
                            gossip::gossip_budget& budget) const {
  inbound_rpc result;
  result.subscriptions = std::move(rpc.subscriptions);
  result.iwant = std::move(rpc.control.iwant);
  if (!result.iwant.empty())
    result.iwant.resize(budget.accept_iwant(result.iwant.size(), now));
  result.control = std::move(rpc.control);
  result.control.iwant.clear();
  result.idontwant = std::exchange(result.control.idontwant, {});
  if (!result.idontwant.empty())
    result.idontwant.resize(
        budget.accept_idontwant(result.idontwant.size(), now));
  if (!result.control.ihaves.empty() && !budget.accept_ihave(now))
    result.control.ihaves.clear();
  for (const auto& view : rpc.messages)
    if (view.has_topic)
      result.msgs.push_back({view, config_->message_ids.of(view)});
  if (rpc.partial && budget.accept_partial(frame->size(), now))
    result.partial = rpc.partial;
  if (!result.msgs.empty() || result.partial)
    result.frame = std::move(frame);
  return result;
}

} // namespace grapevine
