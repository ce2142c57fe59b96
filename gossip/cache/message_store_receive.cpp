// What becomes of a message that a peer sends.
#include "gossip/cache/message_store.hpp"
#include "gossip/message/digest.hpp"

namespace grapevine::gossip {

/// Why a message is refused for its sender or its author alone.
std::optional<reject_reason>
message_store::refused_at_sight(const libp2p::peer_id& from,
                                const message& msg) const {
  const auto& author = msg.author();
  if (!blocked_.empty()) {
    if (blocked(from))
      return reject_reason::blacklisted_peer;
    if (!author.empty() && blocked(author))
      return reject_reason::blacklisted_author;
  }
  return std::nullopt;
}

bool message_store::is_own(const message& msg) const {
  return !msg.author().empty() && msg.author() == options_.self;
}

bool message_store::was_rejected(const message& msg, time_point now) const {
  return rejected_.peek(digest(msg.encoded()), now) != nullptr;
}

credit message_store::receive(const libp2p::peer_id& from,
                              const message_ptr& msg, time_point now,
                              message_effects& effects) {
  const auto& id = msg->id();
  const auto reject_at_sight = [&](reject_reason reason) {
    effects.emplace_back(
        rejected_message{from, msg->topic(), &id, reason, nullptr});
    return credit::returned;
  };
  if (const auto reason = refused_at_sight(from, *msg))
    return reject_at_sight(*reason);
  // From before a restart, say: whoever brings it cannot know that we had it.
  // It is not remembered, as nobody has checked whether it is ours, and another
  // message may have the same id.
  if (is_own(*msg)) {
    effects.emplace_back(duplicate_message{
        from, msg->topic(), &id, seen_state::ignored, {}, false, true});
    return credit::returned;
  }
  seen_record* record = seen_.sight(id, now);
  if (record != nullptr) {
    if (record->had_rejected && was_rejected(*msg, now))
      return reject_at_sight(reject_reason::rejected_before);
    if (record->state == seen_state::accepted
        || record->state == seen_state::ignored) {
      effects.emplace_back(duplicate_message{
          from, msg->topic(), &id, record->state, now - record->decided,
          in_time(*record, from, now)});
      return credit::returned;
    }
  }
  if (validating_.contains(id))
    return receive_copy(from, msg, effects);
  return receive_new(from, msg, now, effects);
}

/// Whether a further copy is a delivery in time. Notes its sender, so that the
/// next one is not.
bool message_store::in_time(seen_record& record, const libp2p::peer_id& from,
                            time_point now) {
  return record.state == seen_state::accepted
         && now - record.decided <= deliveries_.window()
         && deliveries_.note(record.senders, from, now);
}

/// A further copy of a message under validation.
credit message_store::receive_copy(const libp2p::peer_id& from,
                                   const message_ptr& msg,
                                   message_effects& effects) {
  switch (validating_.add_copy(msg, from)) {
  case validation_queue::added::held:
    return credit::pending;
  case validation_queue::added::noted:
  case validation_queue::added::repeated:
    effects.emplace_back(duplicate_message{
        from, msg->topic(), &msg->id(), seen_state::validating, {}, false});
    break;
  case validation_queue::added::dropped:
    effects.emplace_back(throttled_message{from, msg->topic(), &msg->id()});
    break;
  case validation_queue::added::unknown:
    break;
  }
  return credit::returned;
}

/// The first copy of a message, or bytes that differ from those that were
/// rejected under its id.
credit message_store::receive_new(const libp2p::peer_id& from,
                                  const message_ptr& msg, time_point now,
                                  message_effects& effects) {
  const auto& id = msg->id();
  if (options_.monotonic_seqno && seqnos_.is_old(msg->fields())) {
    effects.emplace_back(ignored_message{nullptr, from, msg->topic(), &id});
    return credit::returned;
  }
  if (!validating_.has_room(msg->topic(), msg->frame().size())) {
    effects.emplace_back(throttled_message{from, msg->topic(), &id});
    return credit::returned;
  }
  if (options_.sound && options_.sound(*msg))
    return receive_sound(from, msg, now, effects);
  mark(id, now, seen_state::validating);
  const validation_token token = validating_.begin(msg, from);
  effects.emplace_back(validate_message{msg, token, from, false});
  return credit::pending;
}

/// What needs no validation is accepted at once.
credit message_store::receive_sound(const libp2p::peer_id& from,
                                    const message_ptr& msg, time_point now,
                                    message_effects& effects) {
  mark(msg->id(), now, seen_state::accepted);
  window_.put(msg, how_to_offer(msg->id(), now));
  deliver_message delivered{msg, from, {}, true};
  note_senders(delivered, now);
  effects.emplace_back(std::move(delivered));
  return credit::returned;
}

} // namespace grapevine::gossip
