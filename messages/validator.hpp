#pragma once

#include "messages/message_cache.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace grapevine {

/// A message that an application is to judge, after its signature was found to
/// be good.
struct judge_message {
  gossip::message_ptr msg;
  /// The peer that sent it.
  libp2p::peer_id source;
};

/// Accept: deliver and relay. Reject: neither, and the senders are penalised.
/// Ignore: neither, and held against nobody.
struct judgement {
  gossip::verdict_kind verdict = gossip::verdict_kind::accept;
};

/// An application's validator, for what takes time or state.
using judge_actor = caf::typed_actor<
    // Judges a message.
    asks<judge_message>::gives<judgement>>;

/// An application's validator, for what is quick. Called on several threads.
using judge_function = std::function<gossip::verdict_kind(
    const gossip::message& msg, const libp2p::peer_id& source)>;

/// What a topic's messages must pass besides their signature. All judges must
/// accept; one that rejects counts more than one that ignores. One that throws,
/// dies or is late ignores.
struct topic_validation {
  /// Asked first, in order, until one does not accept.
  std::vector<judge_function> functions{};
  /// Asked together.
  std::vector<judge_actor> actors{};
  /// How long an actor may take.
  std::chrono::milliseconds timeout{5'000};
  /// Messages of the topic under validation at once; further ones are dropped,
  /// which is held against nobody. 0: as many as of all topics.
  std::size_t max_messages = 1'024;
};

/// By topic.
using validation_table = std::map<std::string, topic_validation, std::less<>>;

/// The validations from now on.
struct use_validation {
  std::shared_ptr<const validation_table> table;
};

/// Messages to validate; the verdicts go to `reply_to`, together.
struct validate_messages {
  std::vector<gossip::validate_message> tasks;
  message_cache_actor reply_to;
};

/// Checks messages: signing policy, signature, and the topic's validators. One
/// of a pool.
using validator_actor = caf::typed_actor<
    // Validates, and answers with `verdicts_reached`.
    takes<validate_messages>,
    // Changes the topics' validations.
    takes<use_validation>>;

} // namespace grapevine
