#include "actors/pubsub/message_cache_state.hpp"

#include <utility>

// What the message cache counts.

namespace grapevine {

namespace {

// Topics that this node only publishes to and that are told apart between two
// questions.
constexpr std::size_t max_fanouts = 1'024;

} // namespace

void message_cache_state::count(std::string_view topic,
                                std::uint64_t topic_counts::*what) {
  if (auto* wanted = find_wanted(topic))
    ++(wanted->counts.*what);
  else if (what == &topic_counts::published && fanout_.size() < max_fanouts)
    ++fanout_[std::string{topic}].published;
  else
    // Others' topics are none of those that are told apart.
    ++(gone_.*what);
}

void message_cache_state::tell_counts(const grapevine::tell_counts& msg) {
  cache_counts told;
  told.answer = msg.question.answered(now(self_));
  told.gone = std::exchange(gone_, {});
  for (auto& [topic, wanted] : wanted_)
    if (wanted.counts != topic_counts{})
      told.topics.push_back({topic, {}, std::exchange(wanted.counts, {})});
  for (auto& [topic, counts] : std::exchange(fanout_, {}))
    told.topics.push_back({topic, {}, counts});
  const auto seen = snapshot();
  auto& totals = told.totals;
  totals.published = published_;
  totals.accepted = seen.delivered - published_;
  totals.duplicates = seen.duplicates;
  totals.rejected = rejected_;
  totals.ignored = seen.ignored;
  totals.throttled = seen.throttled;
  totals.gated = seen.gated;
  totals.broken_promises = seen.broken_promises;
  totals.validation = validation_;
  totals.validating = seen.validating;
  totals.seen = seen.seen;
  tell(self_, msg.to, std::move(told));
}

} // namespace grapevine
