#include "app/metrics/metrics_text.hpp"

#include "app/console/terminal_text.hpp"
#include "app/metrics/metrics_table.hpp"

#include <map>
#include <utility>

namespace grapevine::app {

namespace {

// Topics as labels can be: UTF-8, and each once. Whatever looks the same is
// one.
metrics_snapshot with_labels(const metrics_snapshot& node) {
  metrics_snapshot result = node;
  std::map<std::string, topic_metrics> topics;
  const auto add = [&](std::string label, const topic_metrics& one) {
    auto& entry = topics[label];
    entry.topic = std::move(label);
    entry.peers += one.peers;
    entry.counts += one.counts;
  };
  for (const auto& one : node.topics)
    add(for_terminal(one.topic), one);
  const auto& rest = node.other;
  if (rest.counts != topic_counts{} || rest.peers.peers > 0)
    add("other", rest);
  result.topics.clear();
  for (auto& [label, one] : topics)
    result.topics.push_back(std::move(one));
  return result;
}

} // namespace

std::string metrics_text(const metrics_snapshot& node,
                         const process_numbers& process) {
  const auto labelled = with_labels(node);
  const metrics_source from{labelled, process};
  exposition text;
  for (const auto& row : metrics_table()) {
    text.begin(row.name, row.type, row.help);
    row.read(from, text);
  }
  return text.take();
}

std::string metrics_text(const metrics_snapshot& node) {
  return metrics_text(node, read_process_numbers());
}

} // namespace grapevine::app
