#include "app/cluster/node_networks.hpp"

#include "app/cluster/tool.hpp"

#include <fmt/format.h>
#include <unistd.h>
#include <utility>

namespace grapevine::app::cluster {

namespace {

constexpr const char* bridge = "grapevine";
constexpr const char* bridge_address = "10.213.0.2/16";

// The bridge's end of a node's link, whose names have 15 characters at most.
std::string link_of(std::size_t node) {
  return fmt::format("grapevine-{}", node + 1);
}

using words = std::vector<std::string>;

outcome<void> ip(words arguments) {
  arguments.insert(arguments.begin(), "ip");
  return run_tool(arguments);
}

// Those of them in turn, until one fails.
outcome<void> ip_all(const std::vector<words>& commands) {
  for (const auto& one : commands)
    if (auto done = ip(one); !done)
      return done;
  return {};
}

} // namespace

node_networks::~node_networks() {
  // With its network a node's link goes, too. What has gone meanwhile need not
  // be taken away.
  for (const auto& name : names_)
    (void)ip({"netns", "delete", name});
  if (bridged_)
    (void)ip({"link", "delete", bridge});
}

outcome<void> node_networks::make(const std::vector<node_plan>& nodes) {
  if (::geteuid() != 0)
    return runtime_error("networks of their own are for root: use sudo, or "
                         "leave --namespaces out");
  if (auto made = ip({"link", "add", bridge, "type", "bridge"}); !made)
    return runtime_error(made.error().text
                         + "; if another cluster is up, end it; if none is, "
                           "\"ip link delete grapevine\" takes away what one "
                           "has left");
  bridged_ = true;
  if (auto up = ip_all({{"addr", "add", bridge_address, "dev", bridge},
                        {"link", "set", bridge, "up"}});
      !up)
    return up;
  for (const auto& one : nodes)
    if (auto made = make_one(one); !made)
      return made;
  return {};
}

outcome<void> node_networks::make_one(const node_plan& node) {
  const auto link = link_of(names_.size());
  const auto network = "grapevine-" + node.name;
  if (auto made = ip({"netns", "add", network}); !made)
    return made;
  names_.push_back(network);
  return ip_all({
      {"link", "add", link, "type", "veth", "peer", "name", "eth0", "netns",
       network},
      {"link", "set", link, "master", bridge, "up"},
      {"-n", network, "addr", "add", node.ip + "/16", "dev", "eth0"},
      {"-n", network, "link", "set", "lo", "up"},
      {"-n", network, "link", "set", "eth0", "up"},
      {"-n", network, "route", "add", "default", "via", "10.213.0.2"},
  });
}

std::string node_networks::name(std::size_t node) const {
  return names_.empty() ? std::string{} : names_.at(node);
}

outcome<void> node_networks::cut(std::size_t node) {
  return ip({"link", "set", link_of(node), "down"});
}

outcome<void> node_networks::join(std::size_t node) {
  return ip({"link", "set", link_of(node), "up"});
}

outcome<void> node_networks::impair(std::size_t node, const link_quality& how) {
  words command{"tc",  "-n",   names_.at(node), "qdisc", "replace",
                "dev", "eth0", "root",          "netem"};
  const auto add = [&command](std::string name, std::string value) {
    command.push_back(std::move(name));
    command.push_back(std::move(value));
  };
  add("delay", fmt::format("{}ms", how.delay.count()));
  if (how.jitter.count() > 0)
    command.push_back(fmt::format("{}ms", how.jitter.count()));
  if (how.loss > 0)
    add("loss", fmt::format("{}%", how.loss));
  if (how.rate > 0)
    add("rate", fmt::format("{}kbit", how.rate));
  return run_tool(command);
}

// Only trying shows it: the kernel loads the module when it is asked for.
outcome<void> node_networks::check_impair() {
  const link_quality some{.delay = std::chrono::milliseconds{1}};
  if (const auto done = impair(0, some); !done)
    return runtime_error(
        "this kernel cannot impair a network, which a fault is to do: "
        + done.error().text
        + "; load netem (\"modprobe sch_netem\"; kernels for virtual machines "
          "may have it in a package of its own), or leave \"impair\" out");
  return repair(0);
}

outcome<void> node_networks::repair(std::size_t node) {
  return run_tool(
      {"tc", "-n", names_.at(node), "qdisc", "delete", "dev", "eth0", "root"});
}

} // namespace grapevine::app::cluster
