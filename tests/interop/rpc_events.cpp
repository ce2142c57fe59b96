#include "tests/interop/rpc_events.hpp"

#include <algorithm>
#include <utility>

namespace grapevine::interop {

namespace {

using nlohmann::json;

rpc_matcher rpc_with(const char* event, const peer_process& other,
                     rpc_matcher matches) {
  return [=, id = other.id(), matches = std::move(matches)](const json& e) {
    return e.value("event", "") == event && e.at("peer") == id && matches(e);
  };
}

/// The array `key` contains `value`.
rpc_matcher lists(const char* key, const std::string& value) {
  return [=](const json& e) {
    auto place = e.find(key);
    return place != e.end()
           && std::find(place->begin(), place->end(), value) != place->end();
  };
}

rpc_matcher has(const char* key) {
  return [=](const json& e) { return e.contains(key); };
}

} // namespace

rpc_matcher rpc_from(const peer_process& other, rpc_matcher matches) {
  return rpc_with("rpc_in", other, std::move(matches));
}

rpc_matcher rpc_to(const peer_process& other, rpc_matcher matches) {
  return rpc_with("rpc_out", other, std::move(matches));
}

rpc_matcher has_idontwant(const std::string& id) {
  return lists("idontwant", id);
}

rpc_matcher has_message(const std::string& id) {
  return lists("messages", id);
}

rpc_matcher has_graft() {
  return has("graft");
}

rpc_matcher offers(const peer_process& offered) {
  const json wanted{{"peer", offered.id()}, {"signed", true}};
  return [=](const json& e) {
    const auto prunes = e.value("prune", json::array());
    return std::any_of(prunes.begin(), prunes.end(), [&](const json& prune) {
      const auto& peers = prune.at("peers");
      return std::find(peers.begin(), peers.end(), wanted) != peers.end();
    });
  };
}

rpc_matcher has_extensions() {
  return has("extensions");
}

rpc_matcher advertises_test() {
  return [](const json& e) {
    return e.contains("extensions")
           && e.at("extensions").value("test_extension", false);
  };
}

rpc_matcher has_test() {
  return has("test_extension");
}

} // namespace grapevine::interop
