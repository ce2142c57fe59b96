#include "actors/pubsub/peer.hpp"

#include "actors/host/peer_links.hpp"
#include "actors/pubsub/peer_pubsub.hpp"

#include <utility>

namespace grapevine {

namespace {

/// One remote peer: its connections, and what is spoken on them.
class peer_state : public links_owner {
public:
  peer_state(peer_actor::pointer self, context_ptr ctx, libp2p::peer_id id,
             peer_partners partners)
      : self_{self}, id_{id}, keeper_{partners.keeper},
        counts_{partners.counts}, links{*this, ctx, id},
        pubsub{self, std::move(ctx), id, std::move(partners), links} {
    links.add(pubsub);
  }

  // -- links_owner ------------------------------------------------------------

  time_point now() const override { return grapevine::now(self_); }

  void tick_after(time_point::duration delay) override {
    tell_self_later(self_, delay, peer_tick{});
  }

  socket_owner as_socket_owner() const override { return peer_actor{self_}; }

  void all_lost(const std::string& reason) override {
    if (links.stopping())
      return end();
    tell(self_, keeper_,
         peer_lost{id_, links.adopted(), reason, pubsub.used()});
  }

  void tell_counts(const grapevine::tell_counts& msg) {
    auto counts = pubsub.take_counts();
    counts.answer = msg.question.answered(now());
    tell(self_, msg.to, counts);
  }

  peer_details inspect() const {
    auto details = pubsub.inspect();
    details.agent = links.agent();
    details.round_trip = links.round_trip();
    return details;
  }

private:
  // What it has counted outlives it.
  void end() {
    if (counts_)
      tell(self_, counts_, pubsub.take_counts());
    self_->quit();
  }

  peer_actor::pointer self_;
  libp2p::peer_id id_;
  peer_keeper keeper_;
  counts_sink counts_;

public:
  peer_links links;
  peer_pubsub pubsub;
};

peer_actor::behavior_type peer(peer_actor::pointer self, const context_ptr& ctx,
                               const libp2p::peer_id& id,
                               const peer_partners& partners) {
  auto state = std::make_shared<peer_state>(self, ctx, id, partners);
  return {
      [state](const socket_ready& msg) { state->links.ready(msg); },
      [state](const adopt_connection& msg) { state->links.adopt(msg); },
      [state](const use_addresses& msg) { state->links.use(msg); },
      [state](flush_output) { state->links.flush(); },
      [state](peer_tick) { state->links.tick(); },
      [state](const disconnect_peer& msg) {
        state->links.disconnect(msg.reason);
      },
      [state](const stop_peer& msg) { state->links.stop(msg.deadline); },
      [state](send_messages& msg) { state->pubsub.queue(msg); },
      [state](const send_run& msg) { state->pubsub.queue(msg); },
      [state](send_answers& msg) { state->pubsub.queue(msg); },
      [state](const send_partial& msg) { state->pubsub.queue(msg); },
      [state](const send_control& msg) { state->pubsub.queue(msg); },
      [state](const send_gossip& msg) { state->pubsub.queue(msg); },
      [state](const send_hello& msg) { state->pubsub.hello(msg); },
      [state](const set_standing& msg) { state->pubsub.stand(msg); },
      [state](const return_credit& msg) { state->pubsub.credit(msg); },
      [state](const tell_counts& msg) { state->tell_counts(msg); },
      [state](inspect_peer) { return state->inspect(); },
  };
}

} // namespace

peer_actor spawn_peer(caf::actor_system& sys, context_ptr ctx,
                      libp2p::peer_id id, peer_partners partners) {
  return sys.spawn(peer, std::move(ctx), id, std::move(partners));
}

} // namespace grapevine
