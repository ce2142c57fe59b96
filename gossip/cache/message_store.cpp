#include "gossip/cache/message_store.hpp"

#include "gossip/message/digest.hpp"

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

/// What comes later was not brought by the question.
constexpr std::chrono::seconds answers_within{10};

} // namespace

message_store::message_store(const message_store_options& options)
    : options_{options}, seen_{options_.seen},
      rejected_{
          {.ttl = options_.seen.ttl, .max_entries = options_.max_rejected}},
      asked_{{.ttl = answers_within, .max_entries = options_.max_asked}},
      validating_{options_.validation}, window_{options_.window},
      deliveries_{{.window = options_.delivery_window}},
      seqnos_{options_.max_authors} {}

void message_store::expect(std::span<const message_ptr> msgs) const noexcept {
  for (const auto& msg : msgs) {
    seen_.expect(msg->id());
    window_.expect(msg->id());
  }
  // As a rule as much leaves as comes.
  seen_.expect_drops(msgs.size());
  window_.expect_drops(msgs.size());
}

/// Records a state, also of an id that the cache had to forget meanwhile.
void message_store::mark(const message_id& id, time_point now,
                         seen_state state) {
  if (!seen_.insert(id, now, state))
    seen_.decide(id, now, state);
}

void message_store::decide(const message_id& id, validation_token token,
                           verdict result, time_point now,
                           message_effects& effects) {
  const auto* copy = validating_.current(id, token);
  if (copy == nullptr)
    return;
  // A newer one may have been accepted while this one was validated.
  if (result.kind == verdict_kind::accept && options_.monotonic_seqno
      && !seqnos_.advance(copy->msg->fields()))
    result.kind = verdict_kind::ignore;
  if (result.kind == verdict_kind::accept)
    accept(id, std::move(result.value), now, effects);
  else
    turn_down(id, result, now, effects);
}

void message_store::accept(const message_id& id, std::any value, time_point now,
                           message_effects& effects) {
  mark(id, now, seen_state::accepted);
  const auto copies = *validating_.finish(id);
  deliver(copies.current.msg, copies.current.source, copies, std::move(value),
          now, effects);
}

/// The message goes to its readers; whatever waited beside it is decided too.
void message_store::deliver(message_ptr msg, const libp2p::peer_id& source,
                            const validation_queue::copies& copies,
                            std::any value, time_point now,
                            message_effects& effects) {
  window_.put(msg, how_to_offer(msg->id(), now));
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
  deliver_message delivered{std::move(msg), source, std::move(forwarders),
                            false,          false,  std::move(value)};
  note_senders(delivered, now);
  effects.emplace_back(std::move(delivered));
}

offered message_store::how_to_offer(const message_id& id, time_point now) {
  // As a rule nothing was asked for.
  const bool asked = asked_.size() > 0 && asked_.find(id, now) != nullptr;
  return asked ? offered::once : offered::as_new;
}

/// Whoever is named at the delivery is judged: a further copy earns nothing.
void message_store::note_senders(const deliver_message& delivered,
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
void message_store::turn_down(const message_id& id, const verdict& result,
                              time_point now, message_effects& effects) {
  auto step = validating_.next_copy(id);
  release(step.decided, effects);
  const bool rejected = result.kind == verdict_kind::reject;
  if (rejected) {
    reject_senders(step.decided, result.reason, effects);
    rejected_.insert(message_id{digest(step.decided.msg->encoded())}, now,
                     seen_state::rejected);
  } else {
    const auto& msg = step.decided.msg;
    effects.emplace_back(
        ignored_message{msg, step.decided.source, msg->topic(), &msg->id()});
  }
  auto* record = seen_.find(id, now);
  if (record == nullptr) {
    seen_.insert(id, now, seen_state::validating);
    record = seen_.find(id, now);
  }
  if (record != nullptr) {
    record->had_rejected |= rejected;
    record->judged |= rejected && result.reason == reject_reason::validator;
    if (!rejected)
      seen_.decide(id, now, seen_state::ignored);
    else if (!step.next && record->state == seen_state::validating)
      seen_.decide(id, now, seen_state::rejected);
  }
  if (step.next)
    effects.emplace_back(
        validate_message{std::move(step.next), step.token, step.source, true});
}

bool message_store::publish(message_ptr msg, time_point now,
                            message_effects& effects, std::any value) {
  const message_id& id = msg->id();
  if (const auto* record = seen_.sight(id, now);
      record != nullptr && record->state == seen_state::accepted)
    return false;
  mark(id, now, seen_state::accepted);
  // Others may have sent the same message before: without authors an id may
  // stand for the content alone.
  const auto copies =
      validating_.finish(id).value_or(validation_queue::copies{});
  // By the node's own key `receive` knows them anyway.
  if (options_.monotonic_seqno && !is_own(*msg))
    seqnos_.advance(msg->fields());
  deliver(std::move(msg), {}, copies, std::move(value), now, effects);
  return true;
}

void message_store::iwant(const libp2p::peer_id& peer,
                          std::span<const std::string> ids, std::size_t max,
                          std::vector<message_ptr>& out) {
  for (const std::string& id : ids.first(std::min(max, ids.size())))
    if (auto msg = window_.take(id, peer))
      out.push_back(std::move(msg));
}

void message_store::ihave(std::span<const std::string> ids, std::size_t max,
                          time_point now, std::vector<std::string>& out) {
  std::unordered_set<std::string_view, libp2p::keyed_string_hash> chosen;
  for (const std::string& id : ids) {
    if (chosen.size() == max)
      return;
    if (is_own_id(id))
      continue;
    const seen_record* record = seen_.peek(id, now);
    if (record != nullptr
        && (record->state != seen_state::rejected || record->judged))
      continue;
    if (!chosen.insert(id).second)
      continue;
    asked_.insert(message_id{id}, now, seen_state::validating);
    out.push_back(id);
  }
}

/// Whether the default function made it of a message of ours: the author's id,
/// then the number.
bool message_store::is_own_id(std::string_view id) const {
  return options_.default_ids && !options_.self.empty()
         && id.starts_with(as_text(options_.self.view()));
}

bool message_store::sweep(time_point now) {
  // Each costs two misses of the processor's cache and a call of `free`.
  constexpr std::size_t most = 512;
  const bool more_messages = window_.sweep(most);
  const bool more_ids = seen_.expire(now, most);
  const bool more_asked = asked_.expire(now, most);
  return rejected_.expire(now, most) || more_asked || more_ids || more_messages;
}

} // namespace grapevine::gossip
