#include "app/sim/scenario_rows.hpp"

#include "gossip/limits.hpp"

#include <algorithm>
#include <array>

namespace grapevine::app {

namespace {

using enum option_kind;

template <class T>
using rows = std::vector<option_row<T>>;

// A number that stands for a part of something.
template <class T, class Where>
option_row<T> part(std::string_view name, Where where) {
  auto row = make_row<T, real>(name, where);
  row.set = [where](T& target,
                    std::string_view text) -> expected<void, std::string> {
    const auto value = value_text<double>::parse(text);
    if (!value || *value < 0 || *value > 1)
      return unexpected{std::string{"must be a part of all, from 0 to 1"}};
    field(where).in(target) = *value;
    return {};
  };
  return row;
}

} // namespace

const rows<sim::scenario>& scenario_rows() {
  using sim::scenario;
  static const rows<scenario> all{
      make_row<scenario, text>("name", &scenario::name),
      make_row<scenario, number>("seed", &scenario::seed),
      make_row<scenario, duration>("duration", &scenario::duration),
      make_row<scenario, duration>("settle", &scenario::settle),
      make_row<scenario, duration>("drain", &scenario::drain),
      make_row<scenario, duration>("stable-after", &scenario::stable_after),
  };
  return all;
}

const rows<group_entry>& group_rows() {
  using sim::node_group;
  constexpr auto own = field(&group_entry::group);
  static const auto all = [own] {
    rows<group_entry> result{
        make_row<group_entry, text>("name", own / &node_group::name),
        make_row<group_entry, number>("nodes", own / &node_group::nodes),
        make_row<group_entry, choice>("behaviour", &group_entry::how),
        make_row<group_entry, number>("cores", own / &node_group::cores),
        make_row<group_entry, text>("region", own / &node_group::region),
        make_row<group_entry, number>("targets", own / &node_group::targets),
    };
    // In bytes, as what a node counts; kept as a number with a fraction.
    option_row<group_entry> upload;
    upload.name = "upload";
    upload.kind = size;
    upload.set = [](group_entry& to,
                    std::string_view text) -> expected<void, std::string> {
      const auto bytes = value_text<byte_size>::parse(text);
      if (!bytes)
        return unexpected{bytes.error() + ", per second"};
      to.group.upload = static_cast<double>(bytes->count);
      return {};
    };
    result.push_back(std::move(upload));
    return result;
  }();
  return all;
}

const rows<sim::topology_options>& topology_rows() {
  using sim::topology_options;
  static const rows<topology_options> all{
      make_row<topology_options, choice>("kind", &topology_options::kind),
      make_row<topology_options, number>("dials", &topology_options::dials),
      make_row<topology_options, number>("hubs", &topology_options::hubs),
      make_row<topology_options, number>("branches",
                                         &topology_options::branches),
  };
  return all;
}

const rows<sim::link_options>& network_rows() {
  using sim::link_options;
  using sim::operation_costs;
  constexpr auto costs = field(&link_options::costs);
  static const rows<link_options> all{
      make_row<link_options, text>("latency", &link_options::latency),
      make_row<link_options, text>("jitter", &link_options::jitter),
      part<link_options>("packet-loss", &link_options::packet_loss),
      part<link_options>("message-loss", &link_options::message_loss),
      make_row<link_options, text>("regions", &link_options::regions),
      make_row<link_options, number>("shared-cores",
                                     &link_options::shared_cores),
      make_row<link_options, number>("dial-offers-below",
                                     &link_options::dial_offers_below),
      make_row<link_options, duration>("silence", &link_options::silence),
      make_row<link_options, real>("cost-wake", costs / &operation_costs::wake),
      make_row<link_options, real>("cost-receive",
                                   costs / &operation_costs::receive),
      make_row<link_options, real>("cost-send", costs / &operation_costs::send),
      make_row<link_options, real>("cost-control",
                                   costs / &operation_costs::control),
      make_row<link_options, real>("cost-kib", costs / &operation_costs::kib),
      make_row<link_options, real>("cost-verify",
                                   costs / &operation_costs::verify),
      make_row<link_options, real>("cost-heartbeat",
                                   costs / &operation_costs::heartbeat),
      make_row<link_options, real>("cost-heartbeat-peer",
                                   costs / &operation_costs::heartbeat_peer),
      make_row<link_options, real>("cost-scale",
                                   costs / &operation_costs::scale),
  };
  return all;
}

const rows<sim::topic_options>& topic_rows() {
  using sim::topic_options;
  static const rows<topic_options> all{
      make_row<topic_options, number>("count", &topic_options::count),
      make_row<topic_options, number>("per-node", &topic_options::per_node),
  };
  return all;
}

const rows<sim::traffic>& message_rows() {
  using sim::traffic;
  static const auto all = [] {
    rows<traffic> result{
        make_row<traffic, real>("rate", &traffic::rate),
        make_row<traffic, flag>("even", &traffic::even),
        make_row<traffic, text>("group", &traffic::group),
        make_row<traffic, number>("publishers", &traffic::publishers),
        make_row<traffic, duration>("start", &traffic::start),
        make_row<traffic, duration>("end", &traffic::end),
        make_row<traffic, number>("topic", &traffic::topic),
    };
    option_row<traffic> bytes;
    bytes.name = "size";
    bytes.kind = size;
    bytes.set = [](traffic& to,
                   std::string_view text) -> expected<void, std::string> {
      const auto read = value_text<byte_size>::parse(text);
      if (!read)
        return unexpected{read.error()};
      if (read->count > gossip::limits::mib)
        return unexpected{std::string{"must be at most 1MiB"}};
      to.size = read->count;
      return {};
    };
    result.push_back(std::move(bytes));
    return result;
  }();
  return all;
}

const rows<sim::incident>& event_rows() {
  using sim::incident;
  static const rows<incident> all{
      make_row<incident, duration>("at", &incident::at),
      make_row<incident, choice>("do", &incident::what),
      make_row<incident, choice>("how", &incident::how),
      make_row<incident, number>("which", &incident::which),
      make_row<incident, number>("nodes", &incident::nodes),
      part<incident>("part", &incident::part),
      make_row<incident, text>("group", &incident::group),
      make_row<incident, duration>("for", &incident::lasting),
      make_row<incident, duration>("every", &incident::every),
  };
  return all;
}

const rows<sim::churn_options>& churn_rows() {
  using sim::churn_options;
  static const rows<churn_options> all{
      part<churn_options>("per-minute", &churn_options::per_minute),
      make_row<churn_options, choice>("how", &churn_options::how),
      make_row<churn_options, duration>("away", &churn_options::away),
  };
  return all;
}

bool is_rule(const option& one) {
  constexpr std::array<std::string_view, 5> groups{"Mesh of each topic",
                                                   "Peer exchange", "Gossip",
                                                   "Timers", "Scores of peers"};
  return std::ranges::find(groups, one.group) != groups.end()
         || one.name.starts_with("redial-");
}

std::vector<std::string> group_keys() {
  auto keys = names_of(group_rows());
  for (const auto& one : all_options())
    if (is_rule(one))
      keys.push_back(one.name);
  return keys;
}

} // namespace grapevine::app
