#include "app/http/feed_book.hpp"

#include <utility>

namespace grapevine::app::http {

feed_actor feed_book::leave(const stream_subject& subject,
                            std::uint64_t joined) {
  const auto found = feeds_.find(subject);
  if (found == feeds_.end() || found->second.joins != joined)
    return {};
  auto unused = std::move(found->second.actor);
  feeds_.erase(found);
  return unused;
}

void feed_book::forget(const caf::actor_addr& who) {
  std::erase_if(feeds_, [&](const auto& one) {
    return one.second.actor.address() == who;
  });
}

std::vector<feed_actor> feed_book::all() const {
  std::vector<feed_actor> result;
  result.reserve(feeds_.size());
  for (const auto& [subject, one] : feeds_)
    result.push_back(one.actor);
  return result;
}

} // namespace grapevine::app::http
