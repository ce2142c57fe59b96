#include "actors/pubsub/message_cache_state.hpp"

#include <utility>

// What the message cache counts.

namespace grapevine {

namespace {

// Topics that this node only publishes to and that are told apart between two
// questions.
constexpr std::size_t max_fanouts = 1'024;

// Between two warnings that a cache is too small.
constexpr std::chrono::minutes early_pause{10};

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
  totals.max_seen = cache_.store().seen().max_size();
  totals.forgotten_early = seen.forgotten_early;
  totals.dropped_early = seen.dropped_early;
  tell(self_, msg.to, std::move(told));
}

// Said while it happens, for what comes too late to be known is delivered
// twice, and what is dropped nobody can ask for.
void message_cache_state::log_early() {
  const auto at = now(self_);
  const auto& seen = cache_.store().seen();
  const auto& window = cache_.store().window();
  if (forgotten_.grew(seen.forgotten_early(), at, early_pause))
    ctx_->log->warn(
        "ids of messages are forgotten after {:.1f} s, before seen-ttl is over "
        "({:.1f} s): a copy that comes later is delivered again. There is room "
        "for {}: raise max-seen-ids if there is memory for more",
        std::chrono::duration<double>(seen.age(at)).count(),
        std::chrono::duration<double>(ctx_->config.params.timers.seen_ttl)
            .count(),
        seen.max_size());
  if (dropped_.grew(window.dropped_early(), at, early_pause))
    ctx_->log->warn("messages are dropped before history-length heartbeats are "
                    "over: peers that miss them cannot ask for them. There is "
                    "room for {} bytes: raise max-window-bytes if there is "
                    "memory for more",
                    window.max_bytes());
}

} // namespace grapevine
