#include "actors/node/peer_store_file.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace grapevine {

namespace {

using libp2p::multiaddr;
using libp2p::peer_id;
using wall_time = peer_store_file::wall_time;

unexpected<peer_store_error> fail(const sqlite_error& why) {
  return unexpected{peer_store_error::of(why)};
}

std::int64_t unix_time(wall_time at) {
  return std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch())
      .count();
}

wall_time from_unix_time(std::int64_t seconds) {
  return wall_time{std::chrono::seconds{seconds}};
}

// -- rows ---------------------------------------------------------------------

std::string text_of(const std::vector<multiaddr>& addresses, std::size_t size) {
  std::string result;
  for (const auto& one : addresses) {
    const auto text = one.to_text();
    if (result.size() + text.size() + 1 > size)
      break;
    result += (result.empty() ? "" : "\n") + text;
  }
  return result;
}

std::vector<multiaddr> addresses_of(std::string_view text) {
  std::vector<multiaddr> result;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    if (auto one = multiaddr::from_text(text.substr(0, end)))
      result.push_back(*std::move(one));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
}

// Nothing: somebody has changed it, and it is of no use.
std::optional<stored_peer> peer_of(const sqlite_statement& row) {
  const auto peer = peer_id::from_text(row.text(0));
  if (!peer)
    return std::nullopt;
  return stored_peer{
      *peer,
      addresses_of(row.text(4)),
      to_bytes(row.data(5)),
      libp2p::ip_prefix::from_text(row.text(3)).value_or(libp2p::ip_prefix{}),
      row.number(1) != 0,
      from_unix_time(row.number(2))};
}

} // namespace

// -- the file -----------------------------------------------------------------

expected<peer_store_file, peer_store_error>
peer_store_file::open(const std::string& path,
                      std::chrono::milliseconds patience,
                      const peer_store_limits& limits) {
  auto file = open_peer_store(path, patience);
  if (!file)
    return unexpected{std::move(file.error())};
  return peer_store_file{*std::move(file), limits};
}

expected<void, sqlite_error>
peer_store_file::put(std::span<const stored_peer> peers) {
  // Whom this node has chosen once stays chosen.
  auto statement = file_.prepare(
      "INSERT INTO peers VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (peer) DO "
      "UPDATE SET chosen = max(chosen, ?2), seen = max(seen, ?3), origin = ?4, "
      "addresses = ?5, sealed = ?6");
  if (!statement)
    return unexpected{statement.error()};
  for (const auto& one : peers) {
    const auto peer = to_string(one.peer);
    const auto origin = one.origin.to_text();
    const auto addresses = text_of(one.addresses, limits_.addresses_size);
    const auto sealed = one.sealed.size() <= limits_.sealed_size
                            ? bytes_view{one.sealed}
                            : bytes_view{};
    if (addresses.empty())
      continue;
    if (auto done = sqlite_file::run(
            *statement, std::string_view{peer}, std::int64_t{one.chosen},
            unix_time(one.seen), std::string_view{origin},
            std::string_view{addresses}, sealed);
        !done)
      return done;
  }
  return {};
}

expected<void, sqlite_error>
peer_store_file::put(std::span<const block_peer> bans, wall_time now) {
  for (const auto& one : bans) {
    const auto peer = to_string(one.peer);
    auto done = one.blocked
                    ? file_.run("INSERT INTO bans VALUES (?1, ?2) ON CONFLICT "
                                "(peer) DO NOTHING",
                                std::string_view{peer}, unix_time(now))
                    : file_.run("DELETE FROM bans WHERE peer = ?1",
                                std::string_view{peer});
    if (!done)
      return done;
  }
  return {};
}

// Drops what is too old, then what is too much.
expected<void, sqlite_error> peer_store_file::prune(wall_time now) {
  const auto count = [](std::size_t limit) {
    return static_cast<std::int64_t>(limit);
  };
  auto done = file_.run("DELETE FROM peers WHERE seen < ?1",
                        unix_time(now - limits_.age));
  if (done)
    done = file_.run(
        "DELETE FROM peers WHERE peer IN (SELECT peer FROM (SELECT peer, "
        "row_number() OVER (PARTITION BY origin ORDER BY seen DESC) AS place "
        "FROM peers WHERE chosen = 0) WHERE place > ?1)",
        count(limits_.met_per_origin));
  for (const auto& [chosen, limit] :
       {std::pair{1, limits_.chosen}, std::pair{0, limits_.met}})
    if (done)
      done = file_.run(
          "DELETE FROM peers WHERE chosen = ?1 AND peer NOT IN (SELECT peer "
          "FROM peers WHERE chosen = ?1 ORDER BY seen DESC LIMIT ?2)",
          std::int64_t{chosen}, count(limit));
  if (done)
    done = file_.run("DELETE FROM bans WHERE peer NOT IN (SELECT peer FROM "
                     "bans ORDER BY since DESC LIMIT ?1)",
                     count(limits_.bans));
  return done;
}

expected<void, peer_store_error>
peer_store_file::remember(std::span<const stored_peer> peers,
                          std::span<const block_peer> bans, wall_time now) {
  const auto done = file_.transact([&]() -> expected<void, sqlite_error> {
    if (auto done_peers = put(peers); !done_peers)
      return done_peers;
    if (auto done_bans = put(bans, now); !done_bans)
      return done_bans;
    return prune(now);
  });
  file_.shrink();
  if (!done)
    return fail(done.error());
  return {};
}

expected<recalled_peers, peer_store_error>
peer_store_file::recall(std::size_t most) {
  recalled_peers result;
  const auto each = [this](const char* sql, std::size_t limit,
                           auto take) -> expected<void, sqlite_error> {
    auto query = file_.prepare(sql);
    if (!query)
      return unexpected{query.error()};
    query->bind(1, static_cast<std::int64_t>(limit));
    auto row = query->step();
    for (; row && *row; row = query->step())
      take(*query);
    if (!row)
      return unexpected{row.error()};
    return {};
  };
  auto done =
      each("SELECT * FROM peers ORDER BY chosen DESC, seen DESC LIMIT ?1", most,
           [&](const sqlite_statement& row) {
             if (auto one = peer_of(row))
               result.peers.push_back(std::move(*one));
           });
  if (done)
    done = each("SELECT peer FROM bans LIMIT ?1", limits_.bans,
                [&](const sqlite_statement& row) {
                  if (const auto peer = peer_id::from_text(row.text(0)))
                    result.banned.push_back(*peer);
                });
  file_.shrink();
  if (!done)
    return fail(done.error());
  return result;
}

} // namespace grapevine
