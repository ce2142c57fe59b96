#include "app/commands/commands.hpp"
#include "app/commands/with_node.hpp"
#include "app/console/message_text.hpp"
#include "app/console/output.hpp"
#include "app/console/terminal_text.hpp"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <optional>
#include <poll.h>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

namespace grapevine::app {

namespace {

using nlohmann::json;

/// The messages of topics that a running node hands on.
class via_subscription {
public:
  via_subscription(const sub_via_arguments& arguments, remote_node& remote)
      : arguments_{arguments}, remote_{remote}, left_{arguments.count},
        writer_{STDOUT_FILENO, remote.stop}, terminal_{::isatty(STDOUT_FILENO)
                                                       == 1} {}

  outcome<exit_code> run() {
    for (const auto& topic : arguments_.topics)
      if (auto opened = open(topic); !opened)
        return unexpected{opened.error()};
    for (;;) {
      for (auto& one : streams_)
        if (auto ended = print_all(one))
          return *std::move(ended);
      if (auto ended = read_more())
        return *std::move(ended);
    }
  }

private:
  struct topic_stream {
    std::string topic;
    client::line_stream lines;
    bool ended = false;
  };

  // How the command ends, if it does.
  using ending = std::optional<outcome<exit_code>>;

  static ending end_with(failure why) {
    return outcome<exit_code>{unexpected{std::move(why)}};
  }
  static ending end_well() { return outcome<exit_code>{success}; }

  outcome<void> open(const std::string& topic) {
    auto opened = remote_.client.open_stream(
        {"GET", "/api/v1/subscribe?topic=" + client::percent_encoded(topic), "",
         "application/x-ndjson"});
    if (!opened)
      return unexpected{opened.error()};
    print_notice("subscribed to \"" + for_terminal(topic) + "\" at "
                 + remote_.client.place());
    streams_.push_back({topic, *std::move(opened)});
    return {};
  }

  // Waits for lines, the end, and that nobody reads any more.
  ending read_more() {
    std::vector<pollfd> watched{{remote_.stop.fd(), POLLIN, 0},
                                {STDOUT_FILENO, 0, 0}};
    for (const auto& one : streams_)
      watched.push_back({one.lines.fd(), POLLIN, 0});
    if (::poll(watched.data(), watched.size(), -1) < 0)
      return std::nullopt; // interrupted
    if (watched[0].revents != 0 || watched[1].revents != 0)
      return end_well();
    for (std::size_t i = 0; i < streams_.size(); ++i)
      if (watched[i + 2].revents != 0)
        streams_[i].ended = !streams_[i].lines.fill();
    return std::nullopt;
  }

  ending print_all(topic_stream& one) {
    while (const auto line = one.lines.next())
      if (auto ended = take(one.topic, *line))
        return ended;
    if (!one.ended)
      return std::nullopt;
    return end_with(
        {runtime_failure,
         fmt::format("the node at {} has ended the subscription "
                     "to \"{}\"",
                     remote_.client.place(), for_terminal(one.topic))});
  }

  ending take(const std::string& topic, const std::string& line) {
    const auto seen = json::parse(line, nullptr, false);
    if (!seen.is_object())
      return end_with(remote_.client.not_understood());
    if (const auto missed = seen.find("missed"); missed != seen.end()) {
      print_notice(fmt::format("{} messages of \"{}\" were dropped: they are "
                               "not read fast enough",
                               missed->dump(), for_terminal(topic)));
      return std::nullopt;
    }
    if (arguments_.node.json)
      return print(line);
    const auto data = seen.find("data");
    const auto bytes = data != seen.end() && data->is_string()
                           ? from_base64(data->get<std::string>())
                           : std::nullopt;
    if (!bytes)
      return end_with(remote_.client.not_understood());
    return print(to_string(*bytes));
  }

  // Files and pipes get what was sent, byte for byte.
  ending print(const std::string& text) {
    switch (writer_.write((terminal_ ? for_terminal(text) : text) + '\n')) {
    case write_result::written:
      return left_ && --*left_ == 0 ? end_well() : std::nullopt;
    case write_result::closed:
    case write_result::stopped:
      return end_well();
    case write_result::failed:
      break;
    }
    return end_with({runtime_failure, "cannot write to standard output: "
                                          + std::string{std::strerror(errno)}});
  }

  const sub_via_arguments& arguments_;
  remote_node& remote_;
  std::optional<std::size_t> left_;
  line_writer writer_;
  bool terminal_;
  std::vector<topic_stream> streams_;
};

} // namespace

outcome<exit_code> sub_via(const sub_via_arguments& arguments) {
  return with_node(arguments.node, [&](remote_node& remote) {
    return via_subscription{arguments, remote}.run();
  });
}

} // namespace grapevine::app
