#include "app/http/handlers.hpp"
#include "app/http/node_json.hpp"
#include "app/http/openapi.hpp"

#include <utility>

namespace grapevine::app::http {

namespace {

void answer_json(const call& asked, std::string text) {
  asked.answer({200, "application/json", std::move(text)});
}

// Asks the node for its state; `then` makes the answer of it.
template <class Then>
void with_snapshot(const api_options& o, const call_ptr& asked, Then then) {
  ask(asked->self, o.node, node_patience, inspect_node{})
      .then(std::move(then),
            [asked](const caf::error& why) { answer_failure(*asked, why); });
}

} // namespace

void answer_openapi(const api_options&, const call_ptr& asked) {
  answer_json(*asked, std::string{openapi_document()});
}

void answer_node(const api_options& o, const call_ptr& asked) {
  with_snapshot(
      o, asked,
      [asked, agent = o.agent, started = o.started](const node_snapshot& seen) {
        answer_json(*asked,
                    node_json(seen, {GRAPEVINE_VERSION, agent, started,
                                     std::chrono::system_clock::now()}));
      });
}

void answer_peers(const api_options& o, const call_ptr& asked) {
  const auto failed = [asked](const caf::error& why) {
    answer_failure(*asked, why);
  };
  ask(asked->self, o.node, node_patience, inspect_peers{})
      .then(
          [=, node = o.node](const peers_snapshot& peers) {
            ask(asked->self, node, node_patience, inspect_node{})
                .then(
                    [=](const node_snapshot& seen) {
                      ask(asked->self, node, node_patience, inspect_scores{})
                          .then(
                              [=](const scores_snapshot& scores) {
                                answer_json(*asked, peers_json(peers, seen.mesh,
                                                               scores));
                              },
                              failed);
                    },
                    failed);
          },
          failed);
}

void answer_topics(const api_options& o, const call_ptr& asked) {
  with_snapshot(o, asked, [asked](const node_snapshot& seen) {
    answer_json(*asked, topics_json(seen));
  });
}

} // namespace grapevine::app::http
