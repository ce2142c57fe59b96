#include "libp2p/discovery/mdns_discovery.hpp"

#include "libp2p/address/ip_address.hpp"

#include <algorithm>
#include <utility>

namespace grapevine::libp2p {

namespace {

// At least 32, as the specification asks for, so that no two are the same.
constexpr std::size_t name_size = 40;

std::string draw_name(const random_source& random) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::string result;
  while (result.size() < name_size)
    for (const auto byte : random())
      if (result.size() < name_size)
        result += letters[byte % letters.size()];
  return result;
}

std::minstd_rand::result_type draw_seed(const random_source& random) {
  const auto drawn = random();
  return static_cast<std::minstd_rand::result_type>(drawn[0] << 16
                                                    | drawn[1] << 8 | drawn[2]);
}

// Of a network that mDNS can be of, and not of a single machine.
bool is_local(const multiaddr& address) {
  const auto ip = ip_address::of(address);
  static const auto this_network = ip_prefix::from_text("0.0.0.0/8");
  return ip && ip->is_private() && !ip->is_loopback() && *ip != ip_address{}
         && !this_network->contains(*ip);
}

// Those that are of this network, as they are dialled on an interface of it.
std::vector<multiaddr> dialled_on(std::string_view interface,
                                  const std::vector<multiaddr>& addresses) {
  std::vector<multiaddr> result;
  result.reserve(addresses.size());
  for (const auto& one : addresses) {
    if (!is_local(one))
      continue;
    if (!ip_address::of(one)->is_link_local6())
      result.push_back(one);
    else if (auto on = on_interface(one, interface); on)
      result.push_back(*std::move(on));
  }
  return result;
}

} // namespace

mdns_discovery::mdns_discovery(const peer_id& self, const random_source& random,
                               time_point now, const mdns_timers& timers)
    : self_{self}, timers_{timers}, draws_{draw_seed(random)},
      name_{draw_name(random)}, ask_at_{now}, ask_pause_{timers.question_min} {}

void mdns_discovery::begin(time_point now) {
  ask_at_ = now;
  ask_pause_ = timers_.question_min;
  answer_soon(now);
}

void mdns_discovery::announce(const std::vector<multiaddr>& addresses,
                              time_point now) {
  std::vector<multiaddr> local;
  for (const auto& one : addresses)
    if (is_local(one) && local.size() < max_mdns_addrs)
      local.push_back(one.with_peer(self_));
  if (local == addresses_)
    return;
  addresses_ = std::move(local);
  answer_soon(now);
}

std::vector<mdns_peer> mdns_discovery::receive(bytes_view datagram,
                                               time_point now,
                                               std::string_view interface) {
  auto msg = read_mdns(datagram);
  if (!msg)
    return {};
  services_ = services_ || msg->asks_for_services;
  // Its own question comes back, and so it tells of itself as often as it asks.
  if ((msg->asks_for_peers && !knows_this(*msg)) || msg->asks_for_services)
    answer_soon(now);
  forget_found(now);
  std::vector<mdns_peer> result;
  for (auto& one : msg->peers) {
    one.addresses = dialled_on(interface, one.addresses);
    if (one.peer == self_ || one.addresses.empty()
        || found_.size() == max_mdns_found
        || !found_.try_emplace(one.peer, now).second)
      continue;
    result.push_back(std::move(one));
  }
  return result;
}

std::vector<bytes> mdns_discovery::due(time_point now) {
  std::vector<bytes> result;
  if (ask_at_ <= now) {
    result.push_back(mdns_query());
    // Nodes that were started together are not to ask together.
    ask_at_ = now + draw(ask_pause_, ask_pause_ + ask_pause_ / 4);
    ask_pause_ = std::min(2 * ask_pause_, timers_.question_max);
  }
  if (answer_at_ && *answer_at_ <= now) {
    answer_at_.reset();
    answered_ = now;
    if (std::exchange(services_, false) && !addresses_.empty())
      result.push_back(mdns_services_answer());
    if (!addresses_.empty())
      result.push_back(mdns_answer(name_, addresses_));
  }
  return result;
}

time_point mdns_discovery::next() const noexcept {
  return answer_at_ ? std::min(*answer_at_, ask_at_) : ask_at_;
}

// One answer is everybody's.
void mdns_discovery::answer_soon(time_point now) {
  if (answer_at_ || addresses_.empty())
    return;
  answer_at_ = now + draw(timers_.answer_min, timers_.answer_max);
  if (answered_)
    answer_at_ = std::max(*answer_at_, *answered_ + timers_.answer_pause);
}

bool mdns_discovery::knows_this(const mdns_message& msg) const {
  const auto instance = name_ + "." + std::string{mdns_service};
  return std::ranges::find(msg.known, instance) != msg.known.end();
}

std::chrono::milliseconds mdns_discovery::draw(std::chrono::milliseconds from,
                                               std::chrono::milliseconds to) {
  std::uniform_int_distribution<std::chrono::milliseconds::rep> range{
      from.count(), to.count()};
  return std::chrono::milliseconds{range(draws_)};
}

void mdns_discovery::forget_found(time_point now) {
  if (found_.empty())
    return;
  std::erase_if(found_, [&](const auto& one) {
    return now - one.second >= timers_.found_pause;
  });
}

} // namespace grapevine::libp2p
