#include "app/http/node_json.hpp"

#include "app/console/message_text.hpp"
#include "app/console/utf8.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <unordered_map>

namespace grapevine::app::http {

namespace {

using json = nlohmann::ordered_json;

std::string dumped_line(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string dumped(const json& value) {
  return dumped_line(value) + '\n';
}

template <class T>
json texts(const std::vector<T>& all) {
  auto list = json::array();
  for (const auto& one : all)
    if constexpr (std::is_same_v<T, libp2p::multiaddr>)
      list.push_back(one.to_text());
    else
      list.push_back(to_string(one));
  return list;
}

double seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

// -- node ---------------------------------------------------------------------

json kept_json(const std::vector<kept_address>& kept) {
  auto list = json::array();
  for (const auto& one : kept)
    list.push_back({{"address", one.address.to_text()},
                    {"connected", one.connected},
                    {"failures", one.failures},
                    {"trouble", one.trouble}});
  return list;
}

json messages_json(const cache_snapshot& seen) {
  return {{"delivered", seen.delivered},
          {"duplicates", seen.duplicates},
          {"rejected", seen.rejected},
          {"ignored", seen.ignored},
          {"throttled", seen.throttled},
          {"gated", seen.gated},
          {"broken_promises", seen.broken_promises},
          {"validating", seen.validating},
          {"seen", seen.seen},
          {"forgotten_early", seen.forgotten_early},
          {"dropped_early", seen.dropped_early}};
}

// -- peers --------------------------------------------------------------------

json score_json(const gossip::score_snapshot& score) {
  auto topics = json::array();
  for (const auto& one : score.topics)
    topics.push_back({{"topic", one.topic},
                      {"score", one.score},
                      {"in_mesh", one.in_mesh},
                      {"time_in_mesh_seconds", seconds(one.time_in_mesh)},
                      {"first_deliveries", one.first_deliveries},
                      {"mesh_deliveries", one.mesh_deliveries},
                      {"mesh_failures", one.mesh_failures},
                      {"invalid_messages", one.invalid_messages}});
  return {{"total", score.score},
          {"topics", score.topic_score},
          {"application", score.application},
          {"colocation", score.colocation},
          {"behaviour", score.behaviour},
          {"slow_peer", score.slow_peer},
          {"by_topic", std::move(topics)}};
}

json text_or_null(const std::string& text) {
  return text.empty() ? json{} : json(text);
}

void add_details(json& to, const std::optional<peer_details>& known) {
  const auto one = known.value_or(peer_details{});
  to["agent"] = text_or_null(one.agent);
  to["protocol"] = text_or_null(one.protocol);
  to["round_trip_ms"] =
      one.round_trip ? json(seconds(*one.round_trip) * 1'000) : json{};
  to["queue"] = {{"messages", one.queued_messages},
                 {"bytes", one.queued_bytes}};
  to["dropped"] = one.dropped;
}

struct topics_of_peer {
  json subscribed = json::array();
  json mesh = json::array();
};

using peer_topics = std::unordered_map<libp2p::peer_id, topics_of_peer>;

peer_topics topics_by_peer(const mesh_snapshot& mesh) {
  peer_topics result;
  for (const auto& topic : mesh.topics) {
    for (const auto& peer : topic.peers)
      result[peer].subscribed.push_back(topic.topic);
    for (const auto& peer : topic.mesh)
      result[peer].mesh.push_back(topic.topic);
  }
  return result;
}

// -- events -------------------------------------------------------------------

std::string_view name_of(node_event::kind what) {
  using enum node_event::kind;
  switch (what) {
  case connected:
    return "connected";
  case disconnected:
    return "disconnected";
  case subscribed:
    return "subscribed";
  case unsubscribed:
    return "unsubscribed";
  case grafted:
    return "grafted";
  case pruned:
    return "pruned";
  }
  return "unknown";
}

} // namespace

std::string node_json(const node_snapshot& seen, const program_facts& facts) {
  const auto subscribed = std::ranges::count_if(
      seen.mesh.topics, &topic_state_snapshot::subscribed);
  return dumped({{"id", to_string(seen.self)},
                 {"version", facts.version},
                 {"agent", facts.agent},
                 {"started", to_rfc3339(facts.started)},
                 {"uptime_seconds", seconds(facts.now - facts.started)},
                 {"addresses", texts(seen.addresses)},
                 {"listening", texts(seen.listening)},
                 {"peers", seen.peers.size()},
                 {"topics", subscribed},
                 {"kept", kept_json(seen.kept)},
                 {"messages", messages_json(seen.cache)},
                 {"queues",
                  {{"queued_bytes", seen.queued_bytes},
                   {"unfinished_bytes", seen.unfinished_bytes},
                   {"dropped", seen.dropped}}}});
}

std::string peers_json(const peers_snapshot& seen, const mesh_snapshot& mesh,
                       const scores_snapshot& scores) {
  std::unordered_map<libp2p::peer_id, const gossip::score_snapshot*> score_of;
  for (const auto& one : scores.peers)
    score_of.emplace(one.peer, &one.score);
  auto topics = topics_by_peer(mesh);
  auto list = json::array();
  for (const auto& [peer, details] : seen.peers) {
    const auto score = score_of.find(peer.peer);
    auto& of_it = topics[peer.peer];
    json one{{"id", to_string(peer.peer)},
             {"address", peer.address.to_text()},
             {"direction", peer.outbound ? "outbound" : "inbound"},
             {"topics", std::move(of_it.subscribed)},
             {"mesh", std::move(of_it.mesh)},
             {"score",
              score == score_of.end() ? json{} : score_json(*score->second)}};
    add_details(one, details);
    list.push_back(std::move(one));
  }
  return dumped({{"peers", std::move(list)}});
}

std::string topics_json(const node_snapshot& seen) {
  auto list = json::array();
  for (const auto& one : seen.mesh.topics) {
    json topic{{"topic", one.topic},       {"subscribed", one.subscribed},
               {"healthy", one.healthy},   {"outbound", one.outbound},
               {"mesh", texts(one.mesh)},  {"fanout", texts(one.fanout)},
               {"peers", texts(one.peers)}};
    if (!is_utf8(one.topic))
      topic["topic_base64"] = to_base64(as_bytes(one.topic));
    list.push_back(std::move(topic));
  }
  return dumped({{"topics", std::move(list)}});
}

std::string event_json(const node_event& what,
                       std::chrono::system_clock::time_point when) {
  json line{{"event", name_of(what.what)}, {"peer", to_string(what.peer)}};
  if (what.what != node_event::kind::connected
      && what.what != node_event::kind::disconnected)
    line["topic"] = what.topic;
  line["time"] = to_rfc3339(when);
  return dumped_line(line);
}

std::string receipt_json(const publish_receipt& receipt) {
  // One for each message: there is no value between receipt and text.
  return "{\"id\":\"" + to_hex(as_bytes(receipt.id.raw()))
         + "\",\"peers\":" + std::to_string(receipt.peers)
         + ",\"duplicate\":" + (receipt.duplicate ? "true" : "false") + "}\n";
}

} // namespace grapevine::app::http
