#include "app/http/message_stream.hpp"

#include "app/console/message_text.hpp"

#include <utility>

namespace grapevine::app::http {

std::string_view message_stream::content_type() const noexcept {
  return form_ == stream_form::events ? "text/event-stream"
                                      : "application/x-ndjson";
}

void message_stream::add(const message_delivered& msg, std::size_t waiting,
                         std::string& text) {
  if (waiting + text.size() >= max_waiting
      || (missed_ > 0 && waiting >= max_waiting / 2)) {
    ++missed_;
    return;
  }
  append_missed(text);
  if (form_ == stream_form::events)
    text.append("id: ")
        .append(to_hex(as_bytes(msg.msg->id().raw())))
        .append("\ndata: ")
        .append(to_json(msg))
        .append("\n\n");
  else
    text.append(to_json(msg)).append("\n");
}

std::string message_stream::missed(std::size_t waiting) {
  std::string text;
  if (waiting < max_waiting / 2)
    append_missed(text);
  return text;
}

void message_stream::append_missed(std::string& text) {
  const auto count = std::exchange(missed_, 0);
  if (count == 0)
    return;
  const auto json = "{\"missed\":" + std::to_string(count) + "}";
  text += form_ == stream_form::events ? "event: missed\ndata: " + json + "\n\n"
                                       : json + "\n";
}

} // namespace grapevine::app::http
