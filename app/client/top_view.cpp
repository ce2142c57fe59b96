#include "app/client/top_view.hpp"

#include "app/client/answer_fields.hpp"
#include "app/console/terminal_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fmt/format.h>
#include <limits>
#include <utility>

namespace grapevine::app::client {

namespace {

using nlohmann::json;

std::string rate_text(const node_sample& seen, double message_counts::*count) {
  if (!seen.before)
    return "-";
  const std::chrono::duration<double> time = seen.now.when - seen.before->when;
  // After a restart it counts from zero.
  const auto more = std::max(seen.now.*count - (*seen.before).*count, 0.0);
  return real_text(time.count() > 0 ? more / time.count() : 0, 1);
}

text_lines top_head(const node_sample& seen) {
  const auto& queues = at(seen.node, "queues");
  return {for_terminal(fmt::format(
              "{}  up {}  peers {}  topics {}", text_at(seen.node, "id"),
              time_text(real_or_zero(seen.node, "uptime_seconds")),
              count_at(seen.node, "peers"), count_at(seen.node, "topics"))),
          fmt::format("messages/s: {} delivered, {} duplicates, {} rejected   "
                      "waiting: {}   dropped: {}",
                      rate_text(seen, &message_counts::delivered),
                      rate_text(seen, &message_counts::duplicates),
                      rate_text(seen, &message_counts::rejected),
                      bytes_text(real_or_zero(queues, "queued_bytes")),
                      count_at(queues, "dropped"))};
}

// As many lines as there is room for; the last tells how many rows more there
// are. A line about missing columns stays.
text_lines at_most(text_lines lines, std::size_t rows, std::size_t room) {
  const bool has_note = lines.size() > rows + 1;
  if (lines.size() <= room)
    return lines;
  const auto tail = std::size_t{1} + (has_note ? 1 : 0);
  const auto shown = room > tail + 1 ? room - tail - 1 : 0;
  text_lines cut{lines.begin(),
                 lines.begin() + static_cast<std::ptrdiff_t>(shown + 1)};
  cut.push_back(fmt::format("({} more)", rows - shown));
  if (has_note)
    cut.push_back(lines.back());
  return cut;
}

void append(text_lines& to, text_lines more) {
  to.emplace_back();
  for (auto& line : more)
    to.push_back(std::move(line));
}

} // namespace

message_counts counts_of(const json& node,
                         std::chrono::steady_clock::time_point when) {
  const auto& messages = at(node, "messages");
  return {when, real_or_zero(messages, "delivered"),
          real_or_zero(messages, "duplicates"),
          real_or_zero(messages, "rejected")};
}

text_lines top_lines(const node_sample& seen,
                     std::optional<std::size_t> columns,
                     std::optional<std::size_t> rows) {
  constexpr auto endless = std::numeric_limits<std::size_t>::max();
  const auto topics = topics_table(seen.topics);
  const auto peers = peers_table(seen.peers);
  auto lines = top_head(seen);
  // The topics may have a third of what is left, or what the peers leave them.
  const auto room = rows ? *rows - std::min(*rows, lines.size() + 2) : endless;
  auto of_peers = peers.lines(columns);
  const auto for_topics =
      std::max(room / 3, room - std::min(room, of_peers.size()));
  auto of_topics = at_most(topics.lines(columns), topics.rows(), for_topics);
  of_peers = at_most(std::move(of_peers), peers.rows(),
                     room - std::min(room, of_topics.size()));
  append(lines, std::move(of_topics));
  append(lines, std::move(of_peers));
  return lines;
}

} // namespace grapevine::app::client
