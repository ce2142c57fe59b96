#include "app/commands/cluster.hpp"
#include "app/commands/command_specs.hpp"
#include "app/options/paths.hpp"

#include <fmt/format.h>
#include <limits>
#include <utility>

namespace grapevine::app {

namespace {

using std::chrono::milliseconds;
using std::filesystem::path;

void add_cluster(CLI::App& to, given_texts& given) {
  given
      .add(to, "ACTION", {option_kind::choice, {"up", "status", "down"}},
           "Begins a cluster, tells of it, or ends it")
      ->required();
  given.add(to, "--folder", {option_kind::path},
            "Of the cluster: its nodes' keys and logs (default: "
            "grapevine/cluster in $XDG_STATE_HOME or ~/.local/state)");
  given.add_flag(to, "--json", "status: prints what the page shows");
  given.add(to, "-n,--nodes", {option_kind::number},
            "up: so many nodes (default: 5)");
  given.add(to, "--topic", {option_kind::topic},
            "up: a topic of all nodes; may be given several times (default: "
            "news)");
  given.add_flag(to, "--detach",
                 "up: goes on in the background once all nodes are in their "
                 "meshes");
  given.add_flag(to, "--namespaces",
                 "up: each node has a network of its own; for root");
  given.add(to, "--faults", {option_kind::path},
            "up: TOML file of what is done to the nodes, and when");
  given.add(to, "--port", {option_kind::number},
            "up: the page's port; without --namespaces the nodes have those "
            "behind it (default: 4100)");
  given.add(to, "--dials", {option_kind::number},
            "up: other nodes that each node dials (default: 3)");
  given.add(to, "--seed", {option_kind::number},
            "up: decides who dials whom, and whom faults hit (default: 1)");
  given.add(to, "--wait", {option_kind::duration},
            "up: until all nodes must be in their meshes (default: 60s)");
  given.add(to, "--config", {option_kind::path},
            "up: TOML file with further options of all nodes");
}

outcome<path> folder_of(const given_texts& given) {
  auto folder = given.value<path>("folder");
  if (!folder)
    return unexpected{std::move(folder.error())};
  return *folder ? outcome<path>{std::filesystem::absolute(**folder)}
                 : default_cluster_folder();
}

outcome<std::size_t> number_of(const given_texts& given, const char* name,
                               std::size_t missing, std::size_t least,
                               std::size_t most) {
  const auto value = given.value<std::size_t>(name, missing);
  if (!value)
    return unexpected{value.error()};
  if (**value < least || **value > most)
    return usage_error(fmt::format("--{}: \"{}\": must be from {} to {}", name,
                                   **value, least, most));
  return **value;
}

// What is a number of the cluster itself.
outcome<void> read_numbers(const given_texts& given,
                           cluster::cluster_wish& wish) {
  constexpr std::size_t most = std::numeric_limits<std::uint16_t>::max();
  const auto nodes =
      number_of(given, "nodes", wish.nodes, 1, cluster::max_nodes);
  const auto dials =
      number_of(given, "dials", wish.dials, 1, cluster::max_nodes);
  const auto seed = number_of(given, "seed", wish.seed, 0,
                              std::numeric_limits<std::size_t>::max());
  for (const auto* one : {&nodes, &dials, &seed})
    if (!*one)
      return unexpected{one->error()};
  // Each node has two ports.
  const auto port = number_of(given, "port", wish.port, 1, most - 2 * *nodes);
  if (!port)
    return unexpected{port.error()};
  wish.nodes = *nodes;
  wish.dials = *dials;
  wish.seed = *seed;
  wish.port = static_cast<std::uint16_t>(*port);
  return {};
}

outcome<cluster_up_arguments> up_of(const given_texts& given, path folder) {
  cluster_up_arguments result;
  auto& wish = result.wish;
  wish.folder = std::move(folder);
  wish.namespaces = given.has("namespaces");
  if (auto read = read_numbers(given, wish); !read)
    return unexpected{std::move(read.error())};
  if (given.has("topic"))
    wish.topics = given.all("topic");
  for (const auto& topic : wish.topics)
    if (const auto valid = value_text<topic_name>::parse(topic); !valid)
      return usage_error("--topic: \"" + topic + "\": " + valid.error());
  auto faults = given.value<path>("faults");
  auto config = given.value<path>("config");
  const auto wait = given.value<milliseconds>("wait", result.wait);
  if (!faults || !config)
    return unexpected{!faults ? faults.error() : config.error()};
  if (!wait)
    return unexpected{wait.error()};
  if (*config)
    wish.config = std::filesystem::absolute(**config);
  result.faults = *std::move(faults);
  result.wait = **wait;
  result.detach = given.has("detach");
  return result;
}

// Options that only `up` has.
outcome<void> check_without_up(const given_texts& given,
                               const std::string& action) {
  for (const auto* name : {"nodes", "topic", "detach", "namespaces", "faults",
                           "port", "dials", "seed", "wait", "config"})
    if (given.has(name))
      return usage_error(fmt::format("--{} is for \"grapevine cluster up\", "
                                     "not for {}",
                                     name, action));
  return {};
}

outcome<exit_code> act_cluster(const given_texts& given) {
  const auto action = given.text("ACTION").value();
  auto folder = folder_of(given);
  if (!folder)
    return unexpected{folder.error()};
  if (given.has("json") && action != "status")
    return usage_error("--json is for \"grapevine cluster status\"");
  if (action == "up") {
    const auto arguments = up_of(given, *std::move(folder));
    return arguments ? cluster_up(*arguments)
                     : outcome<exit_code>{unexpected{arguments.error()}};
  }
  if (action != "status" && action != "down")
    return usage_error("ACTION: \"" + action
                       + "\": must be up, status or down");
  if (auto fits = check_without_up(given, action); !fits)
    return unexpected{fits.error()};
  return action == "status" ? cluster_status(*folder, given.has("json"))
                            : cluster_down(*folder);
}

} // namespace

command_spec cluster_spec() {
  return {"cluster", "Runs several nodes on this machine, for development",
          R"(  grapevine cluster up -n 12
  grapevine cluster up -n 12 --detach; grapevine cluster status
  grapevine cluster down
  sudo grapevine cluster up -n 12 --namespaces --faults faults.toml
A file of faults:
  [[fault]]
  at = "10s"
  do = "kill"     # kill, stop, pause; with --namespaces: cut, impair
  nodes = [3, 4]  # or: count = 2
  for = "5s"      # then they are started again)",
          add_cluster, act_cluster};
}

} // namespace grapevine::app
