#include "actors/host/mdns.hpp"

#include "libp2p/discovery/mdns_discovery.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace grapevine {

namespace {

// Datagrams that are read in a turn, and the pause after so many: whoever
// floods the network costs no more, and what the kernel drops meanwhile will be
// sent again.
constexpr std::size_t read_batch = 32;
constexpr std::chrono::milliseconds read_pause{250};

class mdns_state {
public:
  mdns_state(mdns_actor::pointer self, host_context_ptr ctx, unique_fd socket,
             mdns_sink sink)
      : self_{self}, ctx_{std::move(ctx)}, sink_{std::move(sink)},
        socket_{ctx_->reactor, std::move(socket), mdns_actor{self}},
        discovery_{ctx_->session->identity->peer(), random_seed, now(self)} {}

  void ready(const socket_ready& msg) {
    if (msg.id != socket_.id())
      return;
    armed_ = false;
    if (msg.readable && !read_all())
      read_again_at_ = now(self_) + read_pause;
    go_on();
  }

  void use(const use_lan& msg) {
    change_interfaces(msg.interfaces);
    discovery_.announce(msg.addresses, now(self_));
    go_on();
  }

  void due() {
    timer_.reset();
    go_on();
  }

private:
  // False if there may be more.
  bool read_all() {
    std::array<std::uint8_t, libp2p::max_mdns_datagram> buffer;
    for (std::size_t i = 0; i < read_batch; ++i) {
      const auto got = read_mdns_socket(socket_.fd(), buffer);
      if (got.status != io_status::done)
        return true;
      take(got, bytes_view{buffer}.first(got.size));
    }
    return false;
  }

  // Nobody on a private network has a public address.
  void take(const mdns_arrival& from, bytes_view datagram) {
    if (datagram.empty() || !from.from.is_private() || !is_joined(from.index))
      return;
    auto found = discovery_.receive(datagram, now(self_));
    if (!found.empty())
      tell(self_, sink_, peers_found{std::move(found)});
  }

  bool is_joined(unsigned index) const {
    return std::ranges::find(joined_, index, &lan_interface::index)
           != joined_.end();
  }

  void change_interfaces(const std::vector<lan_interface>& to) {
    for (const auto& one : joined_)
      if (std::ranges::find(to, one) == to.end())
        leave_mdns(socket_.fd(), one.index);
    auto before = std::exchange(joined_, {});
    for (const auto& one : to)
      if (std::ranges::find(before, one) != before.end() || join(one))
        joined_.push_back(one);
    if (joined_.empty() && (!before.empty() || !told_none_)) {
      told_none_ = true;
      ctx_->log->warn("no peers are looked for by mDNS: this machine has no "
                      "interface with private IPv4 addresses alone");
    }
  }

  bool join(const lan_interface& one) {
    if (const auto done = join_mdns(socket_.fd(), one.index); !done) {
      ctx_->log->warn("no peers are looked for by mDNS on {}: {}", one.name,
                      done.error().reason);
      return false;
    }
    ctx_->log->info("peers are looked for by mDNS on {}", one.name);
    discovery_.begin(now(self_));
    return true;
  }

  // Sends what is due, and waits for what is next.
  void go_on() {
    const auto at = now(self_);
    for (const auto& datagram : discovery_.due(at))
      for (const auto& one : joined_)
        send_mdns(socket_.fd(), one.index, datagram);
    if (read_again_at_ && *read_again_at_ <= at)
      read_again_at_.reset();
    if (!armed_ && !read_again_at_) {
      armed_ = true;
      socket_.arm(true, false);
    }
    auto next = discovery_.next();
    if (read_again_at_)
      next = std::min(next, *read_again_at_);
    // A timer that is later than the next one finds nothing to do.
    if (timer_ && *timer_ <= next)
      return;
    timer_ = next;
    tell_self_later(self_, std::max(next - at, time_point::duration{0}),
                    mdns_due{});
  }

  mdns_actor::pointer self_;
  host_context_ptr ctx_;
  mdns_sink sink_;
  watched_socket socket_;
  libp2p::mdns_discovery discovery_;
  std::vector<lan_interface> joined_;
  bool told_none_ = false;
  // The reactor's first word comes as if it had been.
  bool armed_ = true;
  std::optional<time_point> read_again_at_;
  std::optional<time_point> timer_;
};

mdns_actor::behavior_type mdns(mdns_actor::pointer self,
                               const host_context_ptr& ctx,
                               const std::shared_ptr<unique_fd>& socket,
                               const mdns_sink& sink) {
  auto state =
      std::make_shared<mdns_state>(self, ctx, std::move(*socket), sink);
  return {
      [state](const socket_ready& msg) { state->ready(msg); },
      [state](const use_lan& msg) { state->use(msg); },
      [state](mdns_due) { state->due(); },
  };
}

} // namespace

mdns_actor spawn_mdns(caf::actor_system& sys, host_context_ptr ctx,
                      unique_fd socket, mdns_sink sink) {
  return sys.spawn(mdns, std::move(ctx),
                   std::make_shared<unique_fd>(std::move(socket)),
                   std::move(sink));
}

} // namespace grapevine
