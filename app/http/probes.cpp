#include "app/http/handlers.hpp"
#include "app/metrics/metrics_text.hpp"

#include <nlohmann/json.hpp>

#include <fmt/format.h>

namespace grapevine::app::http {

namespace {

int status_of(const caf::error& why) {
  if (why == node_errc::bad_address || why == node_errc::bad_parameters
      || why == node_errc::unknown_topic)
    return 400;
  if (why == node_errc::too_large)
    return 413;
  // Nothing is wrong with this server.
  if (why == node_errc::dial_failed)
    return 409;
  return 503;
}

// Why a node that answers is not ready; nothing: it is.
std::optional<std::string> not_ready(const api_options& o,
                                     const node_snapshot& seen) {
  if (seen.listening.empty())
    return "the node listens nowhere";
  if (const auto count = seen.peers.size(); count < o.ready_peers)
    return fmt::format("the node has {} of the {} peers that --ready-peers "
                       "asks for",
                       count, o.ready_peers);
  for (const auto& one : seen.mesh.topics)
    if (one.subscribed && one.mesh.size() < o.ready_mesh)
      return fmt::format("the mesh of \"{}\" has {} of the {} peers that "
                         "--ready-mesh asks for",
                         one.topic, one.mesh.size(), o.ready_mesh);
  return std::nullopt;
}

} // namespace

void answer_failure(const call& asked, const caf::error& why) {
  asked.answer(problem(status_of(why), why == caf::sec::request_timeout
                                           ? "the node does not answer"
                                           : reason_of(why)));
}

void answer_health(const api_options& o, const call_ptr& asked) {
  ask(asked->self, o.node, node_patience, inspect_node{})
      .then(
          [asked](const node_snapshot&) {
            asked->answer({200, "application/json", "{\"status\":\"ok\"}\n"});
          },
          [asked](const caf::error& why) { answer_failure(*asked, why); });
}

void answer_readiness(const api_options& o, const call_ptr& asked) {
  ask(asked->self, o.node, node_patience, inspect_node{})
      .then(
          [asked, &o](const node_snapshot& seen) {
            if (const auto why = not_ready(o, seen))
              return asked->answer(problem(503, *why));
            asked->answer(
                {200, "application/json", "{\"status\":\"ready\"}\n"});
          },
          [asked](const caf::error& why) { answer_failure(*asked, why); });
}

void answer_metrics(const api_options& o, const call_ptr& asked) {
  ask(asked->self, o.node, node_patience, inspect_metrics{})
      .then(
          [asked](const metrics_snapshot& seen) {
            asked->answer(
                {200, std::string{metrics_media_type}, metrics_text(seen)});
          },
          [asked](const caf::error& why) { answer_failure(*asked, why); });
}

} // namespace grapevine::app::http
