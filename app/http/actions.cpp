#include "app/http/handlers.hpp"
#include "app/http/node_json.hpp"
#include "app/options/network_values.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace grapevine::app::http {

namespace {

using std::chrono::milliseconds;

// Longer than any attempt to connect takes.
constexpr std::chrono::seconds connect_patience{120};

// What waits holds a connection and a message.
constexpr milliseconds longest_publish_wait{600'000};

// The one text of the request's JSON, as the options read it; without a value,
// it has been answered what is wrong. What else is there the client has meant
// in some way that this node does not know.
template <class T>
std::optional<T> field_of(const call& asked, const char* name) {
  const auto words = nlohmann::json::parse(asked.asked.body, nullptr, false);
  const auto found = words.is_object() ? words.find(name) : words.end();
  if (!words.is_object() || found == words.end() || !found->is_string()
      || words.size() > 1) {
    asked.answer(problem(400, std::string{"the body must be JSON such as {\""}
                                  + name + "\": \"…\"}, with nothing else"));
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

// Has the node make a change of one peer: what `of` makes of it.
template <class Change>
void change_peer(const api_options& o, const call_ptr& asked,
                 const Change& of) {
  const auto peer = field_of<libp2p::peer_id>(*asked, "peer");
  if (!peer)
    return;
  ask(asked->self, o.node, node_patience, of(*peer))
      .then([asked, peer = *peer](changed) { answer_peer(*asked, peer); },
            [asked](const caf::error& why) { answer_failure(*asked, why); });
}

void answer_level(const call& asked, spdlog::level::level_enum level) {
  asked.answer({200, "application/json",
                "{\"level\":\""
                    + value_text<spdlog::level::level_enum>::format(level)
                    + "\"}\n"});
}

// Of nodes that were given none.
bool has_log(const api_options& o, const call& asked) {
  if (!o.log)
    asked.answer(problem(503, "this node has no log"));
  return o.log != nullptr;
}

// For how long a message may wait for a peer; without a value, it has been
// answered what is wrong.
std::optional<milliseconds> wait_of(const call& asked) {
  const auto text = asked.where.value("wait");
  if (!text)
    return milliseconds{0};
  const auto wait = value_text<milliseconds>::parse(*text);
  if (wait && *wait <= longest_publish_wait)
    return *wait;
  asked.answer(problem(
      400,
      "wait: "
          + (wait ? "at most "
                        + value_text<milliseconds>::format(longest_publish_wait)
                        + " is possible"
                  : wait.error())));
  return std::nullopt;
}

} // namespace

void answer_log_level(const api_options& o, const call_ptr& asked) {
  if (has_log(o, *asked))
    answer_level(*asked, o.log->level());
}

void answer_set_log_level(const api_options& o, const call_ptr& asked) {
  using spdlog::level::level_enum;
  if (!has_log(o, *asked))
    return;
  const auto level = field_of<level_enum>(*asked, "level");
  if (!level)
    return;
  const auto before = o.log->level();
  // It is told at the more talkative one.
  o.log->set_level(std::min(before, *level));
  if (before != *level)
    o.log->info("log level changed: {} instead of {}",
                value_text<level_enum>::format(*level),
                value_text<level_enum>::format(before));
  o.log->set_level(*level);
  answer_level(*asked, *level);
}

void answer_publish(const api_options& o, const call_ptr& asked) {
  const auto topic = topic_of(*asked);
  if (!topic)
    return;
  const auto wait = wait_of(*asked);
  if (!wait)
    return;
  const std::size_t least = wait->count() > 0 ? 1 : 0;
  // The connection waits no longer than it does for any answer.
  ask_without_timeout(asked->self, o.node,
                      publish_message{*topic,
                                      to_bytes(as_bytes(asked->asked.body)),
                                      least, *wait})
      .then(
          [asked](const publish_receipt& receipt) {
            asked->answer({200, "application/json", receipt_json(receipt)});
          },
          [asked](const caf::error& why) {
            if (why == node_errc::not_ready)
              return asked->answer(problem(
                  409, "the message was not published: no peer of the node has "
                       "subscribed to the topic in this time"));
            answer_failure(*asked, why);
          });
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
  change_peer(o, asked, [](const auto& peer) { return block_peer{peer}; });
}

void answer_unblock(const api_options& o, const call_ptr& asked) {
  change_peer(o, asked, [](const auto& peer) {
    return block_peer{peer, false};
  });
}

void answer_allow(const api_options& o, const call_ptr& asked) {
  change_peer(o, asked, [](const auto& peer) { return allow_peer{peer}; });
}

void answer_disallow(const api_options& o, const call_ptr& asked) {
  change_peer(o, asked, [](const auto& peer) {
    return allow_peer{peer, false};
  });
}

} // namespace grapevine::app::http
