#include "gossip/message_cache.hpp"

#include "gossip/digest.hpp"

#include <unordered_set>
#include <utility>

namespace grapevine::gossip {

namespace {

void release(const validation_queue::copy& c, message_effects& effects) {
  effects.emplace_back(release_credit{c.source, c.msg->encoded().size()});
}

void reject(const libp2p::peer_id& peer, const message_ptr& msg,
            reject_reason reason, message_effects& effects) {
  effects.emplace_back(
      rejected_message{peer, msg->topic(), &msg->id(), reason, msg});
}

void reject_senders(const validation_queue::copy& c, reject_reason reason,
                    message_effects& effects) {
  reject(c.source, c.msg, reason, effects);
  for (const auto& peer : c.forwarders)
    reject(peer, c.msg, reason, effects);
}

} // namespace

message_cache::message_cache(const message_cache_options& options)
    : options_{options}, seen_{options_.seen},
      rejected_{
          {.ttl = options_.seen.ttl, .max_entries = options_.max_rejected}},
      validating_{options_.validation}, window_{options_.window},
      deliveries_{{.window = options_.delivery_window}} {}

bool message_cache::is_own(const proto::message_view& msg) const noexcept {
  return msg.from && !options_.self.empty()
         && equal(*msg.from, options_.self.view());
}

bool message_cache::has_blocked_author(const proto::message_view& msg) const {
  if (!msg.from)
    return false;
  const auto author = libp2p::peer_id::from_bytes(*msg.from);
  return author && blocked(*author);
}

/// Why a message is refused for its sender or its author alone.
std::optional<reject_reason>
message_cache::refused_at_sight(const libp2p::peer_id& from,
                                const proto::message_view& msg) const {
  if (!blocked_.empty()) {
    if (blocked(from))
      return reject_reason::blacklisted_peer;
    if (has_blocked_author(msg))
      return reject_reason::blacklisted_author;
  }
  if (is_own(msg))
    return reject_reason::own_message;
  return std::nullopt;
}

bool message_cache::was_rejected(const proto::message_view& msg,
                                 time_point now) const {
  return rejected_.peek(digest(msg.encoded), now) != nullptr;
}

credit message_cache::receive(const libp2p::peer_id& from,
                              const proto::message_view& msg,
                              const message_id& id, time_point now,
                              message_effects& effects) {
  const auto reject_at_sight = [&](reject_reason reason) {
    effects.emplace_back(
        rejected_message{from, msg.topic, &id, reason, nullptr});
    return credit::returned;
  };
  if (const auto reason = refused_at_sight(from, msg))
    return reject_at_sight(*reason);
  seen_record* record = seen_.sight(id, now);
  if (record != nullptr) {
    if (record->had_rejected && was_rejected(msg, now))
      return reject_at_sight(reject_reason::rejected_before);
    if (record->state == seen_state::accepted
        || record->state == seen_state::ignored) {
      effects.emplace_back(duplicate_message{
          from, msg.topic, &id, record->state, now - record->decided,
          in_time(*record, from, now)});
      return credit::returned;
    }
  }
  if (validating_.contains(id))
    return receive_copy(from, msg, id, effects);
  return receive_new(from, msg, id, now, effects);
}

/// Whether a further copy is a delivery in time. Notes its sender, so that the
/// next one is not.
bool message_cache::in_time(seen_record& record, const libp2p::peer_id& from,
                            time_point now) {
  return record.state == seen_state::accepted
         && now - record.decided <= deliveries_.window()
         && deliveries_.note(record.senders, from, now);
}

/// A further copy of a message under validation.
credit message_cache::receive_copy(const libp2p::peer_id& from,
                                   const proto::message_view& msg,
                                   const message_id& id,
                                   message_effects& effects) {
  switch (validating_.add_copy(id, msg, from)) {
  case validation_queue::added::held:
    return credit::pending;
  case validation_queue::added::noted:
  case validation_queue::added::repeated:
    effects.emplace_back(duplicate_message{
        from, msg.topic, &id, seen_state::validating, {}, false});
    break;
  case validation_queue::added::dropped:
    effects.emplace_back(throttled_message{from, msg.topic, &id});
    break;
  case validation_queue::added::unknown:
    break;
  }
  return credit::returned;
}

/// The first copy of a message, or bytes that differ from those that were
/// rejected under its id.
credit message_cache::receive_new(const libp2p::peer_id& from,
                                  const proto::message_view& msg,
                                  const message_id& id, time_point now,
                                  message_effects& effects) {
  const std::size_t size = msg.encoded.size();
  if (!validating_.has_room(size + proto::message_header_size(size))) {
    effects.emplace_back(throttled_message{from, msg.topic, &id});
    return credit::returned;
  }
  mark(id, now, seen_state::validating);
  auto copy = message::copy_of(msg, id);
  const validation_token token = validating_.begin(copy, from);
  effects.emplace_back(validate_message{std::move(copy), token, from, false});
  return credit::pending;
}

/// Records a state, also of an id that the cache had to forget meanwhile.
void message_cache::mark(const message_id& id, time_point now,
                         seen_state state) {
  if (!seen_.insert(id, now, state))
    seen_.decide(id, now, state);
}

void message_cache::decide(const message_id& id, validation_token token,
                           verdict result, time_point now,
                           message_effects& effects) {
  if (validating_.current(id, token) == nullptr)
    return;
  if (result.kind == verdict_kind::accept)
    accept(id, now, effects);
  else
    turn_down(id, result, now, effects);
}

void message_cache::accept(const message_id& id, time_point now,
                           message_effects& effects) {
  mark(id, now, seen_state::accepted);
  const auto copies = *validating_.finish(id);
  deliver(copies.current.msg, copies.current.source, copies, now, effects);
}

/// The message goes to its readers; whatever waited beside it is decided too.
void message_cache::deliver(message_ptr msg, const libp2p::peer_id& source,
                            const validation_queue::copies& copies,
                            time_point now, message_effects& effects) {
  window_.put(msg);
  std::vector<forwarder> forwarders;
  const auto add = [&](const libp2p::peer_id& peer, bool identical) {
    if (peer != source)
      forwarders.push_back({peer, identical});
  };
  const auto add_all = [&](const validation_queue::copy& c) {
    const bool identical = equal(c.msg->encoded(), msg->encoded());
    add(c.source, identical);
    for (const auto& peer : c.forwarders)
      add(peer, identical);
  };
  if (copies.current.msg) {
    add_all(copies.current);
    release(copies.current, effects);
  }
  for (const auto& c : copies.waiting) {
    add_all(c);
    release(c, effects);
  }
  deliver_message delivered{std::move(msg), source, std::move(forwarders)};
  note_senders(delivered, now);
  effects.emplace_back(std::move(delivered));
}

/// Whoever is named at the delivery is judged: a further copy earns nothing.
void message_cache::note_senders(const deliver_message& delivered,
                                 time_point now) {
  if (!deliveries_.enabled())
    return;
  seen_record* record = seen_.find(delivered.msg->id(), now);
  if (record == nullptr)
    return;
  if (!delivered.source.empty())
    deliveries_.note(record->senders, delivered.source, now);
  for (const auto& one : delivered.forwarders)
    deliveries_.note(record->senders, one.peer, now);
}

/// A verdict against a copy: the next differing one gets its turn. When there
/// is none, an id of which any copy was ignored stays ignored.
void message_cache::turn_down(const message_id& id, verdict result,
                              time_point now, message_effects& effects) {
  auto step = validating_.next_copy(id);
  release(step.decided, effects);
  const bool rejected = result.kind == verdict_kind::reject;
  if (rejected) {
    reject_senders(step.decided, result.reason, effects);
    rejected_.insert(message_id{digest(step.decided.msg->encoded())}, now,
                     seen_state::rejected);
  } else {
    effects.emplace_back(
        ignored_message{step.decided.msg, step.decided.source});
  }
  auto* record = seen_.find(id, now);
  if (record == nullptr) {
    seen_.insert(id, now, seen_state::validating);
    record = seen_.find(id, now);
  }
  if (record != nullptr) {
    record->had_rejected |= rejected;
    if (!rejected)
      seen_.decide(id, now, seen_state::ignored);
    else if (!step.next && record->state == seen_state::validating)
      seen_.decide(id, now, seen_state::rejected);
  }
  if (step.next)
    effects.emplace_back(
        validate_message{std::move(step.next), step.token, step.source, true});
}

bool message_cache::publish(message_ptr msg, time_point now,
                            message_effects& effects) {
  const message_id& id = msg->id();
  if (const auto* record = seen_.sight(id, now);
      record != nullptr && record->state == seen_state::accepted)
    return false;
  mark(id, now, seen_state::accepted);
  // Others may have sent the same message before: without authors an id may
  // stand for the content alone.
  const auto copies =
      validating_.finish(id).value_or(validation_queue::copies{});
  deliver(std::move(msg), {}, copies, now, effects);
  return true;
}

void message_cache::iwant(const libp2p::peer_id& peer,
                          std::span<const std::string> ids, std::size_t max,
                          std::vector<message_ptr>& out) {
  for (const std::string& id : ids.first(std::min(max, ids.size())))
    if (auto msg = window_.take(id, peer))
      out.push_back(std::move(msg));
}

void message_cache::ihave(std::span<const std::string> ids, std::size_t max,
                          time_point now, std::vector<std::string>& out) {
  std::unordered_set<std::string_view> chosen;
  for (const std::string& id : ids) {
    if (chosen.size() == max)
      return;
    const seen_record* record = seen_.peek(id, now);
    if (record != nullptr && record->state != seen_state::rejected)
      continue;
    if (chosen.insert(id).second)
      out.push_back(id);
  }
}

void message_cache::shift(time_point now) {
  window_.shift();
  seen_.expire(now);
  rejected_.expire(now);
}

} // namespace grapevine::gossip
