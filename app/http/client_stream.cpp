#include "app/http/client_stream.hpp"

#include <utility>

namespace grapevine::app::http {

void client_stream::take(std::shared_ptr<const stream_batch> batch) {
  const auto size = batch->size();
  std::size_t taken = 0;
  if (missed_ == 0 || waiting_ < max_waiting_ / 2)
    while (
        taken < size
        && (waiting_ == 0 || waiting_ + (*batch)[taken].size() <= max_waiting_))
      waiting_ += (*batch)[taken++].size();
  if (taken > 0)
    news_.push_back(
        {std::move(batch), 0, taken, std::exchange(missed_, std::uint64_t{0})});
  missed_ += size - taken;
}

std::string client_stream::next() {
  std::string text;
  while (!news_.empty() && text.size() < portion) {
    auto& first = news_.front();
    append_missed(text, first.missed);
    for (; first.next < first.end && text.size() < portion; ++first.next) {
      const auto object = (*first.batch)[first.next];
      text += object;
      waiting_ -= object.size();
    }
    if (first.next == first.end)
      news_.pop_front();
  }
  if (news_.empty())
    append_missed(text, missed_);
  return text;
}

void client_stream::drop_all() {
  for (const auto& one : std::exchange(news_, {}))
    missed_ += one.missed + (one.end - one.next);
  waiting_ = 0;
}

void client_stream::append_missed(std::string& text,
                                  std::uint64_t& count) const {
  if (const auto some = std::exchange(count, 0); some > 0)
    text += missed_text(form_, some);
}

} // namespace grapevine::app::http
