#include "actors/pubsub/message_cache_state.hpp"

#include <utility>

// What the message cache's core wants done.

namespace grapevine {

namespace {

// Deliveries for the scores that are told together.
constexpr std::size_t report_size = 256;

// What may be behind it, if the sender means well.
std::string_view advice_on(gossip::reject_reason reason) {
  using enum gossip::reject_reason;
  switch (reason) {
  case missing_signature:
  case bad_author:
  case bad_seqno:
    return " (this node wants signed messages: does the other have the same "
           "--policy?)";
  case unexpected_author:
  case unexpected_signature:
    return " (this node wants messages without author and signature: does the "
           "other have the same --policy?)";
  default:
    return "";
  }
}

} // namespace

void message_cache_state::carry_out() {
  trace();
  if (!effects_.empty())
    delivered_at_ = std::chrono::system_clock::now();
  for (auto& effect : effects_)
    std::visit([this](auto& e) { apply(e); }, effect);
  effects_.clear();
  flush();
}

void message_cache_state::apply(gossip::validate_message& e) {
  count(e.msg->topic(), &topic_counts::fresh);
  if (e.announce)
    announce(e.msg, e.source);
  to_validate_.push_back(std::move(e));
}

void message_cache_state::announce(const gossip::message_ptr& msg,
                                   const libp2p::peer_id& source) {
  if (to_announce_.empty())
    to_announce_.reserve(effects_.size());
  to_announce_.push_back({msg, source, {}});
}

void message_cache_state::apply(gossip::deliver_message& e) {
  if (e.announce)
    announce(e.msg, e.source);
  ++counters_.delivered;
  auto* topic = find_wanted(e.msg->topic());
  if (topic != nullptr)
    deliver(*topic, e.msg, e.source, e.value);
  if (e.source.empty()) {
    ++published_;
    return count(e.msg->topic(), &topic_counts::published);
  }
  auto& counts = topic != nullptr ? topic->counts : gone_;
  ++counts.accepted;
  counts.fresh += e.at_once ? 1 : 0;
  if (to_route_.empty())
    to_route_.reserve(effects_.size());
  to_route_.push_back({std::move(e.msg), e.source, std::move(e.forwarders)});
}

void message_cache_state::apply(const gossip::duplicate_message& e) {
  ++counters_.duplicates;
  count(e.topic, &topic_counts::duplicates);
  if (e.in_time)
    report_.entries.push_back({e.peer, std::string{e.topic},
                               delivery_report::kind::duplicate, e.age});
}

void message_cache_state::apply(const gossip::rejected_message& e) {
  ++counters_.rejected;
  ++rejected_[e.reason];
  count(e.topic, &topic_counts::rejected);
  if (!counts_as_invalid(e.reason))
    return;
  if (rejections_.first({e.peer, e.reason}, now(self_)))
    ctx_->log->warn("message rejected: {}{} peer={} topic=\"{}\"",
                    to_string(e.reason), advice_on(e.reason), to_string(e.peer),
                    escaped(e.topic));
  report_.entries.push_back(
      {e.peer, std::string{e.topic}, delivery_report::kind::invalid, {}});
  report_urgent_ = true;
}

void message_cache_state::apply(const gossip::ignored_message& e) {
  ++counters_.ignored;
  count(e.topic, &topic_counts::ignored);
}

void message_cache_state::apply(const gossip::throttled_message& e) {
  ++counters_.throttled;
  count(e.topic, &topic_counts::throttled);
  if (ctx_->log->should_log(spdlog::level::debug))
    ctx_->log->debug("message dropped, too many under validation peer={}",
                     to_string(e.peer));
}

void message_cache_state::apply(const gossip::promise_counted& e) {
  if (e.count > 0)
    counters_.broken_promises += static_cast<std::uint64_t>(e.count);
  tell(self_, mesh_,
       misbehaved{e.peer, e.count,
                  e.count > 0 ? "IWANT was not answered"
                              : "IWANT was answered late"});
}

void message_cache_state::apply(const gossip::release_credit& e) {
  auto& back = credit_[e.peer];
  ++back.messages;
  back.bytes += e.bytes;
}

// One actor message for all that this turn has for a receiver.
void message_cache_state::flush() {
  if (!to_announce_.empty())
    tell(self_, mesh_, announce_messages{std::exchange(to_announce_, {})});
  if (!to_route_.empty())
    tell(self_, mesh_, route_messages{std::exchange(to_route_, {})});
  for (auto& [subscriber, batch] : to_deliver_)
    tell(self_, subscriber, std::move(batch));
  to_deliver_.clear();
  send_to_validators();
  for (const auto& [peer, back] : credit_)
    if (const auto i = peers_.find(peer); i != peers_.end())
      tell(self_, i->second, back);
  credit_.clear();
  if (report_urgent_ || report_.entries.size() >= report_size)
    flush_report();
  trace_.flush();
}

void message_cache_state::send_to_validators() {
  if (ctx_->config.monotonic_seqno)
    return send_by_author();
  if (to_validate_.empty())
    return;
  next_validator_ = (next_validator_ + 1) % validators_.size();
  validate(next_validator_, std::exchange(to_validate_, {}));
}

// As from outside: it goes to another of the scheduler's threads at once. In
// this thread's queue it would wait until an idle one looks whether there is
// something to take.
void message_cache_state::validate(
    std::size_t validator, std::vector<gossip::validate_message> tasks) {
  tell_from_outside(validators_[validator],
                    validate_messages{std::move(tasks), self_, now(self_)});
}

// One author's messages must not overtake each other: the later one's verdict
// would make the earlier one old.
void message_cache_state::send_by_author() {
  std::vector<std::vector<gossip::validate_message>> batches(
      validators_.size());
  for (auto& one : to_validate_) {
    const auto author = std::hash<libp2p::peer_id>{}(one.msg->author());
    batches[author % batches.size()].push_back(std::move(one));
  }
  to_validate_.clear();
  for (std::size_t i = 0; i < batches.size(); ++i)
    if (!batches[i].empty())
      validate(i, std::move(batches[i]));
}

void message_cache_state::log_rejections() {
  rejections_.due(
      now(self_),
      [this](const auto& what, std::size_t count) {
        ctx_->log->warn("{} more message{} rejected: {} peer={}", count,
                        count == 1 ? "" : "s", to_string(what.second),
                        to_string(what.first));
      },
      [this](std::size_t count) {
        ctx_->log->warn("{} message{} of further peers rejected", count,
                        count == 1 ? "" : "s");
      });
}

void message_cache_state::flush_report() {
  report_urgent_ = false;
  if (!report_.entries.empty())
    tell(self_, mesh_, std::exchange(report_, {}));
}

} // namespace grapevine
