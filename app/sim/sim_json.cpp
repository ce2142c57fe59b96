#include "app/sim/sim_views.hpp"

#include <nlohmann/json.hpp>

#include <fmt/format.h>

namespace grapevine::app {

namespace {

using json = nlohmann::ordered_json;

template <class T>
json json_of(const sim::quantiles<T>& q) {
  return {{"p50", q.p50}, {"p90", q.p90}, {"p99", q.p99}, {"max", q.max}};
}

json json_of(const sim::slice_result& slice) {
  return {{"at_s", slice.begin_seconds},
          {"published", slice.messages.published},
          {"expected", slice.messages.expected},
          {"delivered", slice.messages.delivered},
          {"latency_ms", json_of(milliseconds_of(slice.messages.latencies))},
          {"bytes_sent_per_node_s", slice.bytes_sent},
          {"cpu_per_node", slice.cpu},
          {"nodes_up", slice.nodes_up}};
}

json json_of(const sim::group_result& group) {
  return {{"name", group.name},
          {"nodes", group.nodes},
          {"bytes_sent_per_s", json_of(group.sent)},
          {"bytes_received_per_s", json_of(group.received)},
          {"cpu", json_of(group.cpu)},
          {"peers", json_of(group.peers)},
          {"mesh_members", json_of(group.mesh)}};
}

} // namespace

std::string sim_json(const sim::scenario& s, const sim::scenario_result& r) {
  const auto& f = r.figures;
  json all{{"name", s.name},
           {"seed", s.seed},
           {"nodes", node_count(s)},
           {"topics", s.topics.count},
           {"duration_ms", s.duration.count()},
           {"published", f.published},
           {"expected", f.expected},
           {"delivered", f.deliveries},
           {"missing", missing(f)},
           {"late", f.late},
           {"again", f.again},
           {"twice", f.unexpected},
           {"delivery_rate", f.delivery_rate},
           {"latency_ms", json_of(f.latency)},
           {"hops", json_of(f.hops)},
           {"duplicates", f.duplicates},
           {"control_overhead", f.control_overhead},
           {"frames", f.frames},
           {"lost", f.lost},
           {"dropped", r.dropped},
           {"departures", r.departures},
           {"trace", fmt::format("{:016x}", r.trace)}};
  all["groups"] = json::array();
  for (const auto& group : r.groups)
    all["groups"].push_back(json_of(group));
  all["slices"] = json::array();
  for (const auto& slice : r.slices)
    all["slices"].push_back(json_of(slice));
  return all.dump(-1, ' ', false, json::error_handler_t::replace);
}

} // namespace grapevine::app
