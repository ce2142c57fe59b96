#include "tests/interop/grapevine/events.hpp"

#include "gossip/message/digest.hpp"

#include <sodium.h>

#include <cstdlib>
#include <iostream>
#include <mutex>

namespace grapevine::interop {

namespace {

using nlohmann::json;

/// Up to this size a message event carries the data itself.
constexpr std::size_t largest_text = 1024;

/// Whether a JSON text can hold `data` as it is.
bool is_utf8(std::string_view data) {
  try {
    static_cast<void>(json(data).dump());
    return true;
  } catch (const json::type_error&) {
    return false;
  }
}

} // namespace

void emit(const json& event) {
  static std::mutex mutex;
  const std::lock_guard lock{mutex};
  std::cout << event.dump(-1, ' ', false, json::error_handler_t::replace)
            << std::endl;
  if (!std::cout)
    std::_Exit(EXIT_FAILURE); // nobody reads any more
}

void emit_error(const std::string& text) {
  emit({{"event", "error"}, {"error", text}});
}

std::string hex(bytes_view data) {
  std::string text(data.size() * 2 + 1, '\0');
  ::sodium_bin2hex(text.data(), text.size(), data.data(), data.size());
  text.pop_back();
  return text;
}

void emit_message(const gossip::message& msg) {
  json event{{"event", "message"},
             {"topic", msg.topic()},
             {"from", nullptr},
             {"seqno", nullptr},
             {"size", msg.data().size()},
             {"sha256", hex(as_bytes(gossip::digest(msg.data())))}};
  if (!msg.author().empty())
    event["from"] = msg.author().to_base58();
  if (const auto seqno = msg.fields().seqno)
    event["seqno"] = hex(*seqno);
  const auto text = as_text(msg.data());
  if (text.size() <= largest_text && is_utf8(text))
    event["text"] = text;
  emit(event);
}

void emit_node_event(const node_event& what) {
  using kind = node_event::kind;
  json event{{"peer", what.peer.to_base58()}};
  switch (what.what) {
  case kind::connected:
    event["event"] = "connected";
    break;
  case kind::disconnected:
    event["event"] = "disconnected";
    break;
  case kind::subscribed:
  case kind::unsubscribed:
    event["event"] =
        what.what == kind::subscribed ? "subscribed" : "unsubscribed";
    event["topic"] = what.topic;
    break;
  case kind::grafted:
  case kind::pruned:
    return; // other languages' nodes do not tell
  }
  emit(event);
}

} // namespace grapevine::interop
