#include "app/commands/commands.hpp"
#include "app/commands/node_command.hpp"
#include "app/commands/node_setup.hpp"
#include "app/console/message_text.hpp"
#include "app/console/messages.hpp"
#include "app/console/output.hpp"
#include "app/console/terminal_text.hpp"

#include <spdlog/spdlog.h>

#include <cerrno>
#include <cstring>
#include <limits>
#include <map>
#include <set>
#include <unistd.h>
#include <utility>

namespace grapevine::app {

namespace {

// Ends the command when nobody reads what it prints, message or not.
void watch_output(caf::event_based_actor* self, const caf::actor& command,
                  const std::shared_ptr<stop_flag>& stop) {
  if (line_writer{STDOUT_FILENO, *stop}.wait_closed())
    tell(self, command, stop_node{});
}

// What waits to be printed: a burst of a second at a gigabit, half of it.
delivery_options while_output_is_slow() {
  delivery_options how;
  how.max_messages = std::numeric_limits<std::size_t>::max();
  how.max_bytes = std::size_t{64} << 20;
  return how;
}

/// Prints messages, each as a line.
class sub_command : public node_command {
public:
  sub_command(command_context ctx, const sub_arguments& arguments)
      : node_command{std::move(ctx)}, arguments_{arguments},
        left_{arguments.count}, writer_{STDOUT_FILENO, stop()},
        terminal_{::isatty(STDOUT_FILENO) == 1} {
    self()->system().spawn<caf::detached>(watch_output, me(), shared_stop());
  }

private:
  void starting() override {
    tell(self(), node(), watch_node{me()});
    for (const auto& topic : arguments_.topics)
      tell(self(), node(),
           subscribe_topic{topic, me(), false, while_output_is_slow()});
  }

  void started(const node_started& up) override {
    for (const auto& address : up.addresses)
      log().info("listening addr={}", address.to_text());
  }

  caf::message_handler handlers() override {
    return {[this](const message_delivered& delivered) {
              if (!finishing())
                print(delivered);
            },
            [this](const node_event& event) { note(event); }};
  }

  // From then on what is published comes; said again when nobody was left.
  void note(const node_event& event) {
    using kind = node_event::kind;
    if (event.what == kind::disconnected)
      for (auto& [topic, peers] : meshes_)
        peers.erase(event.peer);
    if (event.what == kind::pruned)
      meshes_[event.topic].erase(event.peer);
    if (event.what != kind::grafted)
      return;
    auto& mesh = meshes_[event.topic];
    if (mesh.empty() && log().should_log(spdlog::level::warn))
      print_notice("in the mesh of \"" + for_terminal(event.topic) + "\"");
    mesh.insert(event.peer);
  }

  void print(const message_delivered& delivered) {
    if (delivered.missed > 0)
      log().warn("{} messages of \"{}\" were dropped: standard output was not "
                 "read fast enough",
                 delivered.missed, for_terminal(delivered.msg->topic()));
    auto line =
        arguments_.json ? to_json(delivered) : to_string(delivered.msg->data());
    // Files and pipes get what was sent, byte for byte.
    if (terminal_)
      line = for_terminal(line);
    line += '\n';
    switch (writer_.write(line)) {
    case write_result::written:
      return printed();
    case write_result::closed:
      return finish(success);
    case write_result::failed:
      return fail("cannot write to standard output: "
                  + std::string{std::strerror(errno)});
    case write_result::stopped:
      return; // what stopped it is in the mailbox
    }
  }

  void printed() {
    if (left_ && --*left_ == 0)
      finish(success);
  }

  sub_arguments arguments_;
  std::optional<std::size_t> left_;
  // Who is in the mesh of each topic.
  std::map<std::string, std::set<libp2p::peer_id>, std::less<>> meshes_;
  line_writer writer_;
  bool terminal_;
};

} // namespace

outcome<exit_code> sub(const sub_arguments& arguments) {
  const auto configured = load_settings(arguments.node, node_role::guest);
  if (!configured)
    return unexpected{configured.error()};
  const auto config = make_guest_config(*configured);
  if (!config)
    return unexpected{config.error()};
  for (const auto& topic : arguments.topics)
    if (!config->filter.allows(topic))
      return usage_error("TOPIC: \"" + topic
                         + "\": is in neither --allow-topic nor "
                           "--allow-topic-pattern");
  return run_node(*config, [&arguments](command_context ctx) {
    return std::make_shared<sub_command>(std::move(ctx), arguments);
  });
}

} // namespace grapevine::app
