#include "app/client/top_view.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/with_node.hpp"
#include "app/console/output.hpp"
#include "app/console/terminal.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

namespace grapevine::app {

namespace {

using nlohmann::json;

/// What the node tells, time after time.
class node_watch {
public:
  explicit node_watch(remote_node& remote) : remote_{remote} {}

  /// Asks for all of it.
  outcome<void> refresh() {
    std::array<json, 3> seen;
    const std::array<std::string_view, 3> paths{"/api/v1/node", "/api/v1/peers",
                                                "/api/v1/topics"};
    for (std::size_t i = 0; i < paths.size(); ++i) {
      const auto answer = remote_.client.get(std::string{paths[i]});
      if (!answer)
        return unexpected{answer.error()};
      seen[i] = json::parse(*answer, nullptr, false);
      if (!seen[i].is_object())
        return unexpected{remote_.client.not_understood()};
    }
    before_ = std::exchange(
        now_, client::counts_of(seen[0], std::chrono::steady_clock::now()));
    seen_ = std::move(seen);
    return {};
  }

  client::text_lines lines(std::optional<terminal_size> size) const {
    const client::node_sample sample{seen_[0], seen_[1], seen_[2], now_.value(),
                                     before_};
    return size ? client::top_lines(sample, size->columns, size->rows)
                : client::top_lines(sample);
  }

private:
  remote_node& remote_;
  std::array<json, 3> seen_;
  std::optional<client::message_counts> now_;
  std::optional<client::message_counts> before_;
};

outcome<exit_code> print_once(const node_watch& watch) {
  for (const auto& line : watch.lines(std::nullopt))
    if (auto printed = print_line(line); !printed)
      return unexpected{printed.error()};
  return success;
}

// Of a screen whose cursor can be moved.
bool output_is_screen() {
  const char* kind = std::getenv("TERM"); // NOLINT(concurrency-mt-unsafe)
  return output_size() && kind != nullptr && *kind != '\0'
         && std::string_view{kind} != "dumb";
}

// A node that does not answer may come back.
client::text_lines with_trouble(client::text_lines lines,
                                const std::string& trouble) {
  if (!trouble.empty())
    lines.insert(lines.begin(), "trying again: " + trouble);
  return lines;
}

outcome<exit_code> draw_until_told(node_watch& watch, const stop_flag& stop,
                                   std::chrono::milliseconds interval) {
  terminal_screen screen;
  std::string trouble;
  for (;;) {
    const auto shown =
        screen.draw(with_trouble(watch.lines(output_size()), trouble));
    if (!shown)
      return unexpected{shown.error()};
    if (!*shown
        || screen.wait(interval, stop) != terminal_screen::event::time_is_over)
      return success;
    const auto told = watch.refresh();
    if (stop.raised())
      return success;
    trouble = told ? "" : told.error().text;
  }
}

} // namespace

outcome<exit_code> top(const top_arguments& arguments) {
  return with_node(
      arguments.node, [&](remote_node& remote) -> outcome<exit_code> {
        node_watch watch{remote};
        if (auto told = watch.refresh(); !told)
          return unexpected{told.error()};
        return output_is_screen()
                   ? draw_until_told(watch, remote.stop, arguments.interval)
                   : print_once(watch);
      });
}

} // namespace grapevine::app
