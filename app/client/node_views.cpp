#include "app/client/node_views.hpp"

#include "app/client/answer_fields.hpp"
#include "app/console/terminal_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace grapevine::app::client {

namespace {

using nlohmann::json;

std::vector<json> sorted_array(const json& of, const char* name,
                               bool (*before)(const json&, const json&)) {
  const auto& all = at(of, name);
  std::vector<json> list;
  if (all.is_array())
    list.assign(all.begin(), all.end());
  std::ranges::stable_sort(list, before);
  return list;
}

// -- status -------------------------------------------------------------------

struct labelled {
  std::string label;
  std::string text;
};

std::string kept_text(const json& kept) {
  const auto address = text_at(kept, "address");
  const auto trouble = text_at(kept, "trouble");
  // A name may have peers that are connected, and not be found any more.
  if (at(kept, "connected") == json(true))
    return address + " connected" + (trouble.empty() ? "" : ", but " + trouble);
  if (real_or_zero(kept, "failures") == 0)
    return address
           + (trouble.empty() ? " not connected yet"
                              : " not connected: " + trouble);
  return fmt::format("{} failed {} times: {}", address,
                     count_at(kept, "failures"), trouble);
}

std::string messages_text(const json& messages) {
  return fmt::format(
      "{} delivered, {} duplicates, {} rejected, {} ignored, {} "
      "throttled, {} gated",
      count_at(messages, "delivered"), count_at(messages, "duplicates"),
      count_at(messages, "rejected"), count_at(messages, "ignored"),
      count_at(messages, "throttled"), count_at(messages, "gated"));
}

std::string queues_text(const json& node) {
  const auto& queues = at(node, "queues");
  return fmt::format(
      "{} to be sent, {} begun to arrive, {} under validation; {} dropped",
      bytes_text(real_or_zero(queues, "queued_bytes")),
      bytes_text(real_or_zero(queues, "unfinished_bytes")),
      count_at(at(node, "messages"), "validating"),
      count_at(queues, "dropped"));
}

void add_list(std::vector<labelled>& to, std::string label, const json& list,
              std::string (*text)(const json&)) {
  if (!list.is_array())
    return;
  for (const auto& one : list)
    to.push_back({std::exchange(label, ""), text(one)});
}

std::vector<labelled> status_rows(const json& node,
                                  const std::optional<std::string>& why) {
  std::vector<labelled> rows{
      {"node", text_at(node, "id")},
      {"version",
       text_at(node, "version") + " (" + text_at(node, "agent") + ")"},
      {"up", fmt::format("{}, since {}",
                         time_text(real_or_zero(node, "uptime_seconds")),
                         text_at(node, "started"))},
      {"ready", why ? "no: " + *why : "yes"}};
  add_list(rows, "addresses", at(node, "addresses"), [](const json& one) {
    return one.is_string() ? one.get<std::string>() : std::string{};
  });
  rows.push_back({"peers", count_at(node, "peers")});
  add_list(rows, "kept", at(node, "kept"), kept_text);
  rows.push_back({"topics", count_at(node, "topics")});
  rows.push_back({"messages", messages_text(at(node, "messages"))});
  rows.push_back({"waiting", queues_text(node)});
  return rows;
}

// -- peers --------------------------------------------------------------------

bool is_better(const json& a, const json& b) {
  const auto score = [](const json& peer) {
    return real_or_zero(at(peer, "score"), "total");
  };
  return score(a) > score(b);
}

// Those in whose mesh it is with a star.
std::string topics_text(const json& peer) {
  const auto& topics = at(peer, "topics");
  const auto& mesh = at(peer, "mesh");
  std::string text;
  if (topics.is_array())
    for (const auto& one : topics) {
      const bool in_mesh =
          mesh.is_array() && std::ranges::find(mesh, one) != mesh.end();
      if (one.is_string())
        text += (text.empty() ? "" : " ") + one.get<std::string>()
                + (in_mesh ? "*" : "");
    }
  return text;
}

std::string queue_text(const json& peer) {
  const auto& queue = at(peer, "queue");
  if (!queue.is_object())
    return "-";
  return fmt::format("{} ({})", count_at(queue, "messages"),
                     bytes_text(real_or_zero(queue, "bytes")));
}

// On one machine it is a small part of a millisecond.
std::string round_trip_text(const json& peer) {
  const auto time = real_at(peer, "round_trip_ms");
  return real_text(time, time.value_or(0) < 10 ? 2 : 0);
}

std::string direction_text(const json& peer) {
  const auto direction = text_at(peer, "direction");
  return direction == "inbound"    ? "in"
         : direction == "outbound" ? "out"
                                   : direction;
}

// -- topics -------------------------------------------------------------------

bool has_lower_name(const json& a, const json& b) {
  return text_at(a, "topic") < text_at(b, "topic");
}

} // namespace

text_lines status_lines(const json& node,
                        const std::optional<std::string>& not_ready) {
  const auto rows = status_rows(node, not_ready);
  std::size_t widest = 0;
  for (const auto& row : rows)
    widest = std::max(widest, row.label.size());
  text_lines lines;
  for (const auto& row : rows)
    lines.push_back(
        fmt::format("{:<{}}  {}", row.label, widest, for_terminal(row.text)));
  return lines;
}

text_table peers_table(const json& peers) {
  text_table table{{{"PEER"},
                    {"DIR"},
                    {"SCORE", true},
                    {"RTT MS", true},
                    {"QUEUE", true},
                    {"DROPPED", true},
                    {"TOPICS", false, 10},
                    {"AGENT", false, 10},
                    {"PROTOCOL", false, 10},
                    {"ADDRESS", false, 20}}};
  for (const auto& peer : sorted_array(peers, "peers", is_better))
    table.add({text_at(peer, "id"), direction_text(peer),
               real_text(real_at(at(peer, "score"), "total"), 2),
               round_trip_text(peer), queue_text(peer),
               count_at(peer, "dropped"), topics_text(peer),
               text_at(peer, "agent"), text_at(peer, "protocol"),
               text_at(peer, "address")});
  return table;
}

text_table topics_table(const json& topics) {
  text_table table{{{"TOPIC", false, 12},
                    {"SUBSCRIBED"},
                    {"MESH", true},
                    {"PEERS", true},
                    {"FANOUT", true},
                    {"OUTBOUND", true},
                    {"HEALTHY"}}};
  for (const auto& topic : sorted_array(topics, "topics", has_lower_name))
    table.add({text_at(topic, "topic"), flag_at(topic, "subscribed"),
               size_at(topic, "mesh"), size_at(topic, "peers"),
               size_at(topic, "fanout"), count_at(topic, "outbound"),
               flag_at(topic, "healthy")});
  return table;
}

} // namespace grapevine::app::client
