#include "app/console/line_repeats.hpp"

#include <algorithm>
#include <utility>

namespace grapevine::app {

bool line_repeats::take(int level, std::string_view text, time_point now,
                        const say_repeated& say) {
  due(now, say);
  const auto known = std::ranges::find_if(entries_, [&](const entry& one) {
    return one.line.level == level && one.line.text == text;
  });
  if (known != entries_.end()) {
    ++known->line.count;
    known->last = now;
    return false;
  }
  entry next{{level, std::string{text}}, now, now};
  if (entries_.size() < options_.most) {
    entries_.push_back(std::move(next));
  } else {
    const auto oldest = std::ranges::min_element(entries_, {}, &entry::said);
    say_count(*oldest, say);
    *oldest = std::move(next);
  }
  return true;
}

// A line that goes on to be repeated is said again only as a count.
void line_repeats::due(time_point now, const say_repeated& say) {
  std::erase_if(entries_, [&](entry& one) {
    if (now - one.said < options_.window)
      return false;
    say_count(one, say);
    one.said = now;
    return now - one.last >= options_.window;
  });
}

void line_repeats::all(const say_repeated& say) {
  for (auto& one : entries_)
    say_count(one, say);
  entries_.clear();
}

bool line_repeats::counting() const noexcept {
  return std::ranges::any_of(
      entries_, [](const entry& one) { return one.line.count > 0; });
}

void line_repeats::say_count(entry& one, const say_repeated& say) {
  auto& line = one.line;
  if (line.count == 0)
    return;
  line.within = std::chrono::ceil<std::chrono::seconds>(one.last - one.said);
  line.within = std::max(line.within, std::chrono::seconds{1});
  say(line);
  line.count = 0;
}

} // namespace grapevine::app
