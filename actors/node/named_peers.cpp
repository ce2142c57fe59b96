#include "actors/node/named_peers.hpp"

#include <algorithm>
#include <utility>

namespace grapevine {

using libp2p::found_addresses;
using libp2p::multiaddr;
using libp2p::peer_id;

namespace {

// What one is known by: several addresses of one peer are one.
multiaddr kept_form(const multiaddr& address) {
  const auto peer = address.peer();
  return peer ? multiaddr{}.with_peer(*peer) : address;
}

// For people: what is wrong and what they can do.
std::string trouble_of(const found_addresses& found) {
  if (!found.error.empty())
    return "a name's peers are not found: " + found.error
           + (found.absent ? "; check how it is written, and that it has "
                             "records of this kind"
                           : "; check that the name server is reached "
                             "(resolv.conf, or dns-server)");
  if (!found.problems.empty())
    return "not all records of a name are of use: " + found.problems.front();
  return {};
}

std::chrono::milliseconds drawn(std::chrono::milliseconds from,
                                std::chrono::milliseconds spread,
                                gossip::rng& gen) {
  const auto count = static_cast<std::size_t>(spread.count()) + 1;
  return from + std::chrono::milliseconds{gossip::random_below(gen, count)};
}

} // namespace

void named_peers::use_self(const peer_id& self,
                           const std::vector<multiaddr>& addresses) {
  self_ = self;
  own_.clear();
  for (const auto& one : addresses)
    own_.push_back(one.without_peer());
}

bool named_peers::add(const multiaddr& name, time_point now) {
  auto [i, added] = names_.try_emplace(name.to_text());
  if (added) {
    i->second.name = name;
    i->second.next = now;
  }
  return added;
}

named_peers::changes named_peers::forget(const multiaddr& name) {
  changes what;
  auto gone = names_.extract(name.to_text());
  if (gone)
    for (auto& [key, one] : gone.mapped().peers)
      drop(one, what);
  return what;
}

// -- when ---------------------------------------------------------------------

std::vector<multiaddr> named_peers::due(time_point now) {
  std::vector<multiaddr> result;
  for (auto& [text, one] : names_) {
    if (one.open || one.next > now)
      continue;
    one.open = true;
    one.asked = now;
    result.push_back(one.name);
  }
  return result;
}

std::optional<time_point> named_peers::next() const {
  std::optional<time_point> first;
  for (const auto& [text, one] : names_)
    if (!one.open)
      first = std::min(one.next, first.value_or(one.next));
  return first;
}

std::chrono::milliseconds named_peers::pause_after(name_entry& of,
                                                   const found_addresses& found,
                                                   gossip::rng& gen) {
  if (found.error.empty()) {
    of.failures = 0;
    // A TTL may be of years.
    const auto ttl = std::min<std::chrono::seconds>(
        found.ttl, std::chrono::ceil<std::chrono::seconds>(options_.longest));
    const auto pause = std::clamp<std::chrono::milliseconds>(
        ttl, options_.shortest, options_.longest);
    return drawn(pause, pause / 4, gen);
  }
  const auto doublings = std::min<std::size_t>(of.failures++, 16);
  const auto full = std::min(options_.longest,
                             options_.retry * (std::int64_t{1} << doublings));
  return drawn(full / 2, full - full / 2, gen);
}

// -- who ----------------------------------------------------------------------

named_peers::outcome named_peers::answered(const multiaddr& name,
                                           const found_addresses& found,
                                           time_point now, gossip::rng& gen) {
  outcome result;
  const auto i = names_.find(name.to_text());
  if (i == names_.end())
    return result;
  auto& of = i->second;
  of.open = false;
  of.next = now + pause_after(of, found, gen);
  // Whoever fails to answer says nothing about who is there.
  if (found.error.empty() || found.absent)
    use_found(of, found, now, result.what);
  choose(of, now, gen, result.what);
  auto trouble = trouble_of(found);
  result.good = trouble.empty();
  const bool first = !std::exchange(of.known, true);
  if (first || trouble != of.trouble)
    result.news = result.good ? "a name's peers are found: it has "
                                    + std::to_string(found.addresses.size())
                                    + " addresses"
                              : trouble;
  of.trouble = std::move(trouble);
  return result;
}

void named_peers::use_found(name_entry& of, const found_addresses& found,
                            time_point now, changes& what) {
  for (auto& [key, one] : of.peers)
    one.listed = false;
  for (const auto& address : found.addresses) {
    const auto form = kept_form(address);
    auto [i, added] = of.peers.try_emplace(form.to_text());
    auto& one = i->second;
    if (added) {
      one.kept_as = form;
      one.peer = form.peer();
      one.missing_since = now;
    }
    if (!std::exchange(one.listed, true))
      one.addresses.clear();
    one.addresses.push_back(address);
  }
  for (auto i = of.peers.begin(); i != of.peers.end();) {
    auto& one = i->second;
    one.left_out = one.left_out || is_own(one);
    if (one.left_out)
      drop(one, what);
    const bool stays = one.listed || one.connected;
    if (!stays)
      drop(one, what);
    i = stays ? std::next(i) : of.peers.erase(i);
  }
}

// Draws as many as are missing: first of those who are not resting.
void named_peers::choose(name_entry& of, time_point now, gossip::rng& gen,
                         changes& what) {
  auto count = static_cast<std::size_t>(std::ranges::count_if(
      of.peers, [](const auto& one) { return one.second.kept; }));
  for (const bool rested : {true, false}) {
    std::vector<entry*> free;
    for (auto& [key, one] : of.peers)
      if (is_free(one) && rested == (one.rests_until.value_or(now) <= now))
        free.push_back(&one);
    const auto missing = std::min(
        free.size(), options_.per_name - std::min(options_.per_name, count));
    gossip::shuffle_front(std::span{free}, missing, gen);
    for (std::size_t i = 0; i < missing; ++i)
      keep(*free[i], now, what);
    count += missing;
  }
}

bool named_peers::is_free(const entry& one) const {
  // Two addresses may be one peer's, who is connected at the other one.
  return one.listed && !one.kept && !one.left_out
         && !(one.peer && connected_to(*one.peer) != nullptr);
}

bool named_peers::is_own(const entry& one) const {
  if (one.peer)
    return one.peer == self_;
  return std::ranges::find(own_, one.kept_as) != own_.end();
}

bool named_peers::has_other(const name_entry& of, time_point now) const {
  return std::ranges::any_of(of.peers, [&](const auto& one) {
    return is_free(one.second) && one.second.rests_until.value_or(now) <= now;
  });
}

const named_peers::entry* named_peers::connected_to(const peer_id& peer) const {
  for (const auto& [text, of] : names_)
    for (const auto& [key, one] : of.peers)
      if (one.kept && one.connected && one.peer == peer)
        return &one;
  return nullptr;
}

void named_peers::keep(entry& one, time_point now, changes& what) {
  const auto* same = find_kept(one.kept_as);
  one.kept = true;
  one.connected = same != nullptr && same->connected;
  one.missing_since = now;
  one.rests_until.reset();
  if (same == nullptr)
    what.keep.push_back(one.kept_as);
}

void named_peers::drop(entry& one, changes& what) {
  if (!std::exchange(one.kept, false))
    return;
  one.connected = false;
  if (find_kept(one.kept_as) == nullptr)
    what.drop.push_back(one.kept_as);
}

const named_peers::entry*
named_peers::find_kept(const multiaddr& address) const {
  const auto key = address.to_text();
  for (const auto& [text, of] : names_)
    if (const auto i = of.peers.find(key);
        i != of.peers.end() && i->second.kept)
      return &i->second;
  return nullptr;
}

// -- what becomes of them -----------------------------------------------------

// `change` is called for each name and tells whether it has changed any of it.
template <class Change>
named_peers::changes named_peers::change_each(time_point now, gossip::rng& gen,
                                              Change change) {
  changes what;
  std::vector<name_entry*> changed;
  for (auto& [text, of] : names_)
    if (change(of, what))
      changed.push_back(&of);
  for (auto* of : changed) {
    std::erase_if(of->peers, [](const auto& one) {
      return !one.second.listed && !one.second.kept;
    });
    choose(*of, now, gen, what);
  }
  return what;
}

named_peers::changes named_peers::connected(const multiaddr& kept,
                                            const peer_id& peer, time_point now,
                                            gossip::rng& gen) {
  const auto key = kept.to_text();
  const auto* other = connected_to(peer);
  const bool twin = other != nullptr && other->kept_as != kept;
  return change_each(now, gen, [&](name_entry& of, changes& what) {
    const auto i = of.peers.find(key);
    if (i == of.peers.end() || !i->second.kept)
      return false;
    i->second.peer = peer;
    i->second.connected = !twin;
    if (twin)
      drop(i->second, what);
    return twin;
  });
}

named_peers::changes named_peers::failed(const multiaddr& kept, time_point now,
                                         gossip::rng& gen) {
  const auto key = kept.to_text();
  return change_each(now, gen, [&](name_entry& of, changes& what) {
    const auto i = of.peers.find(key);
    if (i == of.peers.end() || !i->second.kept || i->second.connected
        || now - i->second.missing_since < options_.unreachable
        || !has_other(of, now))
      return false;
    i->second.rests_until = now + options_.rest;
    drop(i->second, what);
    return true;
  });
}

named_peers::changes named_peers::lost(const multiaddr& kept, time_point now,
                                       gossip::rng& gen) {
  const auto key = kept.to_text();
  return change_each(now, gen, [&](name_entry& of, changes& what) {
    const auto i = of.peers.find(key);
    if (i == of.peers.end() || !i->second.kept)
      return false;
    auto& one = i->second;
    one.connected = false;
    one.missing_since = now;
    // It may have another address by now.
    of.next = std::min(of.next, std::max(now, of.asked + options_.shortest));
    if (!one.listed)
      drop(one, what);
    return !one.listed;
  });
}

named_peers::changes named_peers::leave_out(const multiaddr& kept,
                                            time_point now, gossip::rng& gen) {
  const auto key = kept.to_text();
  return change_each(now, gen, [&](name_entry& of, changes& what) {
    const auto i = of.peers.find(key);
    if (i == of.peers.end())
      return false;
    i->second.left_out = true;
    drop(i->second, what);
    return true;
  });
}

named_peers::changes named_peers::leave_out(const peer_id& peer, time_point now,
                                            gossip::rng& gen) {
  return change_each(now, gen, [&](name_entry& of, changes& what) {
    bool any = false;
    for (auto& [key, one] : of.peers) {
      if (one.peer != peer)
        continue;
      one.left_out = true;
      drop(one, what);
      any = true;
    }
    return any;
  });
}

std::vector<multiaddr> named_peers::dialled(const multiaddr& kept) const {
  const auto key = kept.to_text();
  for (const auto& [text, of] : names_)
    if (const auto i = of.peers.find(key); i != of.peers.end())
      return i->second.addresses;
  return {kept};
}

std::vector<kept_address> named_peers::list() const {
  std::vector<kept_address> result;
  for (const auto& [text, of] : names_) {
    const bool connected = std::ranges::any_of(
        of.peers, [](const auto& one) { return one.second.connected; });
    result.push_back({of.name, connected, of.failures, of.trouble});
  }
  return result;
}

} // namespace grapevine
