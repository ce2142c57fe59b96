#include "actors/node/peer_store_file.hpp"

#include <algorithm>
#include <array>
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
  auto prepared = prepare(*file);
  if (!prepared)
    return fail(prepared.error());
  return peer_store_file{*std::move(file), *std::move(prepared), limits};
}

peer_store_file::peer_store_file(sqlite_file file, statements prepared,
                                 const peer_store_limits& limits)
    : file_{std::move(file)}, sql_{std::move(prepared)}, limits_{limits} {}

expected<peer_store_file::statements, sqlite_error>
peer_store_file::prepare(sqlite_file& file) {
  // In the order of `statements`.
  constexpr std::array<const char*, 9> texts{
      // Whom this node has chosen once stays chosen.
      "INSERT INTO peers VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (peer) DO "
      "UPDATE SET chosen = max(chosen, ?2), seen = max(seen, ?3), origin = ?4, "
      "addresses = ?5, sealed = ?6",
      "DELETE FROM peers WHERE seen < ?1",
      "DELETE FROM peers WHERE chosen = 0 AND peer IN (SELECT peer FROM ("
      "SELECT peer, row_number() OVER (PARTITION BY origin ORDER BY seen DESC) "
      "AS place FROM peers WHERE chosen = 0) WHERE place > ?1)",
      "DELETE FROM peers WHERE chosen = ?1 AND peer NOT IN (SELECT peer FROM "
      "peers WHERE chosen = ?1 ORDER BY seen DESC LIMIT ?2)",
      "INSERT INTO bans VALUES (?1, ?2) ON CONFLICT (peer) DO NOTHING",
      "DELETE FROM bans WHERE peer = ?1",
      "DELETE FROM bans WHERE peer NOT IN (SELECT peer FROM bans ORDER BY "
      "since DESC LIMIT ?1)",
      "SELECT * FROM peers ORDER BY chosen DESC, seen DESC LIMIT ?1",
      "SELECT peer FROM bans LIMIT ?1"};
  std::vector<sqlite_statement> made;
  for (const auto* text : texts) {
    auto one = file.prepare(text);
    if (!one)
      return unexpected{one.error()};
    made.push_back(*std::move(one));
  }
  return statements{std::move(made[0]), std::move(made[1]), std::move(made[2]),
                    std::move(made[3]), std::move(made[4]), std::move(made[5]),
                    std::move(made[6]), std::move(made[7]), std::move(made[8])};
}

expected<void, sqlite_error> peer_store_file::put(const stored_peer& one) {
  const auto peer = to_string(one.peer);
  const auto origin = one.origin.to_text();
  const auto addresses = text_of(one.addresses, limits_.addresses_size);
  if (addresses.empty())
    return {};
  const auto sealed = one.sealed.size() <= limits_.sealed_size
                          ? bytes_view{one.sealed}
                          : bytes_view{};
  return file_.run(sql_.put_peer, std::string_view{peer},
                   std::int64_t{one.chosen}, unix_time(one.seen),
                   std::string_view{origin}, std::string_view{addresses},
                   sealed);
}

expected<void, sqlite_error> peer_store_file::put(const block_peer& one,
                                                  wall_time now) {
  const auto peer = to_string(one.peer);
  return one.blocked
             ? file_.run(sql_.put_ban, std::string_view{peer}, unix_time(now))
             : file_.run(sql_.drop_ban, std::string_view{peer});
}

expected<void, sqlite_error> peer_store_file::prune(wall_time now) {
  const auto as_limit = [](std::size_t count) {
    return static_cast<std::int64_t>(count);
  };
  auto done = file_.run(sql_.drop_old, unix_time(now - limits_.age));
  if (done)
    done = file_.run(sql_.drop_crowd, as_limit(limits_.met_per_origin));
  if (done)
    done =
        file_.run(sql_.drop_surplus, std::int64_t{1}, as_limit(limits_.chosen));
  if (done)
    done = file_.run(sql_.drop_surplus, std::int64_t{0}, as_limit(limits_.met));
  if (done)
    done = file_.run(sql_.drop_surplus_bans, as_limit(limits_.bans));
  return done;
}

expected<void, peer_store_error>
peer_store_file::remember(std::span<const stored_peer> peers,
                          std::span<const block_peer> bans, wall_time now) {
  const auto done = file_.transact([&]() -> expected<void, sqlite_error> {
    for (const auto& one : peers)
      if (auto put_one = put(one); !put_one)
        return put_one;
    for (const auto& one : bans)
      if (auto put_one = put(one, now); !put_one)
        return put_one;
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
  const auto each = [](sqlite_statement& query, std::size_t limit,
                       auto take) -> expected<void, sqlite_error> {
    query.bind(1, static_cast<std::int64_t>(limit));
    auto row = query.step();
    for (; row && *row; row = query.step())
      take(query);
    query.reset();
    if (!row)
      return unexpected{row.error()};
    return {};
  };
  auto done = each(sql_.all_peers, most, [&](const sqlite_statement& row) {
    if (auto one = peer_of(row))
      result.peers.push_back(std::move(*one));
  });
  if (done)
    done = each(sql_.all_bans, limits_.bans, [&](const sqlite_statement& row) {
      if (const auto peer = peer_id::from_text(row.text(0)))
        result.banned.push_back(*peer);
    });
  file_.shrink();
  if (!done)
    return fail(done.error());
  return result;
}

} // namespace grapevine
