#include "app/cluster/cluster_watch.hpp"

#include "app/client/answer_fields.hpp"
#include "app/client/node_client.hpp"

#include <array>
#include <utility>

namespace grapevine::app::cluster {

namespace {

using client::at;
using client::text_at;
using nlohmann::json;
using std::chrono::milliseconds;

constexpr milliseconds between_questions{500};
constexpr milliseconds patience{2'000};
constexpr std::size_t kept_events = 200;

json number_at(const json& object, const char* group, const char* key) {
  const auto& value = at(at(object, group), key);
  return value.is_number() ? value : json{};
}

using names_by_id = std::map<std::string, std::string>;

names_by_id names_of(const std::vector<node_plan>& plan,
                     const std::vector<std::optional<node_answers>>& answers) {
  names_by_id names;
  for (std::size_t i = 0; i < plan.size(); ++i)
    if (answers[i])
      names[text_at(answers[i]->node, "id")] = plan[i].name;
  return names;
}

// By topic, the names of the nodes in the mesh.
json meshes_of(const json& topics, const names_by_id& names) {
  auto meshes = json::object();
  for (const auto& one : at(topics, "topics")) {
    auto mesh = json::array();
    for (const auto& id : at(one, "mesh"))
      if (const auto found =
              names.find(id.is_string() ? id.get<std::string>() : "");
          found != names.end())
        mesh.push_back(found->second);
    meshes[text_at(one, "topic")] = std::move(mesh);
  }
  return meshes;
}

json describe_node(const node_plan& plan, const std::string& state,
                   const std::optional<node_answers>& told,
                   const names_by_id& names) {
  json one{{"name", plan.name}, {"address", plan.address},
           {"api", plan.api},   {"log", log_of(plan).string()},
           {"state", state},    {"answers", told.has_value()}};
  if (!told)
    return one;
  one["id"] = at(told->node, "id");
  one["uptime_seconds"] = at(told->node, "uptime_seconds");
  one["peers"] = at(told->node, "peers");
  for (const char* key : {"delivered", "duplicates", "rejected"})
    one[key] = number_at(told->node, "messages", key);
  one["dropped"] = number_at(told->node, "queues", "dropped");
  one["meshes"] = meshes_of(told->topics, names);
  return one;
}

std::optional<node_answers> ask_node(client::node_client& client) {
  std::array<json, 2> parts;
  const std::array paths{"/api/v1/node", "/api/v1/topics"};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    client::node_request asked{"GET", paths[i]};
    asked.patience = patience;
    const auto answer = client.ask(asked);
    if (!answer)
      return std::nullopt;
    parts[i] = json::parse(*answer, nullptr, false);
    if (!parts[i].is_object())
      return std::nullopt;
  }
  return node_answers{std::move(parts[0]), std::move(parts[1])};
}

} // namespace

json describe_cluster(const std::vector<node_plan>& plan,
                      const std::vector<std::string>& topics,
                      const std::vector<std::optional<node_answers>>& answers,
                      const std::vector<std::string>& states) {
  const auto names = names_of(plan, answers);
  auto nodes = json::array();
  for (std::size_t i = 0; i < plan.size(); ++i)
    nodes.push_back(describe_node(plan[i], states[i], answers[i], names));
  return {{"topics", topics}, {"nodes", std::move(nodes)}};
}

std::vector<std::string> not_ready(const json& cluster) {
  std::vector<std::string> result;
  for (const auto& one : cluster.at("nodes")) {
    const auto name = one.at("name").get<std::string>();
    if (!one.at("answers").get<bool>()) {
      result.push_back(name + ": does not answer ("
                       + one.at("state").get<std::string>() + ")");
      continue;
    }
    for (const auto& topic : cluster.at("topics"))
      if (at(one.at("meshes"), topic.get<std::string>().c_str()).empty()
          && cluster.at("nodes").size() > 1)
        result.push_back(name + ": in no mesh of \"" + topic.get<std::string>()
                         + "\"");
  }
  return result;
}

cluster_watch::cluster_watch(const std::vector<node_plan>& plan,
                             std::vector<std::string> topics)
    : plan_{&plan}, topics_{std::move(topics)}, answers_(plan.size()),
      states_(plan.size(), "running") {
  for (std::size_t i = 0; i < plan.size(); ++i)
    threads_.emplace_back([this, i] { ask(i); });
}

cluster_watch::~cluster_watch() {
  stop_.raise();
  for (auto& one : threads_)
    one.join();
}

void cluster_watch::ask(std::size_t node) {
  client::node_client client{
      {value_text<node_place>::parse((*plan_)[node].api).value(), {}, {}},
      stop_};
  do {
    auto answers = ask_node(client);
    const std::lock_guard lock{mutex_};
    answers_[node] = std::move(answers);
  } while (!stop_.raised_within(between_questions));
}

void cluster_watch::set_state(std::size_t node, std::string state) {
  const std::lock_guard lock{mutex_};
  states_[node] = std::move(state);
}

void cluster_watch::add_event(std::string text) {
  const std::lock_guard lock{mutex_};
  events_.emplace_back(std::chrono::system_clock::now(), std::move(text));
  if (events_.size() > kept_events)
    events_.pop_front();
}

json cluster_watch::describe() const {
  const std::lock_guard lock{mutex_};
  auto result = describe_cluster(*plan_, topics_, answers_, states_);
  auto events = json::array();
  for (const auto& [when, text] : events_)
    events.push_back({{"time", std::chrono::duration_cast<milliseconds>(
                                   when.time_since_epoch())
                                   .count()},
                      {"text", text}});
  result["events"] = std::move(events);
  return result;
}

} // namespace grapevine::app::cluster
