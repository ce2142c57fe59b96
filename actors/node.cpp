#include "actors/node.hpp"

#include "actors/host/descriptors.hpp"
#include "actors/host/usable_memory.hpp"
#include "actors/node/empty_handles.hpp"
#include "actors/node/node_front.hpp"
#include "actors/node/node_state.hpp"
#include "actors/trace/tracer.hpp"
#include "gossip/cache/cache_sizes.hpp"
#include "libp2p/address/dial_plan.hpp"

namespace grapevine {

namespace {

using libp2p::multiaddr;

std::shared_ptr<const libp2p::session_config>
session_config_of(const node_config& config) {
  auto result =
      std::make_shared<libp2p::session_config>(libp2p::make_session_config(
          config.identity, random_seed, wall_time, config.security));
  result->network = config.network_key;
  result->limits = config.session;
  // The largest RPC must fit behind what waits already.
  result->limits.max_buffered =
      std::max(result->limits.max_buffered, 2 * config.max_rpc_size);
  for (const auto version : gossip::offered_versions())
    result->inbound_protocols.emplace_back(gossip::protocol_id(version));
  result->agent_version = config.agent_version;
  result->protocol_version = "ipfs/0.1.0";
  return result;
}

node_internal_actor::behavior_type node(node_internal_actor::pointer self,
                                        const node_config& config,
                                        const node_parts& parts) {
  auto state = std::make_shared<node_state>(self, config, parts);
  return {
      [state](const connection_established& msg) { state->established(msg); },
      [state](const dial_failed& msg) { state->failed(msg); },
      [state](const listener_failed& msg) { state->listener_lost(msg); },
      [state](interfaces_changed) { state->look_at_addresses(); },
      [state](const peers_found& msg) { state->found(msg); },
      [state](const peer_lost& msg) { state->lost(msg); },
      [state](start_node) { return state->start(); },
      [state](const change_settings& msg) { return state->change(msg); },
      [state](publish_message& msg) { return state->publish(msg); },
      [state](publish_batch& msg) { return state->publish(msg); },
      [state](const relay_topic& msg) { return state->relay(msg); },
      [state](const set_partial_topic& msg) { return state->partial(msg); },
      [state](const publish_partial& msg) { return state->partial(msg); },
      [state](const set_direct_peer& msg) { return state->direct(msg); },
      [state](const block_peer& msg) { return state->ban(msg); },
      [state](const allow_peer& msg) { return state->allow(msg); },
      [state](const set_validation& msg) { return state->validation(msg); },
      [state](const set_application_score& msg) { return state->score(msg); },
      [state](const set_topic_score& msg) { return state->score(msg); },
      [state](inspect_scores) { return state->scores(); },
      [state](const subscribe_topic& msg) { return state->subscribe(msg); },
      [state](const unsubscribe_topic& msg) { return state->unsubscribe(msg); },
      [state](const request_messages& msg) { return state->request(msg); },
      [state](const connect_peer& msg) { return state->connect(msg); },
      [state](const keep_connected& msg) { return state->keep(msg); },
      [state](const redial_peer& msg) { state->redial(msg); },
      [state](names_due) { state->look_up_names(); },
      [state](const disconnect_from& msg) { return state->disconnect(msg); },
      [state](const await_peers& msg) { return state->await(msg); },
      [state](inspect_node) { return state->inspect(); },
      [state](inspect_peers) { return state->inspect_all_peers(); },
      [state](inspect_metrics) { return state->metrics(); },
      [state](const tell_counts& msg) { state->tell_counts(msg); },
      [state](const host_counts& msg) { state->pass_on(msg); },
      [state](const watch_node& msg) { return state->watch(msg); },
      [state](const unwatch_node& msg) { return state->unwatch(msg); },
      [state](const node_events& msg) { state->events(msg); },
      [state](const connect_offered& msg) { state->offered(msg); },
      [state](const reopen_listener& msg) { state->reopen(msg); },
      [state](trim_peers) { state->trim(); },
      [state](store_peers) { state->write_down_peers(); },
      [state](look_for_peers) { state->look_for_known(); },
      [state](stop_expired) { state->stop_expired_now(); },
      [state](const stop_node& msg) { return state->stop(msg); },
  };
}

} // namespace

node_actor spawn_node(caf::actor_system& sys, node_config config) {
  const node_settings settings = config;
  return spawn_node_front(sys, spawn_node(sys, std::move(config), {}),
                          settings);
}

node_internal_actor spawn_node(caf::actor_system& sys, node_config config,
                               node_parts parts) {
  require_global_meta_objects();
  return sys.spawn(node, std::move(config), std::move(parts));
}

node_state::node_state(node_internal_actor::pointer self, node_config config,
                       node_parts parts)
    : self_{self}, config_{std::move(config)}, parts_{std::move(parts)},
      rng_{random_number()}, downs_{self,
                                    [this](const caf::actor_addr& who,
                                           const caf::error& why) {
                                      someone_ended(who, why);
                                    }},
      kept_{config_.redial_min, config_.redial_max},
      names_{named_peers_options{.per_name = config_.peers_per_name}},
      slots_{slot_options()}, blocked_{config_.blocked_peers.begin(),
                                       config_.blocked_peers.end()},
      allowed_{config_.allowed_peers}, seqnos_{wall_clock_ns()} {
  if (config_.policy == gossip::signing_policy::strict_sign)
    signer_.emplace(config_.identity);
  if (!config_.log)
    config_.log = spdlog::default_logger();
}

node_state::~node_state() {
  // Also one that died has an answer.
  requests_.fail_all(not_running());
  if (ctx_ && phase_ != phase::ended)
    end_partners();
  if (stopped_)
    stopped_->deliver(not_running());
}

// -- start --------------------------------------------------------------------

caf::result<node_started> node_state::start() {
  if (phase_ != phase::made)
    return caf::make_error(node_errc::not_running,
                           std::string{"the node was started before"});
  if (const auto problem = settings_problem(config_))
    return caf::make_error(node_errc::bad_parameters, *problem);
  if (const auto problem = empty_handle(config_))
    return caf::make_error(node_errc::bad_parameters, *problem);
  if (const auto problem = address_problem(config_))
    return caf::make_error(node_errc::bad_address, *problem);
  if (const auto problem = announce_problem(config_))
    return caf::make_error(node_errc::bad_address, *problem);
  fit_descriptors();
  auto bound = bind_all();
  if (!bound)
    return caf::make_error(node_errc::bad_address, bound.error());
  auto trace = make_trace_sink(
      self_->system(), {config_.trace, config_.trace_receivers},
      libp2p::peer_id::of(config_.identity.public_part()), config_.log);
  if (!trace)
    return caf::make_error(node_errc::bad_parameters, trace.error());
  make_context(*bound, std::move(*trace));
  spawn_partners();
  phase_ = phase::running;
  open_store();
  // Before anybody comes.
  for (const auto& asked : std::exchange(at_start_, {}))
    asked();
  for (auto& one : *bound)
    start_listener(std::move(one));
  watch_interfaces();
  start_mdns();
  for (const auto& topic : config_.topics) {
    topics_.pin(topic, true);
    topic_changed(topic);
  }
  for (const auto& peer : config_.peers)
    keep_address(peer);
  for (const auto& peer : config_.direct_peers)
    make_direct(peer, true);
  return node_started{dialable(bound_addresses())};
}

// Each peer needs a descriptor, and others must be left.
void node_state::fit_descriptors() {
  const auto limit = descriptor_limit();
  const auto plan =
      plan_descriptors(limit, config_.max_peers, config_.max_handshakes);
  if (plan.max_peers == config_.max_peers)
    return;
  // Whoever does not listen has no need to know.
  if (!config_.listen.empty())
    config_.log->warn("at most {} peers instead of {}: the process may have "
                      "only {} open files; allow more (ulimit -n, or "
                      "LimitNOFILE of systemd), or configure fewer peers",
                      plan.max_peers, config_.max_peers, limit);
  config_.max_peers = plan.max_peers;
  slots_.use(slot_options());
}

expected<std::vector<node_state::bound_listener>, std::string>
node_state::bind_all() {
  std::vector<bound_listener> result;
  for (const auto& address : config_.listen) {
    auto bound = parts_.transports.listen(address);
    if (!bound)
      return unexpected{bound.error()};
    result.push_back({address, std::move(*bound)});
  }
  return result;
}

// Where the configuration leaves it to the machine, and to the largest RPC.
void node_state::choose_sizes() {
  const gossip::rpc_room room{config_.max_rpc_size};
  config_.max_queued_bytes = config_.max_queued_bytes.value_or(room.queued);
  config_.max_unfinished_bytes =
      config_.max_unfinished_bytes.value_or(room.unfinished);
  const auto sizes = gossip::sizes_for(usable_memory());
  config_.max_seen_ids = config_.max_seen_ids.value_or(sizes.seen_ids);
  config_.max_window_bytes =
      config_.max_window_bytes.value_or(sizes.window_bytes);
}

void node_state::make_context(const std::vector<bound_listener>& listeners,
                              std::shared_ptr<gossip::trace_sink> trace) {
  choose_sizes();
  auto ctx = std::make_shared<node_context>(config_);
  ctx->session = session_config_of(config_);
  ctx->reactor = parts_.reactor(self_->system());
  ctx->transports = parts_.transports;
  ctx->trace = std::move(trace);
  ctx->memory = std::make_shared<node_memory>(*config_.max_queued_bytes,
                                              *config_.max_unfinished_bytes);
  std::vector<multiaddr> bound;
  bound.reserve(listeners.size());
  for (const auto& one : listeners)
    bound.push_back(one.bound->address());
  find_interfaces(bound);
  sign_addresses(to_announce(bound));
  ctx->addresses = announced_->addresses;
  ctx->signed_record = announced_->signed_record;
  ctx_ = std::move(ctx);
  names_.use_self(ctx_->self, dialable(bound));
  start_resolver();
  use_networks_of(config_);
}

void node_state::spawn_partners() {
  auto& sys = self_->system();
  metrics_ = parts_.metrics_collector(sys);
  downs_.watch(metrics_);
  mesh_ = parts_.mesh_manager(sys, ctx_);
  const auto count =
      config_.validators > 0 ? config_.validators : usable_cores();
  for (std::size_t i = 0; i < count; ++i)
    validators_.push_back(parts_.validator(sys, ctx_));
  for (const auto& one : validators_)
    downs_.watch(one);
  // What is configured they know, but not what waits for its actors.
  if (const auto now_used = validations_now(); !now_used.loads.empty())
    for (const auto& one : validators_)
      tell(self_, one, now_used);
  cache_ = parts_.message_cache(sys, ctx_, mesh_, validators_);
  tell(self_, mesh_, meet_partners{cache_, node_internal_actor{self_}});
  for (const auto& [topic, one] : config_.validation)
    tell(self_, cache_, bound_validation{topic, one.max_messages});
  heartbeat_ = parts_.heartbeat(sys, ctx_, mesh_);
  downs_.watch(mesh_);
  downs_.watch(cache_);
  downs_.watch(heartbeat_);
}

void node_state::start_listener(bound_listener one) {
  auto bound = one.bound->address();
  auto actor = parts_.listener(self_->system(), host_, std::move(one.bound),
                               node_internal_actor{self_});
  downs_.watch(actor);
  listeners_.push_back(
      {std::move(one.asked), std::move(bound), std::move(actor)});
}

} // namespace grapevine
