#include "gossip/mesh/backoff.hpp"

#include <algorithm>

namespace grapevine::gossip {

namespace {

struct before_number {
  template <class Entry>
  bool operator()(const Entry& entry, std::uint32_t number) const {
    return entry.number < number;
  }
};

// Where the number is or would be.
template <class Entries>
auto place_of(Entries& all, std::uint32_t number) {
  return std::lower_bound(all.begin(), all.end(), number, before_number{});
}

} // namespace

void backoff_table::set_handle(const libp2p::peer_id& peer,
                               peer_handle handle) {
  if (const auto known = numbers_.find(peer); known != numbers_.end())
    peers_[known->second.slot].handle = handle;
}

void backoff_table::add(std::string_view topic, const libp2p::peer_id& peer,
                        peer_handle handle, time_point now,
                        std::chrono::seconds duration, pruner by,
                        std::uint32_t connection) {
  // Bounded before it is added to a time, which it could make overflow.
  const auto end = now + std::min(duration, limits_.max_backoff);
  auto known = topics_.find(topic);
  if (known == topics_.end())
    known = topics_.emplace(std::string{topic}, entries{}).first;
  auto& all = known->second;
  const auto number = number_of(peer, handle);
  const auto at = place_of(all, number);
  if (at != all.end() && at->number == number)
    return impose(*at, now, end, by, connection);
  entry added;
  added.number = number;
  impose(added, now, end, by, connection);
  all.insert(at, added);
  ++peers_[number].entries;
  ++size_;
  if (all.size() > limits_.backoffs_per_topic)
    drop_longest(all);
  earliest_ = std::min(earliest_, end);
}

void backoff_table::impose(entry& on, time_point now, time_point end, pruner by,
                           std::uint32_t connection) {
  auto& known = by == pruner::we ? on.ours : on.theirs;
  known = std::max(known, end);
  // A peer's own PRUNE does not make up for its GRAFTs before: PRUNE and GRAFT
  // in turn are a flood, too.
  if (by == pruner::we || on.connection != connection)
    on.asked = 0;
  on.connection = connection;
  on.told = now;
}

std::uint32_t backoff_table::number_of(const libp2p::peer_id& peer,
                                       peer_handle handle) {
  if (const auto known = numbers_.find(peer); known != numbers_.end())
    return known->second.slot;
  const auto added = peers_.insert({peer, handle, 0});
  numbers_.emplace(peer, added);
  return added.slot;
}

void backoff_table::forget(const entry& which) {
  --size_;
  auto& peer = peers_[which.number];
  if (--peer.entries > 0)
    return;
  const auto known = numbers_.find(peer.id);
  peers_.erase(known->second);
  numbers_.erase(known);
}

// Those who impose long ones would otherwise keep out the short ones that
// count.
void backoff_table::drop_longest(entries& of) {
  const auto longest = std::max_element(
      of.begin(), of.end(),
      [](const entry& a, const entry& b) { return a.end() < b.end(); });
  forget(*longest);
  of.erase(longest);
}

const backoff_table::entry*
backoff_table::find(std::string_view topic, const libp2p::peer_id& peer) const {
  const auto known = topics_.find(topic);
  if (known == topics_.end())
    return nullptr;
  const auto number = numbers_.find(peer);
  if (number == numbers_.end())
    return nullptr;
  const auto wanted = number->second.slot;
  const auto at = place_of(known->second, wanted);
  return at != known->second.end() && at->number == wanted ? &*at : nullptr;
}

std::optional<time_point>
backoff_table::expiry(std::string_view topic,
                      const libp2p::peer_id& peer) const {
  const auto* known = find(topic, peer);
  return known ? std::optional{known->end()} : std::nullopt;
}

std::optional<early_graft>
backoff_table::refuse(std::string_view topic, const libp2p::peer_id& peer,
                      std::uint32_t connection, time_point now,
                      std::chrono::milliseconds pause) {
  auto* known = const_cast<entry*>(find(topic, peer));
  if (!known || now >= known->end())
    return std::nullopt;
  if (known->connection != connection) {
    // What it imposed itself ended with the connection.
    if (now >= known->ours) {
      known->theirs = time_point::min();
      earliest_ = std::min(earliest_, known->end());
      return std::nullopt;
    }
    known->connection = connection;
    known->told = now;
    known->asked = 0;
  }
  // It is told so now, and another connection does not change that.
  known->ours = known->end();
  ++known->asked;
  const auto since = now - known->told;
  const auto pauses = pause > pause.zero() ? since / pause : 0;
  return early_graft{known->ours - now, known->asked > 1 + pauses,
                     since < pause};
}

void backoff_table::ending_after(std::string_view topic, time_point moment,
                                 std::vector<peer_handle>& out) const {
  const auto known = topics_.find(topic);
  if (known == topics_.end())
    return;
  for (const entry& one : known->second)
    if (one.end() > moment && peers_[one.number].handle != peer_handle{})
      out.push_back(peers_[one.number].handle);
}

void backoff_table::clear_expired(time_point now,
                                  std::chrono::milliseconds slack) {
  const auto limit = now - slack;
  if (earliest_ > limit)
    return;
  earliest_ = time_point::max();
  for (auto topic = topics_.begin(); topic != topics_.end();) {
    std::erase_if(topic->second, [&](const entry& one) {
      if (one.end() > limit) {
        earliest_ = std::min(earliest_, one.end());
        return false;
      }
      forget(one);
      return true;
    });
    topic = topic->second.empty() ? topics_.erase(topic) : std::next(topic);
  }
}

} // namespace grapevine::gossip
