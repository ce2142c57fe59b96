#pragma once

#include "actors/node_settings.hpp"
#include "libp2p/identity/keys.hpp"
#include "messages/api_types.hpp"
#include "messages/publish_options.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine {

/// How much a line of the log matters.
enum class client_log_level : std::uint8_t { debug, info, warning, error };

/// What a topic's messages must pass besides their signature, as
/// `topic_validation` says it, without actors. The functions are called on
/// several threads of the node at once, so they must be quick and take care of
/// what they share; one that throws ignores the message. In them no client can
/// be waited for: functions that wait answer an error there.
struct client_validation {
  /// Asked in order, until one does not accept.
  std::vector<judge_function> functions;
  /// Messages of the topic under validation at once. 0: as many as of all
  /// topics.
  std::size_t max_messages = 1'024;
  /// Bytes of a message's data; a larger one is rejected. 0: what fits into an
  /// RPC.
  std::size_t max_size = 0;
};

/// Everything about one client: a node's settings (where it listens, whom it
/// stays connected to, which topics it takes part in, …) and what is no plain
/// value.
struct client_options : node_settings {
  /// Who the node is: a key, or a file that holds one and is made if there is
  /// none (identity_file.hpp); neither: a new key each time.
  std::optional<libp2p::private_key> identity;
  std::filesystem::path identity_file;

  /// The file with the key of the private network that the node is in
  /// (network_key_file.hpp); empty: it is in none.
  std::filesystem::path network_key_file;

  /// How messages are validated from the start, by topic or for `all_topics`.
  std::map<std::string, client_validation, std::less<>> validation;

  /// Gets the log's lines of `log_level` and above, one at a time, on any of
  /// the node's threads; it must not call the client. Without it, warnings and
  /// errors go to standard error.
  std::function<void(client_log_level level, std::string_view line)> log;
  client_log_level log_level = client_log_level::info;

  /// How long the client may take to stop when it is destroyed.
  std::chrono::milliseconds stop_deadline{5'000};
};

/// How much may wait for whoever reads a topic, and what happens to more.
struct queue_options {
  /// Messages, and bytes of them. A single message always may.
  std::size_t max_messages = 16'384;
  std::size_t max_bytes = std::size_t{8} << 20;
  /// `drop_oldest` drops what waits for the longest time.
  overflow when_full = overflow::drop_newest;
  /// Whether what this client publishes comes, too.
  bool own_messages = true;
};

} // namespace grapevine
