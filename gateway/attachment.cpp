#include "gateway/attachment.hpp"

#include "gateway/attachment_state.hpp"

#include <memory>
#include <utility>

namespace grapevine {

namespace {

caf::error of_its_process(std::string_view what) {
  return caf::make_error(node_errc::not_permitted,
                         std::string{what} + " is the node's own process's");
}

template <class Message>
caf::result<changed> change(const std::shared_ptr<attacher>& state,
                            Message& msg) {
  return state->pass_on<changed>(std::move(msg));
}

attachment_internal_actor::behavior_type
attachment(attachment_internal_actor::pointer self,
           const attachment_options& options) {
  auto state = std::make_shared<attacher>(self, options);
  state->attach();
  return {
      [state](attach_again msg) { state->turn(msg); },
      [state](const watch_attachment& msg) { return state->watch(msg); },
      [](start_node) -> caf::result<node_started> {
        return of_its_process("starting it");
      },
      [](const stop_node&) -> caf::result<node_stopped> {
        return of_its_process("stopping it");
      },
      [](const change_settings&) -> caf::result<changed> {
        return of_its_process("changing its settings");
      },
      [](const set_partial_topic&) -> caf::result<changed> {
        return caf::make_error(node_errc::in_process_only,
                               std::string{"what chooses parts cannot leave "
                                           "the process"});
      },
      [state](publish_message& msg) -> caf::result<publish_receipt> {
        if (msg.key)
          return caf::make_error(node_errc::in_process_only,
                                 std::string{"a key does not leave the "
                                             "process"});
        return state->pass_on<publish_receipt>(std::move(msg));
      },
      [state](publish_batch& msg) -> caf::result<batch_receipt> {
        if (msg.key)
          return caf::make_error(node_errc::in_process_only,
                                 std::string{"a key does not leave the "
                                             "process"});
        return state->pass_on<batch_receipt>(std::move(msg));
      },
      [state](subscribe_topic& msg) { return state->subscribe(msg); },
      [state](unsubscribe_topic& msg) { return state->unsubscribe(msg); },
      [state](request_messages& msg) { return state->request(msg); },
      [state](watch_node& msg) { return state->watch(msg); },
      [state](unwatch_node& msg) { return state->unwatch(msg); },
      [state](set_validation& msg) { return state->validation(msg); },
      [state](await_peers& msg) {
        return state->pass_on<peers_ready>(std::move(msg));
      },
      [state](inspect_node msg) { return state->pass_on<node_snapshot>(msg); },
      [state](inspect_peers msg) {
        return state->pass_on<peers_snapshot>(msg);
      },
      [state](inspect_scores msg) {
        return state->pass_on<scores_snapshot>(msg);
      },
      [state](inspect_metrics msg) {
        return state->pass_on<metrics_snapshot>(msg);
      },
      [state](connect_peer& msg) {
        return state->pass_on<peer_connected>(std::move(msg));
      },
      [state](publish_partial& msg) { return change(state, msg); },
      [state](relay_topic& msg) { return change(state, msg); },
      [state](set_direct_peer& msg) { return change(state, msg); },
      [state](block_peer& msg) { return change(state, msg); },
      [state](allow_peer& msg) { return change(state, msg); },
      [state](set_application_score& msg) { return change(state, msg); },
      [state](set_topic_score& msg) { return change(state, msg); },
      [state](keep_connected& msg) { return change(state, msg); },
      [state](disconnect_from& msg) { return change(state, msg); },
  };
}

} // namespace

attachment_actor spawn_attachment(caf::actor_system& sys,
                                  attachment_options options) {
  return sys.spawn(attachment, std::move(options));
}

} // namespace grapevine
