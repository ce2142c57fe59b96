#include "app/http/handlers.hpp"
#include "app/http/node_json.hpp"
#include "app/options/network_values.hpp"
#include "gossip/limits.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace grapevine::app::http {

namespace {

// Longer than any attempt to connect takes.
constexpr std::chrono::seconds connect_patience{120};

// A text of the request's JSON, as the options read it; without a value, it has
// been answered what is wrong.
template <class T>
std::optional<T> field_of(const call& asked, const char* name) {
  const auto words = nlohmann::json::parse(asked.asked.body, nullptr, false);
  const auto found = words.is_object() ? words.find(name) : words.end();
  if (!words.is_object() || found == words.end() || !found->is_string()) {
    asked.answer(problem(400, std::string{"the body must be JSON such as {\""}
                                  + name + "\": \"…\"}"));
    return std::nullopt;
  }
  auto value = value_text<T>::parse(found->template get<std::string>());
  if (!value) {
    asked.answer(problem(400, name + (": " + value.error())));
    return std::nullopt;
  }
  return *std::move(value);
}

void answer_peer(const call& asked, const libp2p::peer_id& peer) {
  asked.answer(
      {200, "application/json", "{\"peer\":\"" + to_string(peer) + "\"}\n"});
}

void set_blocked(const api_options& o, const call_ptr& asked, bool blocked) {
  const auto peer = field_of<libp2p::peer_id>(*asked, "peer");
  if (!peer)
    return;
  tell(asked->self, o.node, block_peer{*peer, blocked});
  answer_peer(*asked, *peer);
}

std::optional<std::string> topic_of(const call& asked) {
  auto topic = asked.where.value("topic");
  if (!topic || topic->empty())
    asked.answer(problem(400, "say which topic: ?topic=NAME"));
  return topic && !topic->empty() ? topic : std::nullopt;
}

// What a client can take; nothing: neither.
std::optional<stream_form> form_of(std::string_view accept) {
  const auto takes = [accept](std::string_view type) {
    return accept.find(type) != std::string_view::npos;
  };
  if (takes("application/x-ndjson"))
    return stream_form::ndjson;
  if (accept.empty() || takes("text/event-stream") || takes("*/*")
      || takes("text/*"))
    return stream_form::events;
  return std::nullopt;
}

} // namespace

void answer_publish(const api_options& o, const call_ptr& asked) {
  const auto topic = topic_of(*asked);
  if (!topic)
    return;
  ask(asked->self, o.node, node_patience,
      publish_message{*topic, to_bytes(as_bytes(asked->asked.body))})
      .then(
          [asked](const publish_receipt& receipt) {
            asked->answer({200, "application/json", receipt_json(receipt)});
          },
          [asked](const caf::error& why) { answer_failure(*asked, why); });
}

void answer_subscribe(const api_options& o, const call_ptr& asked) {
  const auto topic = topic_of(*asked);
  if (!topic)
    return;
  const auto form = form_of(asked->asked.accept);
  if (!form)
    return asked->answer(problem(406, "a topic's messages are there as "
                                      "text/event-stream or "
                                      "application/x-ndjson"));
  if (constexpr auto most = gossip::mesh_limits{}.topic_size;
      topic->size() > most)
    return asked->answer(problem(400, "a topic's name has at most "
                                          + std::to_string(most) + " bytes"));
  if (!o.filter.allows(*topic))
    return asked->answer(problem(400, "the topic is in neither --allow-topic "
                                      "nor --allow-topic-pattern"));
  asked->subscribe(*topic, *form);
}

void answer_connect(const api_options& o, const call_ptr& asked) {
  const auto address = field_of<libp2p::multiaddr>(*asked, "address");
  if (!address)
    return;
  ask(asked->self, o.node, connect_patience, connect_peer{*address})
      .then([asked](
                const peer_connected& done) { answer_peer(*asked, done.peer); },
            [asked](const caf::error& why) { answer_failure(*asked, why); });
}

void answer_disconnect(const api_options& o, const call_ptr& asked) {
  const auto peer = field_of<libp2p::peer_id>(*asked, "peer");
  if (!peer)
    return;
  ask(asked->self, o.node, node_patience, inspect_node{})
      .then(
          [asked, node = o.node, peer = *peer](const node_snapshot& seen) {
            // Also one that is only dialled again and again.
            tell(asked->self, node, disconnect_from{peer});
            if (std::ranges::find(seen.peers, peer, &connected_peer::peer)
                == seen.peers.end())
              return asked->answer(
                  problem(404, to_string(peer) + " was not connected"));
            answer_peer(*asked, peer);
          },
          [asked](const caf::error& why) { answer_failure(*asked, why); });
}

void answer_block(const api_options& o, const call_ptr& asked) {
  set_blocked(o, asked, true);
}

void answer_unblock(const api_options& o, const call_ptr& asked) {
  set_blocked(o, asked, false);
}

} // namespace grapevine::app::http
