#include "actors/node/node_state.hpp"

#include <chrono>

// The peers that names have: when a name is looked up, and who is kept for it.

namespace grapevine {

using libp2p::found_addresses;
using libp2p::multiaddr;
using libp2p::peer_id;

namespace {

// A chain of names, of which each server is silent for some rounds.
constexpr std::chrono::minutes lookup_patience{5};

} // namespace

void node_state::start_resolver() {
  resolver_ =
      parts_.resolver(self_->system(), {ctx_->reactor,
                                        {.servers = config_.dns_servers},
                                        ctx_->transports.kinds()});
  downs_.watch(resolver_);
}

// What it was asked it has answered with an error.
void node_state::resolver_ended(const std::string& why) {
  ctx_->log->error("the resolver has died: {}; restarted", why);
  start_resolver();
  use_networks_of(config_);
}

void node_state::look_up_names() {
  names_at_.reset();
  if (phase_ != phase::running)
    return;
  for (const auto& name : names_.due(now(self_)))
    ask(self_, resolver_, lookup_patience, resolve_address{name})
        .then(
            [this, name](const address_resolved& msg) {
              name_answered(name, msg.found);
            },
            [this, name](const caf::error& why) {
              found_addresses none;
              none.error = reason_of(why);
              name_answered(name, none);
            });
  look_up_names_later();
}

void node_state::look_up_names_later() {
  const auto next = names_.next();
  if (!next || (names_at_ && *names_at_ <= *next))
    return;
  names_at_ = next;
  const auto at = now(self_);
  tell_self_later(self_, *next > at ? *next - at : time_point::duration{0},
                  names_due{});
}

void node_state::name_answered(const multiaddr& name,
                               const found_addresses& found) {
  if (phase_ != phase::running)
    return;
  const auto result = names_.answered(name, found, now(self_), rng_);
  if (result.news)
    ctx_->log->log(result.good ? spdlog::level::info : spdlog::level::warn,
                   "{} name={}", *result.news, name.to_text());
  use_names(result.what);
}

void node_state::use_names(const named_peers::changes& what) {
  for (const auto& address : what.drop) {
    ctx_->log->debug("no longer kept addr={}", address.to_text());
    kept_.forget_named(address);
  }
  for (const auto& address : what.keep) {
    if (kept_.add(address, kept_peers::wish::named))
      redial({address});
    else if (const auto peer = kept_.peer_at(address))
      kept_led_to(address, *peer);
  }
  look_up_names_later();
}

void node_state::kept_led_to(const multiaddr& address, const peer_id& peer) {
  kept_.connected(address, peer);
  use_names(names_.connected(address, peer, now(self_), rng_));
}

void node_state::forget_kept(const multiaddr& address) {
  if (libp2p::names_peers(address))
    use_names(names_.forget(address));
  else
    kept_.forget(address);
}

// One that was given, too, is still dialled: somebody wants it.
void node_state::leave_out_self(const multiaddr& address) {
  if (!names_.keeps(address))
    return;
  ctx_->log->info("a name has this node, too: its own address is left out "
                  "addr={}",
                  address.to_text());
  use_names(names_.leave_out(address, now(self_), rng_));
}

} // namespace grapevine
