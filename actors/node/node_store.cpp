#include "actors/node/node_state.hpp"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <unordered_map>
#include <utility>

// Whom the node knows after a restart: what it writes down of its peers, and
// whom it dials when it has too few.

namespace grapevine {

using libp2p::multiaddr;
using libp2p::peer_id;

namespace {

// Soon after the start for the first time, as a node may be killed; then seldom
// enough to cost nothing.
constexpr std::chrono::seconds first_write{30};
constexpr std::chrono::minutes write_pause{5};

// The store may wait for a disk, and the mesh manager has much to do.
constexpr std::chrono::seconds answer_patience{30};

} // namespace

void node_state::open_store() {
  if (config_.peer_store.empty())
    return;
  store_ = parts_.peer_store(self_->system(),
                             {config_.peer_store, ctx_->log, {}, {}});
  downs_.watch(*store_);
  // Bans hold from the start; peers are asked for when they are needed.
  ask(self_, *store_, answer_patience, recall_peers{0})
      .then([this](const recalled_peers& known) { recall(known); },
            [](const caf::error&) {});
  tell_self_later(self_, first_write, store_peers{});
  look_later();
}

void node_state::store_ended(const std::string& why) {
  store_.reset();
  ctx_->log->error("the peer store has died: {}; known peers and bans are not "
                   "kept until the node is started again",
                   why);
}

// -- bans ---------------------------------------------------------------------

// At somebody's word, which a restart does not undo; what is configured is
// blocked without.
caf::result<changed> node_state::ban(const block_peer& msg) {
  return when_running([this, msg] { ban_now(msg); });
}

void node_state::ban_now(const block_peer& msg) {
  if (msg.blocked)
    banned_.insert(msg.peer);
  else
    banned_.erase(msg.peer);
  if (store_)
    tell(self_, *store_, remember_bans{{msg}});
  block(msg.peer, msg.blocked);
}

void node_state::recall(const recalled_peers& known) {
  if (phase_ != phase::running)
    return;
  for (const auto& peer : known.banned)
    if (banned_.insert(peer).second)
      block(peer, true);
  if (!known.banned.empty())
    ctx_->log->info("peers that are banned from before: {}",
                    known.banned.size());
}

// -- too few peers ------------------------------------------------------------

bool node_state::has_few_peers() const {
  return peers_.size()
         < std::min<std::size_t>(config_.params.mesh.degree, config_.max_peers);
}

void node_state::look_later() {
  if (!store_ || phase_ != phase::running || !has_few_peers())
    return;
  const auto at = known_.next_round(now(self_));
  if (look_at_ && *look_at_ <= at)
    return;
  look_at_ = at;
  tell_self_later(self_, at - now(self_), look_for_peers{});
}

void node_state::look_for_known() {
  // Another look may have come to be due before this one.
  if (!look_at_ || now(self_) < *look_at_)
    return;
  look_at_.reset();
  if (!store_ || phase_ != phase::running || !has_few_peers())
    return;
  // A round through very many of them may take longer than its pause.
  if (known_.in_round()) {
    dial_known();
    return look_later();
  }
  ask(self_, *store_, answer_patience, recall_peers{peer_store_limits{}.all()})
      .then(
          [this](const recalled_peers& known) {
            if (!known.peers.empty())
              ctx_->log->info("few peers ({}): dialling those known from "
                              "before ({})",
                              peers_.size(), known.peers.size());
            known_.begin(known.peers, now(self_));
            dial_known();
            look_later();
          },
          [this](const caf::error&) {
            known_.begin({}, now(self_));
            look_later();
          });
}

// As many as are missing wait for their turn among the offered ones.
void node_state::dial_known() {
  if (phase_ != phase::running)
    return;
  const auto wanted = [this](const peer_id& peer) {
    return peer != ctx_->self && !peers_.contains(peer) && !peer_problem(peer)
           && !kept_.keeps(peer) && !dials_.dials_offered(peer);
  };
  const auto enough =
      std::min<std::size_t>(config_.params.mesh.degree, config_.max_peers);
  while (peers_.size() + offers_.waiting() + dials_.offered_count() < enough) {
    auto one = known_.next(wanted);
    if (!one)
      break;
    skip_private(one->addresses);
    if (one->addresses.empty())
      continue;
    // Others may offer it without telling where it is.
    if (!one->sealed.empty())
      tell(self_, mesh_, record_learned{one->peer, std::move(one->sealed)});
    offers_.add({one->peer, std::move(one->addresses)});
  }
  dial_offered();
}

void node_state::skip_private(std::vector<multiaddr>& addresses) const {
  if (!config_.dial_private_offers)
    std::erase_if(addresses, [](const multiaddr& address) {
      return gossip::scope_of(address) != gossip::address_scope::internet;
    });
}

// -- what is written down -----------------------------------------------------

void node_state::write_down_peers() {
  if (!store_ || phase_ != phase::running)
    return;
  tell_self_later(self_, write_pause, store_peers{});
  ask_addresses([this](const signed_addresses& where) { store_known(where); });
}

// What was learned since, and the end of the store.
void node_state::close_store_at_end() {
  if (!store_)
    return;
  ask_addresses([this](const signed_addresses& where) {
    store_known(where);
    if (store_)
      tell(self_, *store_, close_store{});
  });
}

// Only the mesh manager knows what peers signed: where they can be dialled is
// learned when it is written down, and costs connections nothing.
void node_state::ask_addresses(
    const std::function<void(const signed_addresses&)>& then) {
  inspect_addresses question;
  question.peers.reserve(peers_.size());
  for (const auto& [peer, entry] : peers_)
    question.peers.push_back(peer);
  ask(self_, mesh_, answer_patience, std::move(question))
      .then([then](const signed_addresses& where) { then(where); },
            [then](const caf::error&) { then({}); });
}

void node_state::store_known(const signed_addresses& where) {
  std::unordered_map<peer_id, const signed_addresses::entry*> signed_by;
  for (const auto& one : where.peers)
    signed_by.emplace(one.peer, &one);
  remember_peers news;
  for (const auto& [peer, entry] : peers_) {
    acquaintance one{peer,
                     entry.address,
                     entry.outbound,
                     entry.offered,
                     now(self_) - entry.since,
                     {},
                     {}};
    if (const auto found = signed_by.find(peer); found != signed_by.end()) {
      one.signed_addresses = found->second->addresses;
      one.sealed = found->second->sealed;
    }
    if (auto kept = worth_keeping(one, std::chrono::system_clock::now()))
      news.peers.push_back(std::move(*kept));
  }
  if (store_ && !news.peers.empty())
    tell(self_, *store_, std::move(news));
}

} // namespace grapevine
