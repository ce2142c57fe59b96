#include "app/http/stream_batch.hpp"

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
  if (form_ == stream_form::events)
    append_event(text_, "id", id, json);
  else
    text_.append(json).append("\n");
  ends_.push_back(text_.size());
}

std::string_view stream_batch::operator[](std::size_t index) const noexcept {
  const auto begin = index == 0 ? 0 : ends_[index - 1];
  return std::string_view{text_}.substr(begin, ends_[index] - begin);
}

std::string missed_text(stream_form form, std::uint64_t count) {
  const auto json = "{\"missed\":" + std::to_string(count) + "}";
  if (form != stream_form::events)
    return json + "\n";
  std::string text;
  append_event(text, "event", "missed", json);
  return text;
}

} // namespace grapevine::app::http
