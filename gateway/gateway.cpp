#include "gateway/gateway.hpp"

#include "gateway/gateway_state.hpp"

#include <memory>
#include <utility>

namespace grapevine {

namespace {

gateway_internal_actor::behavior_type
gateway(gateway_internal_actor::pointer self, const node_actor& node,
        const gateway_options& options) {
  using state_type = gateway_state;
  auto state = std::make_shared<state_type>(self, node, options);
  return {
      [state](gateway_hello) { return state->hello(); },
      [state](look_at_remotes) { state->look(); },
      [](start_node) -> caf::result<node_started> {
        return state_type::not_for_remotes("starting it");
      },
      [](const stop_node&) -> caf::result<node_stopped> {
        return state_type::not_for_remotes("stopping it");
      },
      [](const change_settings&) -> caf::result<changed> {
        return state_type::not_for_remotes("changing its settings");
      },
      [](const set_partial_topic&) -> caf::result<changed> {
        return state_type::code_stays("what chooses parts");
      },
      [state](publish_message& msg) { return state->publish(msg); },
      [state](publish_batch& msg) { return state->publish(msg); },
      [state](publish_partial& msg) { return state->publish(msg); },
      [state](subscribe_topic& msg) { return state->subscribe(msg); },
      [state](unsubscribe_topic& msg) { return state->unsubscribe(msg); },
      [state](request_messages& msg) { return state->request(msg); },
      [state](await_peers& msg) { return state->await(msg); },
      [state](set_validation& msg) { return state->validation(msg); },
      [state](watch_node& msg) { return state->watch(msg); },
      [state](unwatch_node& msg) { return state->unwatch(msg); },
      [state](inspect_node msg) { return state->inspect<node_snapshot>(msg); },
      [state](inspect_peers msg) {
        return state->inspect<peers_snapshot>(msg);
      },
      [state](inspect_scores msg) {
        return state->inspect<scores_snapshot>(msg);
      },
      [state](inspect_metrics msg) {
        return state->inspect<metrics_snapshot>(msg);
      },
      [state](relay_topic& msg) {
        return state->administer<changed>(std::move(msg));
      },
      [state](set_direct_peer& msg) {
        return state->administer<changed>(std::move(msg));
      },
      [state](const block_peer& msg) {
        return state->administer<changed>(msg);
      },
      [state](const allow_peer& msg) {
        return state->administer<changed>(msg);
      },
      [state](const set_application_score& msg) {
        return state->administer<changed>(msg);
      },
      [state](set_topic_score& msg) {
        return state->administer<changed>(std::move(msg));
      },
      [state](connect_peer& msg) {
        return state->administer<peer_connected>(std::move(msg));
      },
      [state](keep_connected& msg) {
        return state->administer<changed>(std::move(msg));
      },
      [state](const disconnect_from& msg) {
        return state->administer<changed>(msg);
      },
  };
}

} // namespace

gateway_actor spawn_gateway(caf::actor_system& sys, const node_actor& node,
                            gateway_options options) {
  return sys.spawn(gateway, node, std::move(options));
}

} // namespace grapevine
