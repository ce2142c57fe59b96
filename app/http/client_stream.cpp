#include "app/http/client_stream.hpp"

#include <utility>

namespace grapevine::app::http {

std::size_t client_stream::add(const stream_batch& batch, std::size_t first,
                               std::size_t waiting, std::string& text) {
  std::size_t i = first;
  for (; i < batch.size() && text.size() < portion; ++i) {
    if (waiting + text.size() >= max_waiting
        || (missed_ > 0 && waiting >= max_waiting / 2)) {
      ++missed_;
    } else {
      append_missed(text);
      text += batch[i];
    }
  }
  return i;
}

std::string client_stream::missed(std::size_t waiting) {
  std::string text;
  if (waiting < max_waiting / 2)
    append_missed(text);
  return text;
}

void client_stream::append_missed(std::string& text) {
  if (const auto count = std::exchange(missed_, 0); count > 0)
    text += missed_text(form_, count);
}

} // namespace grapevine::app::http
