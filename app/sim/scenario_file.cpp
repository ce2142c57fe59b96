#include "app/sim/scenario_file.hpp"

#include "app/options/assignments.hpp"
#include "app/options/suggest.hpp"
#include "app/options/toml_values.hpp"
#include "app/sim/scenario_rows.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace grapevine::app {

namespace {

/// Reads one file.
class scenario_reader {
public:
  explicit scenario_reader(std::string name) : name_{std::move(name)} {}

  outcome<sim::scenario> read(const toml::table& file) {
    sim::scenario s;
    for (const auto& [key, node] : in_order(file))
      if (auto done = read_entry(s, key, *node); !done)
        return unexpected{done.error()};
    if (const auto problem = problem_of(s))
      return usage_error(name_ + ": " + *problem);
    return s;
  }

private:
  outcome<void> read_entry(sim::scenario& s, const std::string& key,
                           const toml::node& node) {
    if (key == "group")
      return read_all(
          s.groups, node, "group",
          [&](auto& to, const auto& table) { return read_group(to, table); });
    if (key == "messages")
      return read_all(s.messages, node, key, [&](auto& to, const auto& table) {
        return read_table(to, table, message_rows(), "messages");
      });
    if (key == "event")
      return read_all(s.incidents, node, key, [&](auto& to, const auto& table) {
        return read_event(to, table);
      });
    if (key == "topology")
      return read_one(s.topology, node, topology_rows(), key);
    if (key == "topics")
      return read_one(s.topics, node, topic_rows(), key);
    if (key == "churn")
      return read_one(s.churn, node, churn_rows(), key);
    if (key == "network")
      return read_network(s.network, node);
    if (node.is_table() || node.is_array_of_tables())
      return unknown(node, key,
                     {"group", "topology", "network", "topics", "messages",
                      "event", "churn"});
    return set(s, scenario_rows(), key, node, {});
  }

  // -- tables

  template <class T, class Read>
  outcome<void> read_all(std::vector<T>& to, const toml::node& node,
                         const std::string& section, const Read& read) {
    to.clear();
    if (const auto* one = node.as_table())
      return read(to.emplace_back(), *one);
    const auto* all = node.as_array();
    if (all == nullptr || !node.is_array_of_tables())
      return usage_error(fmt::format("{}: {} must be a table: [[{}]]",
                                     place_of(name_, node.source()), section,
                                     section));
    for (const auto& one : *all)
      if (auto done = read(to.emplace_back(), *one.as_table()); !done)
        return done;
    return {};
  }

  template <class T>
  outcome<void> read_one(T& to, const toml::node& node,
                         const std::vector<option_row<T>>& rows,
                         const std::string& section) {
    const auto* table = node.as_table();
    if (table == nullptr)
      return usage_error(fmt::format("{}: {} must be a table: [{}]",
                                     place_of(name_, node.source()), section,
                                     section));
    return read_table(to, *table, rows, section);
  }

  template <class T>
  outcome<void> read_table(T& to, const toml::table& table,
                           const std::vector<option_row<T>>& rows,
                           const std::string& section) {
    for (const auto& [key, node] : in_order(table))
      if (auto done = set(to, rows, key, *node, section); !done)
        return done;
    return {};
  }

  // -- particular ones

  // Besides its own keys a group has the options of a node that the rules have.
  outcome<void> read_group(sim::node_group& to, const toml::table& table) {
    group_entry entry;
    entry.group.name =
        fmt::format("nodes at line {}", table.source().begin.line);
    assignments given;
    for (const auto& [key, node] : in_order(table)) {
      if (const auto* known = find_option(key); known && is_rule(*known)) {
        auto values = texts_of(*node, known->repeatable);
        if (!values)
          return wrong_kind(*node, key, known->repeatable);
        const auto place = place_of(name_, node->source());
        given[key] = {*std::move(values), fmt::format("{}: {}", place, key),
                      place};
      } else if (find_row(group_rows(), key) != nullptr) {
        if (auto done = set(entry, group_rows(), key, *node, "group"); !done)
          return done;
      } else {
        return unknown(*node, key, group_keys());
      }
    }
    const auto settings = make_settings(given);
    if (!settings)
      return unexpected{settings.error()};
    to = entry.group;
    to.options.params = settings->params;
    to.options.score = settings->score;
    to.redial_min = settings->redial_min;
    to.redial_max = settings->redial_max;
    behave(to.options, entry.how);
    return {};
  }

  outcome<void> read_event(sim::incident& to, const toml::table& table) {
    if (auto done = read_table(to, table, event_rows(), "event"); !done)
      return done;
    const auto has = [&](const char* key) { return table.contains(key); };
    const auto place = place_of(name_, table.source());
    if (!has("at") || !has("do"))
      return usage_error(place + ": an event needs \"at\", a time, and \"do\", "
                         + any_of(value_text<sim::incident::kind>::choices()));
    if (int{has("which")} + int{has("nodes")} + int{has("part")} > 1)
      return usage_error(place + ": which, nodes and part exclude each other");
    return {};
  }

  outcome<void> read_network(sim::link_options& to, const toml::node& node) {
    const auto* table = node.as_table();
    if (table == nullptr)
      return read_one(to, node, network_rows(), "network");
    for (const auto& [key, value] : in_order(*table)) {
      auto done = key == "latency-matrix"
                      ? read_matrix(to, *value)
                      : set(to, network_rows(), key, *value, "network");
      if (!done)
        return done;
    }
    return {};
  }

  outcome<void> read_matrix(sim::link_options& to, const toml::node& node) {
    const auto wrong = [&] {
      return usage_error(fmt::format(
          "{}: latency-matrix must be a list of lists of times, a row for "
          "each region: [[\"1ms\", \"40ms\"], [\"40ms\", \"1ms\"]]",
          place_of(name_, node.source())));
    };
    const auto* rows = node.as_array();
    if (rows == nullptr)
      return wrong();
    for (const auto& row : *rows) {
      const auto texts = row.is_array() ? texts_of(row, true) : std::nullopt;
      if (!texts)
        return wrong();
      auto& times = to.matrix.emplace_back();
      for (const auto& text : *texts) {
        const auto time = value_text<std::chrono::microseconds>::parse(text);
        if (!time)
          return wrong();
        times.push_back(*time);
      }
    }
    return {};
  }

  // -- values

  template <class T>
  outcome<void> set(T& to, const std::vector<option_row<T>>& rows,
                    const std::string& key, const toml::node& node,
                    const std::string& section) {
    const auto* row = find_row(rows, key);
    if (row == nullptr) {
      auto known = names_of(rows);
      if (section == "network")
        known.emplace_back("latency-matrix");
      return unknown(node, section.empty() ? key : section + "." + key, known);
    }
    const auto values = texts_of(node, row->repeatable);
    if (!values)
      return wrong_kind(node, key, row->repeatable);
    for (const auto& value : *values)
      if (auto done = row->set(to, value); !done)
        return usage_error(fmt::format("{}: {}: \"{}\": {}",
                                       place_of(name_, node.source()), key,
                                       value, done.error()));
    return {};
  }

  outcome<void> wrong_kind(const toml::node& node, const std::string& key,
                           bool list) {
    return usage_error(fmt::format("{}: {} must be {}",
                                   place_of(name_, node.source()), key,
                                   list ? "a list" : "a single value"));
  }

  outcome<void> unknown(const toml::node& node, const std::string& key,
                        const std::vector<std::string>& known) {
    const auto own = key.substr(key.rfind('.') + 1);
    return usage_error(
        fmt::format("{}: unknown key \"{}\"; the nearest known one is \"{}\"",
                    place_of(name_, node.source()), key, nearest(own, known)));
  }

  std::string name_;
};

} // namespace

outcome<sim::scenario> parse_scenario(std::string_view text,
                                      const std::string& name) {
  const auto table = parse_toml(text, name);
  if (!table)
    return unexpected{table.error()};
  return scenario_reader{name}.read(*table);
}

outcome<sim::scenario> read_scenario(const std::filesystem::path& file) {
  const auto text = read_text(file, "FILE");
  if (!text)
    return unexpected{text.error()};
  return parse_scenario(*text, file.string());
}

} // namespace grapevine::app
