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
          [asked, needed = o.ready_peers](const node_snapshot& seen) {
            const auto count = seen.peers.size();
            if (seen.addresses.empty())
              return asked->answer(problem(503, "the node listens nowhere"));
            if (count < needed)
              return asked->answer(problem(
                  503, fmt::format("the node has {} of the {} peers that "
                                   "--ready-peers asks for",
                                   count, needed)));
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
