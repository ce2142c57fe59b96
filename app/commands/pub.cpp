#include "app/commands/commands.hpp"
#include "app/commands/node_command.hpp"
#include "app/commands/node_setup.hpp"
#include "app/console/input.hpp"
#include "app/console/message_text.hpp"
#include "app/console/messages.hpp"
#include "app/console/output.hpp"

#include <spdlog/spdlog.h>

#include <fmt/format.h>
#include <utility>

namespace grapevine::app {

namespace {

// Of the node, beyond the time that it is told to wait for peers.
constexpr std::chrono::seconds patience{30};

/// Publishes what its input gives, one message after the other.
class pub_command : public node_command {
public:
  pub_command(command_context ctx, const pub_arguments& arguments,
              std::size_t largest)
      : node_command{std::move(ctx)}, arguments_{arguments}, input_{spawn_input(
                                                                 largest)} {}

private:
  caf::actor spawn_input(std::size_t largest) {
    auto& sys = self()->system();
    if (arguments_.message)
      return spawn_text_input(sys, me(), *arguments_.message);
    if (arguments_.file)
      return spawn_file_input(sys, me(), shared_stop(), largest,
                              *arguments_.file);
    return spawn_line_input(sys, me(), shared_stop(), largest);
  }

  void started(const node_started&) override { read(); }

  void interrupted() override {
    // Lines may end at any time; a message that was asked for is to be sent.
    const bool single = arguments_.message || arguments_.file;
    if (pending_ || (single && !published_any_))
      return fail("stopped before the message was published");
    finish(success);
  }

  // What was published counts as sent: a slow reader is waited for.
  std::chrono::seconds flush_patience() const override { return patience; }

  void ending() override {
    caf::anon_send_exit(input_, caf::exit_reason::user_shutdown);
  }

  caf::message_handler handlers() override {
    return {[this](next_input& input) {
      if (finishing() || stop().raised())
        return; // the signal is in the mailbox
      if (!input.error.empty())
        fail(std::move(input.error));
      else if (input.data)
        await_somebody(*std::move(input.data));
      else
        finish(success);
    }};
  }

  void read() { tell(self(), input_, read_next{}); }

  void await_somebody(bytes data) {
    pending_ = true;
    ask(self(), node(), arguments_.wait + patience,
        await_peers{arguments_.topic, 1, arguments_.wait})
        .then(
            [this, data = std::move(data)](const peers_ready& ready) mutable {
              if (ready.count == 0)
                return explain_nobody();
              publish(std::move(data));
            },
            [this](const caf::error& why) { fail(reason_of(why)); });
  }

  void publish(bytes data) {
    ask(self(), node(), patience,
        publish_message{arguments_.topic, std::move(data)})
        .then([this](const publish_receipt& receipt) { published(receipt); },
              [this](const caf::error& why) { fail(reason_of(why)); });
  }

  void published(const publish_receipt& receipt) {
    if (receipt.duplicate)
      log().warn("published before: a message without author is named by its "
                 "data");
    else if (receipt.peers == 0)
      return explain_nobody();
    pending_ = false;
    published_any_ = true;
    const auto id = to_hex(as_bytes(receipt.id.raw()));
    if (auto printed = print_line(fmt::format("{} {}", id, receipt.peers));
        !printed)
      return finish(unexpected{printed.error()});
    read();
  }

  // Why nobody took the message.
  void explain_nobody() {
    ask(self(), node(), patience, inspect_node{})
        .then([this](const node_snapshot& seen) { fail(nobody(seen)); },
              [this](const caf::error& why) { fail(reason_of(why)); });
  }

  std::string nobody(const node_snapshot& seen) const {
    const auto waited =
        value_text<std::chrono::milliseconds>::format(arguments_.wait);
    if (seen.peers.empty())
      return fmt::format("nobody took the message: no peer could be reached "
                         "within {}; check --peer, or give more time with "
                         "--wait",
                         waited);
    return fmt::format("nobody took the message: {} connected, but none "
                       "subscribed to \"{}\" within {}",
                       seen.peers.size() == 1
                           ? std::string{"a peer is"}
                           : fmt::format("{} peers are", seen.peers.size()),
                       arguments_.topic, waited);
  }

  pub_arguments arguments_;
  caf::actor input_;
  // There is a message that nobody has taken yet.
  bool pending_ = false;
  bool published_any_ = false;
};

} // namespace

outcome<exit_code> pub(const pub_arguments& arguments) {
  const auto configured = load_settings(arguments.node, node_role::guest);
  if (!configured)
    return unexpected{configured.error()};
  const auto config = make_guest_config(*configured);
  if (!config)
    return unexpected{config.error()};
  const auto largest = config->max_rpc_size;
  return run_node(*config, [&arguments, largest](command_context ctx) {
    return std::make_shared<pub_command>(std::move(ctx), arguments, largest);
  });
}

} // namespace grapevine::app
