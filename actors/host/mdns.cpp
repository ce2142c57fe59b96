#include "actors/host/mdns.hpp"

#include "libp2p/discovery/mdns_discovery.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
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
  mdns_state(mdns_actor::pointer self, host_context_ptr ctx,
             std::vector<mdns_socket> sockets, mdns_sink sink)
      : self_{self}, ctx_{std::move(ctx)}, sink_{std::move(sink)},
        discovery_{ctx_->session->identity->peer(), random_seed, now(self)} {
    for (auto& one : sockets)
      sockets_.push_back(
          {one.version, {ctx_->reactor, std::move(one.fd), mdns_actor{self}}});
  }

  void ready(const socket_ready& msg) {
    const auto from = std::ranges::find(
        sockets_, msg.id, [](const auto& one) { return one.watched.id(); });
    if (from == sockets_.end())
      return;
    from->armed = false;
    if (msg.readable && !read_all(*from))
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
  struct open_socket {
    ip_version version = ip_version::ip4;
    watched_socket watched;
    // The reactor's first word comes as if it had been.
    bool armed = true;
  };

  // False if there may be more.
  bool read_all(const open_socket& from) {
    std::array<std::uint8_t, libp2p::max_mdns_datagram> buffer;
    for (std::size_t i = 0; i < read_batch; ++i) {
      const auto got = read_mdns_socket(from.watched.fd(), buffer);
      if (got.status != io_status::done)
        return true;
      take(got, from.version, bytes_view{buffer}.first(got.size));
    }
    return false;
  }

  // Nobody on a private network has a public address.
  void take(const mdns_arrival& from, ip_version version, bytes_view datagram) {
    const auto on =
        std::ranges::find(joined_, from.index, &lan_interface::index);
    if (datagram.empty() || !from.from.is_private() || on == joined_.end()
        || !speaks(*on, version))
      return;
    auto found = discovery_.receive(datagram, now(self_), on->name);
    if (!found.empty())
      tell(self_, sink_, peers_found{std::move(found)});
  }

  void change_interfaces(const std::vector<lan_interface>& to) {
    for (const auto& one : joined_)
      if (std::ranges::find(to, one) == to.end())
        leave(one);
    auto before = std::exchange(joined_, {});
    for (const auto& one : to)
      if (std::ranges::find(before, one) != before.end() || join(one))
        joined_.push_back(one);
    if (joined_.empty() && (!before.empty() || !told_none_)) {
      told_none_ = true;
      ctx_->log->warn("no peers are looked for by mDNS: this machine has no "
                      "interface with private addresses alone");
    }
  }

  void leave(const lan_interface& one) {
    for (const auto& socket : sockets_)
      if (speaks(one, socket.version))
        leave_mdns(socket.watched.fd(), socket.version, one.index);
  }

  // With one version at least.
  bool join(const lan_interface& one) {
    std::string why;
    bool joined = false;
    for (const auto& socket : sockets_) {
      if (!speaks(one, socket.version))
        continue;
      const auto done =
          join_mdns(socket.watched.fd(), socket.version, one.index);
      joined = joined || done;
      if (!done)
        why = ": " + done.error().reason;
    }
    if (!joined) {
      ctx_->log->warn("no peers are looked for by mDNS on {}{}", one.name, why);
      return false;
    }
    ctx_->log->info("peers are looked for by mDNS on {}", one.name);
    discovery_.begin(now(self_));
    return true;
  }

  // On an interface that has both versions, with both: whoever is there may
  // hear one of them alone.
  void send(bytes_view datagram) {
    for (const auto& socket : sockets_)
      for (const auto& one : joined_)
        if (speaks(one, socket.version))
          send_mdns(socket.watched.fd(), socket.version, one.index, datagram);
  }

  void arm() {
    for (auto& socket : sockets_)
      if (!std::exchange(socket.armed, true))
        socket.watched.arm(true, false);
  }

  // Sends what is due, and waits for what is next.
  void go_on() {
    const auto at = now(self_);
    for (const auto& datagram : discovery_.due(at))
      send(datagram);
    if (read_again_at_ && *read_again_at_ <= at)
      read_again_at_.reset();
    if (!read_again_at_)
      arm();
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
  std::vector<open_socket> sockets_;
  libp2p::mdns_discovery discovery_;
  std::vector<lan_interface> joined_;
  bool told_none_ = false;
  std::optional<time_point> read_again_at_;
  std::optional<time_point> timer_;
};

mdns_actor::behavior_type
mdns(mdns_actor::pointer self, const host_context_ptr& ctx,
     const std::shared_ptr<std::vector<mdns_socket>>& sockets,
     const mdns_sink& sink) {
  auto state =
      std::make_shared<mdns_state>(self, ctx, std::move(*sockets), sink);
  return {
      [state](const socket_ready& msg) { state->ready(msg); },
      [state](const use_lan& msg) { state->use(msg); },
      [state](mdns_due) { state->due(); },
  };
}

} // namespace

expected<std::vector<mdns_socket>, socket_error> open_mdns_sockets() {
  std::vector<mdns_socket> result;
  result.reserve(ip_versions.size());
  std::optional<socket_error> why;
  for (const auto version : ip_versions) {
    auto fd = open_mdns_socket(version);
    if (fd)
      result.push_back({version, std::move(*fd)});
    else if (!why)
      why = fd.error();
  }
  if (result.empty())
    return unexpected{*std::move(why)};
  return result;
}

mdns_actor spawn_mdns(caf::actor_system& sys, host_context_ptr ctx,
                      std::vector<mdns_socket> sockets, mdns_sink sink) {
  return sys.spawn(
      mdns, std::move(ctx),
      std::make_shared<std::vector<mdns_socket>>(std::move(sockets)),
      std::move(sink));
}

} // namespace grapevine
