#pragma once

#include "gossip/rng.hpp"
#include "libp2p/address/multiaddr.hpp"
#include "libp2p/address/name_lookup.hpp"
#include "libp2p/base/time_point.hpp"
#include "libp2p/identity/peer_id.hpp"
#include "messages/api_types.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace grapevine {

/// How many of a name's peers are kept, and when the name is looked up again.
struct named_peers_options {
  /// Of all that a name has, so many, drawn at random.
  std::size_t per_name = 12;
  /// Between two looks: as long as the records hold, but within these, and up
  /// to a quarter longer, so that nodes do not ask in step.
  std::chrono::milliseconds shortest{5'000};
  std::chrono::milliseconds longest{60'000};
  /// After a failure: doubles up to `longest`, each drawn from its upper half.
  std::chrono::milliseconds retry{1'000};
  /// Whoever cannot be reached for so long gives his place to another, and is
  /// not taken again for the second of these unless there is nobody else.
  std::chrono::milliseconds unreachable{60'000};
  std::chrono::milliseconds rest{600'000};
};

/// The peers that a node is connected to because names have them: which
/// addresses of each name are kept, and when it is looked up again. What is
/// drawn stays for as long as the name has it and it can be reached. An address
/// that the name has no more is not dialled again; a connection to it may stay.
///
/// An address to be kept is one that the name has or, where records say whose
/// addresses they are, `/p2p/ID` for all of that peer's (`dialled`). No actor,
/// no clock.
class named_peers {
public:
  /// Addresses that are kept from now on, or no longer.
  struct changes {
    std::vector<libp2p::multiaddr> keep;
    std::vector<libp2p::multiaddr> drop;
  };

  /// What an answer has led to.
  struct outcome {
    changes what;
    /// How it is with the name, for people, if that is another than before; and
    /// whether it is as it should be.
    std::optional<std::string> news;
    bool good = true;
  };

  explicit named_peers(const named_peers_options& options)
      : options_{options} {}

  /// Who this node is, and where it listens: it is none of its own peers.
  void use_self(const libp2p::peer_id& self,
                const std::vector<libp2p::multiaddr>& addresses);

  /// Keeps peers of a name, which is due at once; false if it does so already.
  bool add(const libp2p::multiaddr& name, time_point now);
  changes forget(const libp2p::multiaddr& name);

  /// The names to be looked up now. None of them is due until `answered`.
  std::vector<libp2p::multiaddr> due(time_point now);

  /// When the next one is.
  std::optional<time_point> next() const;

  /// What looking up a name has found.
  outcome answered(const libp2p::multiaddr& name,
                   const libp2p::found_addresses& found, time_point now,
                   gossip::rng& gen);

  /// A kept address leads to `peer`, to whom there is a connection. Of several
  /// that lead to one peer, one is kept.
  changes connected(const libp2p::multiaddr& kept, const libp2p::peer_id& peer,
                    time_point now, gossip::rng& gen);

  /// An attempt to connect to a kept address failed.
  changes failed(const libp2p::multiaddr& kept, time_point now,
                 gossip::rng& gen);

  /// The connection that a kept address led to is gone.
  changes lost(const libp2p::multiaddr& kept, time_point now, gossip::rng& gen);

  /// A kept address leads to this node: it is left out for as long as names
  /// have it. Likewise those that lead to a peer that is not wanted.
  changes leave_out(const libp2p::multiaddr& kept, time_point now,
                    gossip::rng& gen);
  changes leave_out(const libp2p::peer_id& peer, time_point now,
                    gossip::rng& gen);

  /// Whether an address is kept because a name has it.
  bool keeps(const libp2p::multiaddr& address) const {
    return find_kept(address) != nullptr;
  }

  /// Where a kept address is dialled: itself, or all those of the peer it
  /// names.
  std::vector<libp2p::multiaddr> dialled(const libp2p::multiaddr& kept) const;

  /// The names, for people: connected where one of its peers is.
  std::vector<kept_address> list() const;

private:
  // What a name has, or had while it was connected.
  struct entry {
    libp2p::multiaddr kept_as;
    std::vector<libp2p::multiaddr> addresses;
    // Whom records, or the last connection, say it leads to.
    std::optional<libp2p::peer_id> peer;
    bool listed = true;
    bool kept = false;
    bool connected = false;
    bool left_out = false;
    // Of a kept one without a connection: since when.
    time_point missing_since;
    // It was given up, and others come first until then.
    std::optional<time_point> rests_until;
  };
  using entries = std::map<std::string, entry>;

  struct name_entry {
    libp2p::multiaddr name;
    entries peers;
    time_point next;
    time_point asked;
    // It is being looked up, and was before.
    bool open = false;
    bool known = false;
    std::size_t failures = 0;
    std::string trouble;
  };

  // What an event changes of the peers of one name.
  template <class Change>
  changes change_each(time_point now, gossip::rng& gen, Change change);
  void use_found(name_entry& of, const libp2p::found_addresses& found,
                 time_point now, changes& what);
  void choose(name_entry& of, time_point now, gossip::rng& gen, changes& what);
  void keep(entry& one, time_point now, changes& what);
  void drop(entry& one, changes& what);
  bool is_free(const entry& one) const;
  // Of an address that a name keeps, whichever.
  const entry* find_kept(const libp2p::multiaddr& address) const;
  bool is_own(const entry& one) const;
  bool has_other(const name_entry& of, time_point now) const;
  const entry* connected_to(const libp2p::peer_id& peer) const;
  std::chrono::milliseconds pause_after(name_entry& of,
                                        const libp2p::found_addresses& found,
                                        gossip::rng& gen);

  named_peers_options options_;
  std::optional<libp2p::peer_id> self_;
  std::vector<libp2p::multiaddr> own_;
  std::map<std::string, name_entry> names_;
};

} // namespace grapevine
