#include "app/commands/commands.hpp"
#include "app/commands/node_command.hpp"
#include "app/commands/node_setup.hpp"
#include "app/console/input.hpp"
#include "app/console/message_text.hpp"
#include "app/console/messages.hpp"
#include "app/console/output.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <utility>

namespace grapevine::app {

namespace {

using std::chrono::milliseconds;
using clock = std::chrono::steady_clock;

// Of the node, beyond the time that it is told to wait for peers.
constexpr std::chrono::seconds patience{30};

/// Publishes what its input gives, one message after the other.
class pub_command : public node_command {
public:
  pub_command(command_context ctx, const pub_arguments& arguments,
              std::size_t largest)
      : node_command{std::move(ctx)}, arguments_{arguments},
        input_{spawn_input(self()->system(), me(),
                           source_of(arguments.message, arguments.file,
                                     shared_stop(), largest))} {}

private:
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
      if (input.skipped)
        skip(input.error);
      else if (!input.error.empty())
        fail(std::move(input.error));
      else if (input.data)
        begin(*input.data);
      else
        finish_input();
    }};
  }

  void read() { tell(self(), input_, read_next{}); }

  // The others are not to be lost for it.
  void skip(const std::string& why) {
    ++skipped_;
    log().warn("{}; left out", why);
    read();
  }

  void finish_input() {
    if (skipped_ == 0)
      return finish(success);
    fail(fmt::format("{} not published: too large",
                     skipped_ == 1
                         ? std::string{"1 message was"}
                         : fmt::format("{} messages were", skipped_)));
  }

  void begin(const bytes& data) {
    pending_ = true;
    begun_ = clock::now();
    publish(data);
  }

  // Between the wait for a peer and the message's way to it the peer may go:
  // then it is waited for again.
  void publish(const bytes& data) {
    const auto left = std::max(arguments_.wait - waited(), milliseconds{0});
    ask(self(), node(), left + patience,
        publish_message{arguments_.topic, data, 1, left})
        .then(
            [this, data](const publish_receipt& receipt) {
              if (receipt.peers == 0 && !receipt.duplicate
                  && waited() < arguments_.wait)
                return publish(data);
              published(receipt);
            },
            [this](const caf::error& why) {
              if (why == node_errc::not_ready)
                return explain_nobody();
              fail(reason_of(why));
            });
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

  // Why the message went to nobody.
  void explain_nobody() {
    ask(self(), node(), patience, inspect_node{})
        .then([this](const node_snapshot& seen) { fail(nobody(seen)); },
              [this](const caf::error& why) { fail(reason_of(why)); });
  }

  std::string nobody(const node_snapshot& seen) const {
    using std::chrono::seconds;
    const auto time = value_text<milliseconds>::format(
        waited() < seconds{1} ? waited()
                              : std::chrono::round<seconds>(waited()));
    if (!seen.peers.empty())
      return fmt::format("the message went to nobody: {} connected, but none "
                         "subscribed to \"{}\" within {}",
                         seen.peers.size() == 1
                             ? std::string{"a peer is"}
                             : fmt::format("{} peers are", seen.peers.size()),
                         arguments_.topic, time);
    return fmt::format("the message went to nobody: no peer could be reached "
                       "within {}{}; check --peer, or give more time with "
                       "--wait",
                       time, troubles(seen));
  }

  static std::string troubles(const node_snapshot& seen) {
    std::string text;
    for (const auto& one : seen.kept)
      if (!one.trouble.empty())
        text += fmt::format("{} {}: {}", text.empty() ? ":" : ",",
                            one.address.to_text(), one.trouble);
    return text;
  }

  milliseconds waited() const {
    return std::chrono::duration_cast<milliseconds>(clock::now() - begun_);
  }

  pub_arguments arguments_;
  caf::actor input_;
  // There is a message that went to nobody yet, and since when.
  bool pending_ = false;
  clock::time_point begun_;
  bool published_any_ = false;
  // Messages that were too large.
  std::size_t skipped_ = 0;
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
