#pragma once

#include "actors/host/host_settings.hpp"
#include "actors/host/reactor.hpp"
#include "libp2p/address/name_lookup.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace grapevine {

/// How the domain name system is asked.
struct dns_options {
  /// None: those of the system.
  std::vector<name_server> servers;
  /// Until a server that does not answer is asked again, or the next one; each
  /// round takes twice as long as the one before.
  std::chrono::milliseconds timeout{2'000};
  int tries = 3;
};

/// Why nobody can be asked there, for people.
std::optional<std::string> name_server_problem(const name_server& server);

/// c-ares on the node's reactor: no thread, and no socket but while something
/// is asked. Reads the system's configuration (resolv.conf, hosts) when it is
/// made. Belongs to one actor.
class dns_channel {
public:
  using callback = std::function<void(const libp2p::dns_answer&)>;

  /// `owner` is told of its sockets. Throws std::runtime_error when c-ares
  /// cannot begin.
  dns_channel(std::shared_ptr<reactor_link> reactor, socket_owner owner,
              const dns_options& options);
  dns_channel(const dns_channel&) = delete;
  dns_channel& operator=(const dns_channel&) = delete;
  ~dns_channel();

  /// Calls `then` once, perhaps before it returns; never after the channel is
  /// gone. `then` may ask further.
  void ask(const libp2p::dns_question& question, callback then);

  void ready(const socket_ready& msg);

  /// Some time has passed.
  void due();

  /// When `due` is to be called next; nothing if no question is open.
  std::optional<std::chrono::milliseconds> wait() const;

private:
  class impl;
  std::unique_ptr<impl> impl_;
};

} // namespace grapevine
