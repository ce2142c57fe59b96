#include "app/client/node_views.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/with_node.hpp"
#include "app/console/output.hpp"
#include "app/console/terminal.hpp"
#include "app/console/terminal_text.hpp"
#include "app/options/network_values.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace grapevine::app {

namespace {

using nlohmann::json;

// Longer than the node tries to connect.
constexpr std::chrono::seconds connect_patience{130};

outcome<exit_code> print(std::string_view text) {
  if (auto printed = print_line(text); !printed)
    return unexpected{printed.error()};
  return success;
}

outcome<exit_code> print(const client::text_lines& lines) {
  std::string text;
  for (const auto& line : lines)
    text += (text.empty() ? "" : "\n") + line;
  return print(text);
}

// An answer as it is, without its last line feed; strangers' texts in it do
// nothing to a terminal.
std::string for_output(std::string_view answer) {
  answer = answer.substr(0, answer.find_last_not_of('\n') + 1);
  return output_size() ? for_terminal(answer) : std::string{answer};
}

// What people get to see of an answer.
using make_view =
    std::function<outcome<client::text_lines>(remote_node&, const json&)>;

std::optional<std::size_t> output_columns() {
  const auto size = output_size();
  return size ? std::optional{size->columns} : std::nullopt;
}

// Asks the node, and prints what it answers: as it is, or for people.
outcome<exit_code> show(const remote_arguments& node,
                        const client::node_request& asked,
                        const make_view& view) {
  return with_node(node, [&](remote_node& remote) -> outcome<exit_code> {
    const auto answer = remote.client.ask(asked);
    if (!answer)
      return unexpected{answer.error()};
    const auto seen = json::parse(*answer, nullptr, false);
    if (!seen.is_object())
      return unexpected{remote.client.not_understood()};
    if (node.json)
      return print(for_output(*answer));
    const auto lines = view(remote, seen);
    if (!lines)
      return unexpected{lines.error()};
    return print(*lines);
  });
}

client::node_request asking(std::string path) {
  return {"GET", std::move(path)};
}

client::node_request telling(std::string_view method, std::string path,
                             const json& what) {
  return {method, std::move(path), what.dump()};
}

// A word, and whom it is about.
make_view done_to_peer(std::string done) {
  return [done = std::move(done)](
             remote_node& remote,
             const json& seen) -> outcome<client::text_lines> {
    const auto peer = seen.find("peer");
    if (peer == seen.end() || !peer->is_string())
      return unexpected{remote.client.not_understood()};
    return client::text_lines{done + " "
                              + for_terminal(peer->get<std::string>())};
  };
}

struct change_words {
  std::string path;
  std::string done;
};

change_words words_of(peer_change what) {
  switch (what) {
  case peer_change::disconnect:
    return {"/api/v1/disconnect", "disconnected"};
  case peer_change::block:
    return {"/api/v1/block", "blocked"};
  case peer_change::unblock:
    return {"/api/v1/unblock", "unblocked"};
  case peer_change::allow:
    return {"/api/v1/allow", "allowed"};
  case peer_change::disallow:
    break;
  }
  return {"/api/v1/disallow", "disallowed"};
}

} // namespace

outcome<exit_code> status(const remote_arguments& node) {
  return show(
      node, asking("/api/v1/node"),
      [](remote_node& remote, const json& seen) -> outcome<client::text_lines> {
        const auto ready = remote.client.get("/readyz");
        return client::status_lines(
            seen, ready ? std::nullopt : std::optional{ready.error().text});
      });
}

outcome<exit_code> peers(const remote_arguments& node) {
  return show(node, asking("/api/v1/peers"),
              [](remote_node&, const json& seen) {
                return client::peers_table(seen).lines(output_columns());
              });
}

outcome<exit_code> topics(const remote_arguments& node) {
  return show(node, asking("/api/v1/topics"),
              [](remote_node&, const json& seen) {
                return client::topics_table(seen).lines(output_columns());
              });
}

outcome<exit_code> connect(const remote_arguments& node,
                           const libp2p::multiaddr& address) {
  auto asked =
      telling("POST", "/api/v1/connect", {{"address", address.to_text()}});
  asked.patience = connect_patience;
  return show(node, asked, done_to_peer("connected"));
}

outcome<exit_code> change_peer(const remote_arguments& node, peer_change what,
                               const libp2p::peer_id& peer) {
  auto words = words_of(what);
  return show(node,
              telling("POST", std::move(words.path),
                      {{"peer", value_text<libp2p::peer_id>::format(peer)}}),
              done_to_peer(std::move(words.done)));
}

outcome<exit_code> log_level(const remote_arguments& node,
                             std::optional<spdlog::level::level_enum> level) {
  const std::string path = "/api/v1/log-level";
  const auto asked =
      level ? telling(
          "PUT", path,
          {{"level", value_text<spdlog::level::level_enum>::format(*level)}})
            : asking(path);
  return show(
      node, asked,
      [](remote_node& remote, const json& seen) -> outcome<client::text_lines> {
        const auto found = seen.find("level");
        if (found == seen.end() || !found->is_string())
          return unexpected{remote.client.not_understood()};
        return client::text_lines{for_terminal(found->get<std::string>())};
      });
}

} // namespace grapevine::app
