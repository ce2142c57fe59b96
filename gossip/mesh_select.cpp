// Whom a message goes to, and whom to choose from.
#include "gossip/mesh.hpp"

#include <algorithm>
#include <span>

namespace grapevine::gossip {

namespace {

// Goes through a set along with ascending peers.
class walk {
public:
  explicit walk(const peer_set& set) : rest_{set.view()} {}

  // Whether `peer`, not less than the one before, is in the set.
  bool meets(peer_handle peer) {
    while (!rest_.empty() && rest_.front() < peer)
      rest_ = rest_.subspan(1);
    return !rest_.empty() && rest_.front() == peer;
  }

private:
  std::span<const peer_handle> rest_;
};

} // namespace

void mesh::relay_to(std::string_view topic, peer_handle source,
                    const libp2p::peer_id& author,
                    std::vector<peer_handle>& out) const {
  const topic_state* known = topics_.find(topic);
  if (!known || !known->subscribed)
    return;
  const auto wanted = [&](peer_handle peer) {
    return peer != source && peers_.find(peer)->id != author;
  };
  for (const peer_handle peer : known->mesh)
    if (wanted(peer))
      out.push_back(peer);
  for (const peer_handle peer : known->always)
    if (wanted(peer) && may_receive(peer))
      out.push_back(peer);
}

void mesh::idontwant_to(std::string_view topic, peer_handle source,
                        std::vector<peer_handle>& out) const {
  const topic_state* known = topics_.find(topic);
  if (!known)
    return;
  for (const peer_handle peer : known->mesh)
    if (peer != source && has_idontwant(peers_.find(peer)->traits.version))
      out.push_back(peer);
}

std::size_t mesh::publish_to(std::string_view topic, libp2p::time_point now,
                             rng& gen, std::vector<peer_handle>& out) {
  if (!params_.flood_publish)
    return publish_sparsely_to(topic, now, gen, out);
  const topic_state* known = topics_.find(topic);
  if (!known)
    return 0;
  // Flooding reaches all that a fanout would, so none is made.
  const std::size_t before = out.size();
  add_allowed(known->peers, out);
  return out.size() - before;
}

std::size_t mesh::publish_sparsely_to(std::string_view topic,
                                      libp2p::time_point now, rng& gen,
                                      std::vector<peer_handle>& out) {
  topic_state* known = topics_.find(topic);
  if (!known)
    return 0;
  const std::size_t before = out.size();
  add_allowed(known->always, out);
  // A score may have fallen since the last heartbeat.
  add_allowed(
      known->subscribed ? known->mesh : refresh_fanout(*known, now, gen), out);
  return out.size() - before;
}

void mesh::add_allowed(const peer_set& peers,
                       std::vector<peer_handle>& out) const {
  for (const peer_handle peer : peers)
    if (may_receive(peer))
      out.push_back(peer);
}

const peer_set& mesh::refresh_fanout(topic_state& topic, libp2p::time_point now,
                                     rng& gen) {
  if (!topic.fanout.active) {
    // The one that was used least recently makes room.
    if (fanouts_.size() >= limits_.fanout_topics)
      end_fanout(**std::min_element(
          fanouts_.begin(), fanouts_.end(), [](const auto* a, const auto* b) {
            return a->fanout.published < b->fanout.published;
          }));
    fanouts_.push_back(&topic);
  }
  topic.fanout.touch(now);
  fill_fanout(topic, now, gen);
  return topic.fanout.peers;
}

void mesh::fill_fanout(topic_state& topic, libp2p::time_point now, rng& gen) {
  const std::size_t degree = params_.mesh.degree;
  auto& members = topic.fanout.peers;
  // Nobody left to choose: the common case, once the fanout is made.
  if (members.size() >= degree
      || members.size() + topic.always.size() >= topic.peers.size())
    return;
  for (const peer_handle peer :
       draw(topic, purpose::fanout, degree - members.size(), now, gen))
    members.insert(peer);
}

void mesh::end_fanout(topic_state& topic) {
  topic.fanout.clear();
  std::erase(fanouts_, &topic);
  topics_.release(topic);
}

bool mesh::outbound(peer_handle peer) const {
  return peers_.find(peer)->traits.outbound;
}

bool mesh::may_receive(peer_handle peer) const {
  return score(peer) >= params_.thresholds.publish
         || peers_.find(peer)->traits.direct;
}

bool mesh::eligible(peer_handle peer, const topic_state& topic, purpose why,
                    libp2p::time_point now) const {
  return !topic.always.contains(peer) && !topic.mesh.contains(peer)
         && !topic.fanout.peers.contains(peer)
         && good_enough(peer, topic, why, now);
}

bool mesh::good_enough(peer_handle peer, const topic_state& topic, purpose why,
                       libp2p::time_point now) const {
  switch (why) {
  case purpose::fanout:
    return score(peer) >= params_.thresholds.publish;
  case purpose::gossip:
    return score(peer) >= params_.thresholds.gossip;
  case purpose::mesh: {
    if (score(peer) < 0)
      return false;
    const auto end = backoffs_.expiry(topic.name, peers_.find(peer)->id);
    return !end || now >= *end + params_.timers.backoff_slack;
  }
  }
  return false;
}

// `eligible` for all of a topic. The sets are sorted alike, so one walk beside
// each other tells who is in which: a heartbeat asks for every (peer, topic).
void mesh::collect(const topic_state& topic, purpose why,
                   libp2p::time_point now) {
  candidates_.clear();
  walk always{topic.always};
  walk in_mesh{topic.mesh};
  walk fanout{topic.fanout.peers};
  for (const peer_handle peer : topic.peers)
    if (!always.meets(peer) && !in_mesh.meets(peer) && !fanout.meets(peer)
        && good_enough(peer, topic, why, now))
      candidates_.push_back(peer);
}

std::span<const peer_handle> mesh::draw(const topic_state& topic, purpose why,
                                        std::size_t count,
                                        libp2p::time_point now, rng& gen) {
  collect(topic, why, now);
  return draw_from_candidates(count, gen);
}

std::span<const peer_handle> mesh::draw_from_candidates(std::size_t count,
                                                        rng& gen) {
  const std::span<peer_handle> all{candidates_};
  count = std::min(count, all.size());
  shuffle_front(all, count, gen);
  return all.first(count);
}

} // namespace grapevine::gossip
