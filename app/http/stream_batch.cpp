#include "app/http/stream_batch.hpp"

#include "app/http/websocket.hpp"

namespace grapevine::app::http {

namespace {

void append_event(std::string& text, std::string_view field,
                  std::string_view value, std::string_view json) {
  if (!value.empty())
    text.append(field).append(": ").append(value).append("\n");
  text.append("data: ").append(json).append("\n\n");
}

} // namespace

std::string_view content_type(stream_form form) noexcept {
  return form == stream_form::events ? "text/event-stream"
                                     : "application/x-ndjson";
}

void stream_batch::add(std::string_view json, std::string_view id) {
  switch (form_) {
  case stream_form::events:
    append_event(text_, "id", id, json);
    break;
  case stream_form::ndjson:
    text_.append(json).append("\n");
    break;
  case stream_form::websocket:
    append_text_frame(text_, json);
    break;
  }
  ends_.push_back(text_.size());
}

void stream_batch::add_missed(std::uint64_t count) {
  text_ += missed_text(form_, count);
  ends_.push_back(text_.size());
}

std::string_view stream_batch::operator[](std::size_t index) const noexcept {
  const auto begin = index == 0 ? 0 : ends_[index - 1];
  return std::string_view{text_}.substr(begin, ends_[index] - begin);
}

std::string missed_text(stream_form form, std::uint64_t count) {
  const auto json = "{\"missed\":" + std::to_string(count) + "}";
  std::string text;
  switch (form) {
  case stream_form::events:
    append_event(text, "event", "missed", json);
    break;
  case stream_form::ndjson:
    text = json + "\n";
    break;
  case stream_form::websocket:
    append_text_frame(text, json);
    break;
  }
  return text;
}

} // namespace grapevine::app::http
