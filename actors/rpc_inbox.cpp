#include "actors/rpc_inbox.hpp"

namespace grapevine {

rpc_inbox::rpc_inbox(std::size_t max_rpc_size,
                     gossip::message_id_function id_of)
    : frames_{max_rpc_size}, id_of_{std::move(id_of)} {}

expected<void, std::string> rpc_inbox::feed(bytes_view data,
                                            libp2p::time_point now,
                                            gossip::gossip_budget& budget,
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
    out.push_back(sort(std::move(*rpc), std::move(owned), now, budget));
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
  // Of protocol versions that we do not offer.
  result.control.idontwant.clear();
  result.control.ext.reset();
  result.control.iwant.clear();
  if (!result.control.ihaves.empty() && !budget.accept_ihave(now))
    result.control.ihaves.clear();
  for (const auto& view : rpc.messages)
    if (view.has_topic)
      result.msgs.push_back({view, gossip::message_id{id_of_(view)}});
  if (!result.msgs.empty())
    result.frame = std::move(frame);
  return result;
}

} // namespace grapevine
