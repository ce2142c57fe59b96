#include "tests/interop/grapevine/trace.hpp"

#include "tests/interop/grapevine/events.hpp"

#include <string>
#include <vector>

namespace grapevine::interop {

namespace {

using nlohmann::json;
namespace trace = gossip::trace;

json hex_of(const std::vector<std::string>& ids) {
  json list = json::array();
  for (const auto& id : ids)
    list.push_back(hex(as_bytes(id)));
  return list;
}

void set_unless_empty(json& event, const char* key, json list) {
  if (!list.empty())
    event[key] = std::move(list);
}

json ids_of(const std::vector<trace::message_meta>& messages) {
  json list = json::array();
  for (const auto& message : messages)
    list.push_back(hex(as_bytes(message.id)));
  return list;
}

json ids_of(const std::vector<proto::ihave>& ihaves) {
  json list = json::array();
  for (const auto& ihave : ihaves)
    for (const auto& id : ihave.ids)
      list.push_back(hex(as_bytes(id)));
  return list;
}

json describe(const proto::prune& prune) {
  json peers = json::array();
  for (const auto& offered : prune.peers) {
    const auto id = libp2p::peer_id::from_bytes(as_bytes(offered.id));
    peers.push_back({{"peer", id ? id->to_base58() : hex(as_bytes(offered.id))},
                     {"signed", !offered.signed_record.empty()}});
  }
  return {{"topic", prune.topic},
          {"backoff", prune.backoff ? prune.backoff->count() : 0},
          {"peers", peers}};
}

json describe(const std::vector<proto::prune>& prunes) {
  json list = json::array();
  for (const auto& prune : prunes)
    list.push_back(describe(prune));
  return list;
}

/// Names only what the RPC has.
json describe(const char* name, const libp2p::peer_id& peer,
              const trace::rpc_meta& meta) {
  json event{{"event", name}, {"peer", peer.to_base58()}};
  const auto& control = meta.control;
  set_unless_empty(event, "messages", ids_of(meta.messages));
  set_unless_empty(event, "ihave", ids_of(control.ihaves));
  set_unless_empty(event, "iwant", hex_of(control.iwant));
  set_unless_empty(event, "idontwant", hex_of(control.idontwant));
  set_unless_empty(event, "graft", json(control.grafts));
  set_unless_empty(event, "prune", describe(control.prunes));
  if (control.ext)
    event["extensions"] = {{"partial_messages", control.ext->partial_messages},
                           {"test_extension", control.ext->test_extension}};
  return event;
}

} // namespace

json describe_received(const libp2p::peer_id& from, const proto::rpc& rpc,
                       const gossip::message_ids& ids) {
  auto event = describe("rpc_in", from, trace::meta_of(rpc, ids));
  if (rpc.test_extension)
    event["test_extension"] = true;
  if (const auto& partial = rpc.partial)
    event["partial"] = {
        {"topic", partial->topic},
        {"group", as_text(partial->group)},
        {"parts", partial->parts && !partial->parts->empty()},
        {"metadata", partial->metadata && !partial->metadata->empty()}};
  return event;
}

json describe_sent(const trace::rpc_sent& rpc) {
  return describe("rpc_out", rpc.to, rpc.meta);
}

} // namespace grapevine::interop
