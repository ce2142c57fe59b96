// Whom a message goes to, and whom to choose from.
#include "gossip/mesh/mesh.hpp"

#include <algorithm>
#include <span>

namespace grapevine::gossip {

namespace {

using peer_list = std::vector<peer_handle>;

// Where `peer` is or would be; mostly not far behind `from`.
peer_list::iterator search(peer_list::iterator from, peer_list::iterator end,
                           peer_handle peer) {
  std::ptrdiff_t step = 1;
  while (step < end - from && from[step] < peer)
    step *= 2;
  return std::lower_bound(from + step / 2, from + std::min(step, end - from),
                          peer);
}

// Takes the members of `gone` out of `all`, which is sorted, too. What is
// between two of them is moved at once: a heartbeat does this for every topic,
// and most of its peers are in no set.
void subtract(peer_list& all, const peer_set& gone) {
  auto kept = all.begin();
  auto rest = all.begin();
  for (const peer_handle peer : gone) {
    const auto at = search(rest, all.end(), peer);
    kept = std::move(rest, at, kept);
    rest = at != all.end() && *at == peer ? at + 1 : at;
  }
  if (rest != kept)
    all.erase(std::move(rest, all.end(), kept), all.end());
}

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

std::size_t mesh::publish_to(std::string_view topic, time_point now, rng& gen,
                             std::vector<peer_handle>& out) {
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

std::size_t mesh::publish_sparsely_to(std::string_view topic, time_point now,
                                      rng& gen, std::vector<peer_handle>& out) {
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

const peer_set& mesh::refresh_fanout(topic_state& topic, time_point now,
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

void mesh::fill_fanout(topic_state& topic, time_point now, rng& gen) {
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

double mesh::score(peer_handle peer) const {
  if (!tick_scores_.empty())
    return tick_scores_[peer.slot];
  return score_ ? score_(peer) : 0;
}

double mesh::least_score(purpose why) const noexcept {
  switch (why) {
  case purpose::fanout:
    return params_.thresholds.publish;
  case purpose::gossip:
    return params_.thresholds.gossip;
  case purpose::mesh:
    break;
  }
  return 0;
}

bool mesh::eligible(peer_handle peer, const topic_state& topic, purpose why,
                    time_point now) const {
  return !topic.always.contains(peer) && !topic.mesh.contains(peer)
         && !topic.fanout.peers.contains(peer)
         && score(peer) >= least_score(why)
         && (why != purpose::mesh || !backed_off(peer, topic, now));
}

// We wait a little longer than the backoff.
bool mesh::backed_off(peer_handle peer, const topic_state& topic,
                      time_point now) const {
  const auto end = backoffs_.expiry(topic.name, peers_.find(peer)->id);
  return end && now < *end + params_.timers.backoff_slack;
}

// `eligible` for all of a topic.
void mesh::collect(const topic_state& topic, purpose why, time_point now) {
  candidates_.assign(topic.peers.begin(), topic.peers.end());
  subtract(candidates_, topic.always);
  subtract(candidates_, topic.mesh);
  subtract(candidates_, topic.fanout.peers);
  // In most heartbeats nobody is that bad.
  const double least = least_score(why);
  if (score_ && (tick_scores_.empty() || lowest_score_ < least))
    std::erase_if(candidates_,
                  [&](peer_handle peer) { return score(peer) < least; });
  if (why == purpose::mesh)
    drop_backed_off(topic, now);
}

// Without a search for each candidate.
void mesh::drop_backed_off(const topic_state& topic, time_point now) {
  barred_.clear();
  backoffs_.ending_after(topic.name, now - params_.timers.backoff_slack,
                         barred_);
  if (barred_.empty())
    return;
  backed_off_.resize(peers_.slot_count());
  for (const peer_handle peer : barred_)
    backed_off_[peer.slot] = peer;
  std::erase_if(candidates_, [this](peer_handle peer) {
    return backed_off_[peer.slot] == peer;
  });
  for (const peer_handle peer : barred_)
    backed_off_[peer.slot] = {};
}

std::span<const peer_handle> mesh::draw(const topic_state& topic, purpose why,
                                        std::size_t count, time_point now,
                                        rng& gen) {
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
