#include "app/commands/commands.hpp"
#include "app/commands/with_node.hpp"
#include "app/console/input.hpp"
#include "app/console/output.hpp"
#include "app/console/terminal_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace grapevine::app {

namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using clock = std::chrono::steady_clock;

// Of the node, beyond the time that it is told to wait for peers.
constexpr std::chrono::seconds patience{30};

// What a node with many topics and peers tells of them is long.
constexpr std::chrono::seconds look_again{1};

constexpr int content_too_large = 413;

struct receipt {
  std::string id;
  std::size_t peers = 0;
  bool duplicate = false;
};

std::optional<receipt> read_receipt(const std::string& body) {
  const auto seen = json::parse(body, nullptr, false);
  if (!seen.is_object() || !seen.contains("id") || !seen["id"].is_string()
      || !seen.contains("peers") || !seen["peers"].is_number_unsigned())
    return std::nullopt;
  return receipt{seen["id"].get<std::string>(),
                 seen["peers"].get<std::size_t>(),
                 seen.contains("duplicate") && seen["duplicate"] == json(true)};
}

/// Publishes what its input gives through a running node.
class via_publisher {
public:
  via_publisher(const pub_via_arguments& arguments, remote_node& remote)
      : arguments_{arguments}, remote_{remote}, target_{
                                                    "/api/v1/publish?topic="
                                                    + client::percent_encoded(
                                                        arguments.topic)} {
    if (arguments.wait.count() > 0)
      target_ += "&wait=" + value_text<milliseconds>::format(arguments.wait);
  }

  outcome<exit_code> run() {
    // The flag outlives this.
    const std::shared_ptr<const stop_flag> stop{std::shared_ptr<void>{},
                                                &remote_.stop};
    const auto next = source_of(arguments_.message, arguments_.file, stop,
                                arguments_.largest);
    for (;;) {
      auto input = next();
      if (remote_.stop.raised())
        return stopped();
      if (input.skipped)
        skip(input.error);
      else if (!input.error.empty())
        return runtime_error(std::move(input.error));
      else if (!input.data)
        return finish();
      else if (auto published = publish(to_string(*input.data)); !published)
        return unexpected{published.error()};
    }
  }

private:
  bool is_single() const { return arguments_.message || arguments_.file; }

  // Lines may end at any time; a message that was asked for is to be sent.
  outcome<exit_code> stopped() const {
    if (is_single())
      return runtime_error("stopped before the message was published");
    return success;
  }

  // The others are not to be lost for it.
  void skip(const std::string& why) {
    ++skipped_;
    print_notice(why + "; left out");
  }

  outcome<exit_code> finish() const {
    if (skipped_ == 0)
      return success;
    return runtime_error(
        fmt::format("{} not published: too large",
                    skipped_ == 1 ? std::string{"1 message was"}
                                  : fmt::format("{} messages were", skipped_)));
  }

  outcome<void> publish(std::string data) {
    // Before: who reads there may leave as soon as it has what it wanted.
    if (to_nobody_ && clock::now() - looked_ >= look_again) {
      taken_there_ = node_takes_it();
      looked_ = clock::now();
    }
    const auto answer =
        remote_.client.ask({"POST", target_, std::move(data),
                            "application/json", patience + arguments_.wait});
    if (!answer) {
      if (remote_.client.last_status() != content_too_large || is_single())
        return unexpected{answer.error()};
      skip(answer.error().text);
      return {};
    }
    const auto told = read_receipt(*answer);
    if (!told)
      return unexpected{remote_.client.not_understood()};
    return published(*told);
  }

  outcome<void> published(const receipt& told) {
    if (told.duplicate)
      print_notice("published before: a message without author is named by "
                   "its data");
    else if (told.peers == 0 && !taken_there_ && !node_takes_it())
      return runtime_error(
          fmt::format("the message went to nobody: neither the node at {} nor "
                      "a peer of it is subscribed to \"{}\"",
                      remote_.client.place(), for_terminal(arguments_.topic)));
    to_nobody_ = told.peers == 0;
    if (auto printed =
            print_line(fmt::format("{} {}", for_terminal(told.id), told.peers));
        !printed)
      return unexpected{printed.error()};
    return {};
  }

  // Whether the node itself is subscribed: then who reads there has it.
  bool node_takes_it() {
    const auto answer = remote_.client.get("/api/v1/topics");
    const auto seen = json::parse(answer.value_or(""), nullptr, false);
    if (!seen.is_object() || !seen.contains("topics"))
      return false;
    return std::ranges::any_of(seen["topics"], [&](const json& one) {
      return one.is_object() && one.value("topic", "") == arguments_.topic
             && one.value("subscribed", false);
    });
  }

  const pub_via_arguments& arguments_;
  remote_node& remote_;
  std::string target_;
  // The last message went to no peer, or there was none.
  bool to_nobody_ = true;
  // Whether the node itself was subscribed, and when that was seen.
  bool taken_there_ = false;
  clock::time_point looked_{};
  // Messages that were too large.
  std::size_t skipped_ = 0;
};

} // namespace

outcome<exit_code> pub_via(const pub_via_arguments& arguments) {
  return with_node(arguments.node, [&](remote_node& remote) {
    return via_publisher{arguments, remote}.run();
  });
}

} // namespace grapevine::app
