#include "actors/node/node_state.hpp"

#include <algorithm>
#include <utility>

// Who is told what happens to the node's peers.

namespace grapevine {

namespace {

// How long the mesh manager may take to show who is in its meshes.
constexpr std::chrono::seconds mesh_patience{30};

} // namespace

caf::result<changed> node_state::watch(const watch_node& msg) {
  if (!msg.observer)
    return caf::make_error(node_errc::bad_parameters,
                           std::string{"the observer's handle is empty"});
  return when_running([this, msg] { watch_now(msg); });
}

void node_state::watch_now(const watch_node& msg) {
  if (std::ranges::find(observers_, msg.observer, &observer::actor)
      != observers_.end())
    return;
  downs_.watch(msg.observer);
  observers_.push_back({msg.observer});
  if (observers_.size() == 1)
    tell(self_, mesh_, observe_events{true});
  if (!msg.only_news)
    tell_present(msg.observer);
}

// What the mesh manager reports before its answer is part of the answer.
void node_state::tell_present(const caf::actor& who) {
  observers_.back().waits_for_mesh = true;
  for (const auto& [peer, entry] : peers_)
    tell(self_, who, node_event{node_event::kind::connected, peer, {}});
  ask(self_, mesh_, mesh_patience, inspect_mesh{})
      .then([this, who](const mesh_snapshot& mesh) { tell_mesh(who, mesh); },
            [this, who](const caf::error&) { tell_mesh(who, {}); });
}

void node_state::tell_mesh(const caf::actor& who, const mesh_snapshot& mesh) {
  const auto found = std::ranges::find(observers_, who, &observer::actor);
  if (found == observers_.end())
    return;
  found->waits_for_mesh = false;
  const auto tell_all = [&](const auto& peers, node_event::kind what,
                            const std::string& topic) {
    for (const auto& peer : peers)
      if (peers_.contains(peer))
        tell(self_, who, node_event{what, peer, topic});
  };
  for (const auto& one : mesh.topics) {
    tell_all(one.peers, node_event::kind::subscribed, one.topic);
    tell_all(one.mesh, node_event::kind::grafted, one.topic);
  }
}

caf::result<changed> node_state::unwatch(const unwatch_node& msg) {
  return when_running([this, msg] {
    observer_ended(msg.observer.address());
    forget_if_unused(msg.observer.address());
  });
}

void node_state::observer_ended(const caf::actor_addr& who) {
  const auto is_it = [&](const observer& one) {
    return one.actor.address() == who;
  };
  if (std::erase_if(observers_, is_it) > 0 && observers_.empty())
    tell(self_, mesh_, observe_events{false});
}

// Nothing is left of an actor that neither observes nor subscribes.
void node_state::forget_if_unused(const caf::actor_addr& who) {
  const bool observes = std::ranges::any_of(
      observers_, [&](const auto& one) { return one.actor.address() == who; });
  if (!observes && !topics_.has(who))
    downs_.forget(who);
}

// Of a connection: the node knows of it first.
void node_state::event(const node_event& one) {
  for (auto& to : observers_)
    tell_news(to, one);
}

void node_state::events(const node_events& msg) {
  for (auto& to : observers_)
    if (!to.waits_for_mesh)
      for (const auto& one : msg.events)
        tell_news(to, one);
}

// Peers come and go as they like, whether or not the observer reads that.
void node_state::tell_news(observer& to, node_event one) {
  if (to.waiting->messages() >= max_waiting_news) {
    if (to.missed++ == 0)
      ctx_->log->warn("an observer on this node is too slow: events are "
                      "dropped");
    return;
  }
  one.missed = std::exchange(to.missed, 0);
  one.ticket = load_ticket{to.waiting, 1, 0};
  tell(self_, to.actor, std::move(one));
}

} // namespace grapevine
