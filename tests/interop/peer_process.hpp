#pragma once

#include "tests/interop/implementation.hpp"
#include "tests/interop/payload.hpp"
#include "tests/support/process.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::interop {

/// How messages are signed, see the flag `--policy`.
enum class policy { strict_sign, strict_no_sign };

/// The topic that peers are subscribed to unless a case says otherwise.
inline const std::string default_topic = "interop";

/// How long an event may take. Ordinary ones come within milliseconds or a
/// heartbeat; this much is only waited for when something is broken. On a
/// machine with much else to do a peer may need ten seconds to start.
inline constexpr std::chrono::seconds default_patience{60};

/// The command line of a peer; the README describes the flags.
struct peer_options {
  policy signing = policy::strict_sign;
  std::vector<std::string> topics{default_topic};
  /// Addresses dialled at start and again when the connection is lost.
  std::vector<std::string> dial{};
  /// The address to listen on; empty for any port.
  std::string listen{};
  std::optional<std::uint64_t> identity_seed{};
  bool no_mesh = false;
  /// The library's default when not set.
  std::optional<bool> flood_publish{};
  /// The only pubsub protocol to speak; empty for all.
  std::string protocol{};
  /// `noise` or `tls`; empty for the library's default.
  std::string security{};
  /// The file with the key of the private network; empty: in none.
  std::string swarm_key{};
  /// Offers other peers when it prunes.
  bool px = false;
  /// Keeps scores in which any misbehaviour shows.
  bool score = false;
  /// Addresses of direct peers.
  std::vector<std::string> direct{};
  /// Topics whose messages go in parts.
  std::vector<std::string> partial{};
  bool test_extension = false;
  /// Others' messages are not valid before `release`.
  bool hold = false;
  /// Reports every RPC.
  bool trace = false;
  /// Finds peers of the local network by mDNS, and dials them.
  bool mdns = false;
};

/// What a peer tells of one that it has a stream to.
struct neighbour {
  /// The protocol of that stream.
  std::string protocol;
  /// Nothing when it keeps no scores.
  std::optional<double> score;
};

/// Parts of a message, see `publish_partial`.
struct message_parts {
  std::string group;
  /// Part i is the random payload of seed + i.
  std::uint64_t seed = 0;
  /// Bytes of each part.
  std::size_t size = 0;
  std::vector<int> parts{};
};

/// What a peer was expected to report did not come.
class peer_failure : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// A running peer of any implementation. Members that wait throw
/// `peer_failure`, with all that the peer has reported, when they wait in vain.
class peer_process {
public:
  using json = nlohmann::json;
  using matcher = std::function<bool(const json&)>;

  /// Starts the program and waits until it listens.
  peer_process(const implementation& program, const peer_options& options);
  peer_process(const peer_process&) = delete;
  peer_process& operator=(const peer_process&) = delete;
  ~peer_process();

  /// The implementation's name with a number: `go-3`.
  const std::string& name() const noexcept { return name_; }
  /// Its peer id.
  const std::string& id() const noexcept { return id_; }
  /// Where it listens, ending in `/p2p/` and its peer id.
  const std::string& address() const noexcept { return address_; }
  /// The same without `/p2p/…`.
  std::string listen_address() const;

  /// Returns the first event that `matches` and was not returned before,
  /// waiting for it if need be. `what` names it in the failure.
  json wait_for(std::string_view what, const matcher& matches,
                std::chrono::milliseconds patience = default_patience);

  /// Waits for an event about another peer, such as `connected`.
  void wait_for_peer(const std::string& event, const peer_process& other);
  /// Waits until `other` is known to be in `topic`.
  void wait_for_subscription(const peer_process& other,
                             const std::string& topic = default_topic);

  void dial(const peer_process& other);
  void subscribe(const std::string& topic);
  void unsubscribe(const std::string& topic);
  /// Publishes, and waits until the peer says that it has.
  void publish(const payload& data, const std::string& topic = default_topic);
  /// Gives it parts of a message, and waits until it has told its peers.
  void publish_partial(const message_parts& parts,
                       const std::string& topic = default_topic);
  /// Has it tell `other` that it does not want the message of this id.
  void tell_unwanted(const peer_process& other, const std::string& id,
                     const std::string& topic = default_topic);
  /// Has it go on with the messages that it holds.
  void release();
  /// Whom it has a stream to, by peer id.
  std::map<std::string, neighbour> peers();
  /// The peers in its mesh, sorted.
  std::vector<std::string> mesh(const std::string& topic = default_topic);

  /// How many of all the events so far match, returned before or not.
  std::size_t count(const matcher& matches) const;
  /// Reads events until `until`.
  void collect(support::deadline until);

  /// Kills it with SIGKILL.
  void kill() noexcept { process_.kill(); }
  /// Tells it to quit; whether it did, with exit status 0.
  bool quit();
  /// Closes its standard input; whether it ended, with exit status 0.
  bool hang_up();

private:
  struct entry {
    json event;
    bool returned = false;
  };

  void send(const json& command);
  void wait_until_published();
  bool ended_well();
  bool read_event(support::deadline until);
  [[noreturn]] void fail(std::string_view what, std::string_view why) const;

  std::string name_;
  std::filesystem::path error_log_;
  support::process process_;
  std::vector<entry> events_;
  std::string address_;
  std::string id_;
};

} // namespace grapevine::interop
