#include "app/cluster/fault_plan.hpp"

#include "app/options/option_values.hpp"
#include "app/options/suggest.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <fstream>
#include <random>
#include <sstream>
#include <utility>

namespace grapevine::app::cluster {

namespace {

using std::chrono::milliseconds;

struct known_action {
  std::string_view name;
  fault_action what;
  fault_action undone_by;
};

constexpr std::array known_actions{
    known_action{"kill", fault_action::kill, fault_action::start},
    known_action{"stop", fault_action::stop, fault_action::start},
    known_action{"pause", fault_action::pause, fault_action::resume},
    known_action{"cut", fault_action::cut, fault_action::join},
    known_action{"impair", fault_action::impair, fault_action::repair},
};

const std::vector<std::string> known_keys{
    "at", "do", "nodes", "count", "for", "delay", "jitter", "loss", "rate"};

/// One `[[fault]]`.
class fault_reader {
public:
  fault_reader(const toml::table& table, std::string name,
               const fault_context& where, std::mt19937_64& generator)
      : table_{&table}, name_{std::move(name)}, where_{&where},
        generator_{&generator} {}

  outcome<std::vector<fault_step>> steps() {
    for (const auto& [key, node] : *table_)
      if (const std::string text{key.str()};
          std::ranges::find(known_keys, text) == known_keys.end())
        return wrong(node, fmt::format("unknown key \"{}\"; the nearest known "
                                       "one is \"{}\"",
                                       text, nearest(text, known_keys)));
    const auto action = read_action();
    if (!action)
      return unexpected{action.error()};
    const auto quality = read_quality(action->what);
    if (!quality)
      return unexpected{quality.error()};
    const auto at = time("at");
    const auto lasts = time("for");
    if (!at || !lasts)
      return unexpected{!at ? at.error() : lasts.error()};
    if (!*at)
      return missing("at");
    const auto nodes = hit();
    if (!nodes)
      return unexpected{nodes.error()};
    std::vector<fault_step> result;
    for (const auto node : *nodes) {
      result.push_back({**at, action->what, node, *quality});
      if (*lasts)
        result.push_back({**at + **lasts, action->undone_by, node, {}});
    }
    return result;
  }

private:
  unexpected<failure> wrong(const toml::node& at,
                            const std::string& what) const {
    return usage_error(
        fmt::format("{}:{}: {}", name_, at.source().begin.line, what));
  }

  unexpected<failure> missing(std::string_view key) const {
    return wrong(*table_, fmt::format("a fault needs \"{}\"", key));
  }

  outcome<known_action> read_action() const {
    const auto* node = table_->get("do");
    if (node == nullptr)
      return missing("do");
    const auto text = node->value<std::string>().value_or("");
    const auto found =
        std::ranges::find(known_actions, text, &known_action::name);
    if (found == known_actions.end())
      return wrong(*node, fmt::format("do: \"{}\": must be kill, stop, pause, "
                                      "cut or impair",
                                      text));
    const bool network =
        found->what == fault_action::cut || found->what == fault_action::impair;
    if (network && !where_->namespaces)
      return wrong(*node, fmt::format("\"{}\" needs nodes with networks of "
                                      "their own: give --namespaces, as root",
                                      text));
    return *found;
  }

  outcome<std::optional<milliseconds>> time(std::string_view key) const {
    const auto* node = table_->get(key);
    if (node == nullptr)
      return std::optional<milliseconds>{};
    const auto text = node->value<std::string>();
    if (!text)
      return wrong(*node, fmt::format("{}: must be a time, as \"10s\"", key));
    const auto value = value_text<milliseconds>::parse(*text);
    if (!value)
      return wrong(*node,
                   fmt::format("{}: \"{}\": {}", key, *text, value.error()));
    return std::optional{*value};
  }

  outcome<std::optional<double>> number(std::string_view key,
                                        double most) const {
    const auto* node = table_->get(key);
    if (node == nullptr)
      return std::optional<double>{};
    const auto value = node->value<double>();
    if (!value || !(*value >= 0) || *value > most)
      return wrong(*node,
                   fmt::format("{}: must be a number from 0 to {}", key, most));
    return value;
  }

  outcome<link_quality> read_quality(fault_action what) const {
    constexpr double fastest = 10'000'000;
    const auto delay = time("delay");
    const auto jitter = time("jitter");
    const auto loss = number("loss", 100);
    const auto rate = number("rate", fastest);
    for (const auto* one : {&delay, &jitter})
      if (!*one)
        return unexpected{one->error()};
    for (const auto* one : {&loss, &rate})
      if (!*one)
        return unexpected{one->error()};
    const bool any = *delay || *jitter || *loss || *rate;
    if (any != (what == fault_action::impair))
      return wrong(*table_, "\"delay\", \"jitter\", \"loss\" and \"rate\" tell "
                            "what \"impair\" does, which needs one of them");
    return link_quality{delay->value_or(milliseconds{0}),
                        jitter->value_or(milliseconds{0}), loss->value_or(0.0),
                        static_cast<std::size_t>(rate->value_or(0.0))};
  }

  // From 0.
  outcome<std::vector<std::size_t>> hit() const {
    const auto* nodes = table_->get("nodes");
    const auto* count = table_->get("count");
    if ((nodes == nullptr) == (count == nullptr))
      return wrong(*table_, "a fault needs either \"nodes\" or \"count\"");
    return nodes != nullptr ? named(*nodes) : chosen(*count);
  }

  outcome<std::vector<std::size_t>> named(const toml::node& nodes) const {
    const auto* list = nodes.as_array();
    std::vector<std::size_t> result;
    if (list != nullptr)
      for (const auto& one : *list) {
        const auto value = one.value_exact<std::int64_t>().value_or(0);
        if (value < 1 || static_cast<std::size_t>(value) > where_->nodes)
          return wrong(one, fmt::format("nodes: must be numbers from 1 to {}",
                                        where_->nodes));
        result.push_back(static_cast<std::size_t>(value) - 1);
      }
    if (result.empty())
      return wrong(nodes, "nodes: must be a list, as [1, 2]");
    return result;
  }

  outcome<std::vector<std::size_t>> chosen(const toml::node& count) const {
    const auto value = count.value_exact<std::int64_t>().value_or(0);
    if (value < 1 || static_cast<std::size_t>(value) > where_->nodes)
      return wrong(count, fmt::format("count: must be a number from 1 to {}",
                                      where_->nodes));
    std::vector<std::size_t> all(where_->nodes);
    for (std::size_t i = 0; i < all.size(); ++i)
      all[i] = i;
    std::shuffle(all.begin(), all.end(), *generator_);
    all.resize(static_cast<std::size_t>(value));
    return all;
  }

  const toml::table* table_;
  std::string name_;
  const fault_context* where_;
  std::mt19937_64* generator_;
};

outcome<std::vector<fault_step>> read_root(const toml::table& root,
                                           const std::string& name,
                                           const fault_context& where) {
  const auto* faults = root["fault"].as_array();
  if (root.size() != 1 || faults == nullptr)
    return usage_error(name + ": must have [[fault]]s, and nothing else");
  std::mt19937_64 generator{where.seed};
  std::vector<fault_step> result;
  for (const auto& one : *faults) {
    const auto* table = one.as_table();
    if (table == nullptr)
      return usage_error(name + ": must have [[fault]]s, and nothing else");
    auto steps = fault_reader{*table, name, where, generator}.steps();
    if (!steps)
      return unexpected{std::move(steps.error())};
    result.insert(result.end(), steps->begin(), steps->end());
  }
  std::ranges::stable_sort(result, {}, &fault_step::at);
  return result;
}

} // namespace

std::string_view name_of(fault_action action) {
  switch (action) {
  case fault_action::kill:
    return "kill";
  case fault_action::stop:
    return "stop";
  case fault_action::pause:
    return "pause";
  case fault_action::cut:
    return "cut";
  case fault_action::impair:
    return "impair";
  case fault_action::start:
    return "start";
  case fault_action::resume:
    return "resume";
  case fault_action::join:
    return "join";
  case fault_action::repair:
    return "repair";
  }
  return "";
}

outcome<std::vector<fault_step>> parse_faults(std::string_view text,
                                              const std::string& name,
                                              const fault_context& where) {
  try {
    return read_root(toml::parse(text, name), name, where);
  } catch (const toml::parse_error& e) {
    return usage_error(
        fmt::format("{}:{}: {}", name, e.source().begin.line, e.description()));
  }
}

outcome<std::vector<fault_step>> read_faults(const std::filesystem::path& file,
                                             const fault_context& where) {
  std::error_code ignored;
  errno = 0;
  const std::ifstream in{file, std::ios::binary};
  if (!in.is_open() || std::filesystem::is_directory(file, ignored))
    return usage_error(
        fmt::format("--faults: \"{}\": cannot be read: {}", file.string(),
                    std::strerror(in.is_open() ? EISDIR : errno)));
  std::ostringstream text;
  text << in.rdbuf();
  return parse_faults(text.str(), file.string(), where);
}

} // namespace grapevine::app::cluster
