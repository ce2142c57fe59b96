#include "tests/interop/scenario.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace grapevine::interop {

namespace {

using clock = std::chrono::steady_clock;

/// Pause between two questions for a mesh; the events that come meanwhile are
/// read.
constexpr std::chrono::milliseconds question_interval{50};

/// More than two heartbeats.
constexpr std::chrono::milliseconds stable_time{2500};

std::vector<std::string> ids_of(const peer_list& peers) {
  std::vector<std::string> ids;
  for (const auto* peer : peers)
    ids.push_back(peer->id());
  std::sort(ids.begin(), ids.end());
  return ids;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& part : parts)
    text += " " + part;
  return text;
}

void require_mesh_for(peer_process& peer, const peer_list& neighbours,
                      const std::string& topic,
                      std::chrono::milliseconds duration) {
  auto wanted = ids_of(neighbours);
  auto until = clock::now() + default_patience;
  auto since = clock::now();
  for (;;) {
    auto found = peer.mesh(topic);
    auto now = clock::now();
    if (found != wanted)
      since = now;
    else if (now - since >= duration)
      return;
    if (now >= until)
      throw peer_failure{"the mesh of " + peer.name() + " is" + joined(found)
                         + ", not" + joined(wanted)};
    peer.collect(now + question_interval);
  }
}

void check_author(const nlohmann::json& event, const peer_process& author,
                  policy signing) {
  if (signing == policy::strict_no_sign) {
    CHECK(event.at("from").is_null());
    CHECK(event.at("seqno").is_null());
    return;
  }
  CHECK(event.at("from") == author.id());
  REQUIRE(event.at("seqno").is_string());
  CHECK(event.at("seqno").get<std::string>().size() == 16);
}

} // namespace

void wait_for_mesh(peer_process& peer, const peer_list& neighbours,
                   const std::string& topic) {
  require_mesh_for(peer, neighbours, topic, std::chrono::milliseconds{0});
}

void wait_for_stable_mesh(peer_process& peer, const peer_list& neighbours,
                          const std::string& topic) {
  require_mesh_for(peer, neighbours, topic, stable_time);
}

void wait_for_link(peer_process& a, peer_process& b, const std::string& topic) {
  wait_for_mesh(a, {&b}, topic);
  wait_for_mesh(b, {&a}, topic);
}

void expect_delivery(peer_process& publisher, const peer_list& receivers,
                     const payload& data, policy signing,
                     const std::string& topic) {
  publisher.publish(data, topic);
  for (auto* receiver : receivers)
    expect_message(*receiver, publisher, data, signing, topic);
}

void expect_message(peer_process& receiver, const peer_process& author,
                    const payload& data, policy signing,
                    const std::string& topic) {
  INFO(receiver.name() << " receives from " << author.name());
  auto what =
      std::to_string(data.size) + " bytes published by " + author.name();
  auto event = receiver.wait_for(what, [&](const nlohmann::json& e) {
    return e.value("event", "") == "message" && e.at("sha256") == data.sha256;
  });
  CHECK(event.at("topic") == topic);
  CHECK(event.at("size") == data.size);
  if (!data.text.empty())
    CHECK(event.value("text", "") == data.text);
  check_author(event, author, signing);
}

std::string protocol_to(peer_process& peer, const peer_process& other) {
  auto peers = peer.peers();
  auto place = peers.find(other.id());
  return place == peers.end() ? "" : place->second.protocol;
}

double score_of(peer_process& peer, const peer_process& other) {
  auto peers = peer.peers();
  auto place = peers.find(other.id());
  if (place == peers.end() || !place->second.score)
    throw peer_failure{peer.name() + " has no score for " + other.name()};
  return *place->second.score;
}

std::size_t times_received(const peer_process& peer, const payload& data) {
  return peer.count([&](const nlohmann::json& e) {
    return e.value("event", "") == "message" && e.at("sha256") == data.sha256;
  });
}

} // namespace grapevine::interop
