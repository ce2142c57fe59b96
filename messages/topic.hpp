#pragma once

#include "messages/api.hpp"
#include "messages/publish_options.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace grapevine {

/// A topic of a node, for actors of any kind: each member asks the node in the
/// name of `self` (an actor's own pointer, or a `caf::scoped_actor`), and
/// returns what is then waited for by `.then` or, in an actor that blocks, by
/// `.receive`, both with a handler for the error. What the answers are stands
/// with the messages of the same names in `messages/api.hpp`, which may be sent
/// as well.
///
/// Cheap to copy: copies are the same handle. It may be used by several actors
/// at once, and keeps none of them alive, but the node, as any handle of it
/// does. Nothing happens when it goes: `close` takes back what it did.
class topic {
public:
  /// The topic of this name at this node; nothing is asked of the node yet.
  topic(node_actor node, std::string name);

  /// As it is on the wire.
  const std::string& name() const noexcept { return state_->name; }
  /// The node that it is a topic of.
  const node_actor& node() const noexcept { return state_->node; }

  // -- publishing -------------------------------------------------------------

  /// Answered by a `publish_receipt`.
  template <class Self>
  auto publish(const Self& self, bytes data,
               const publish_options& how = {}) const {
    return ask_node(
        self,
        publish_message{
            name(), std::move(data), how.min_peers, how.patience, how.key, {}});
  }

  /// Answered by a `batch_receipt`.
  template <class Self>
  auto
  publish_batch(const Self& self, std::vector<bytes> data,
                std::shared_ptr<const libp2p::private_key> key = {}) const {
    return ask_node(self, grapevine::publish_batch{
                              name(), std::move(data), std::move(key), {}});
  }

  /// Answered by `peers_ready`.
  template <class Self>
  auto await_peers(const Self& self, std::size_t count = 1,
                   std::chrono::milliseconds timeout = std::chrono::seconds{
                       10}) const {
    return ask_node(self, grapevine::await_peers{name(), count, timeout});
  }

  // -- taking part ------------------------------------------------------------
  // All of these are answered by `changed`.

  /// The topic's messages come to `self`; or again, in another form.
  template <class Self>
  auto subscribe(const Self& self, const delivery_options& delivery = {},
                 bool batches = false) const {
    return subscribe_for(self, actor_of(self), delivery, batches);
  }

  /// They come to another actor.
  template <class Self>
  auto subscribe_for(const Self& self, const caf::actor& who,
                     const delivery_options& delivery = {},
                     bool batches = false) const {
    state_->subscribed(who);
    return ask_node(self, subscribe_topic{name(), who, batches, delivery});
  }

  /// Delivers its messages to the asking actor no more.
  template <class Self>
  auto unsubscribe(const Self& self) const {
    return unsubscribe_for(self, actor_of(self));
  }

  /// The same of another actor.
  template <class Self>
  auto unsubscribe_for(const Self& self, const caf::actor& who) const {
    state_->unsubscribed(who);
    return ask_node(self, unsubscribe_topic{name(), who});
  }

  /// Lets `count` more messages come to `self`, which takes them on request.
  template <class Self>
  auto request(const Self& self, std::size_t count = 1) const {
    return ask_node(self, request_messages{name(), actor_of(self), count});
  }

  /// Relays the topic's messages, also without a subscriber.
  template <class Self>
  auto join(const Self& self) const {
    state_->relays(true);
    return ask_node(self, relay_topic{name(), true});
  }

  /// Relays them no longer, unless somebody is subscribed.
  template <class Self>
  auto leave(const Self& self) const {
    state_->relays(false);
    return ask_node(self, relay_topic{name(), false});
  }

  // -- its rules --------------------------------------------------------------
  // All of these are answered by `changed`.

  /// What its messages must pass from now on (`set_validation`).
  template <class Self>
  auto validate(const Self& self, topic_validation how) const {
    state_->validates(true);
    return ask_node(self, set_validation{name(), std::move(how)});
  }

  /// Only what those of all topics must.
  template <class Self>
  auto no_validation(const Self& self) const {
    state_->validates(false);
    return ask_node(self, set_validation{name(), std::nullopt});
  }

  /// The parameters of its scores (`set_topic_score`).
  template <class Self>
  auto score(const Self& self,
             const gossip::topic_score_parameters& parameters) const {
    return ask_node(self, set_topic_score{name(), parameters});
  }

  // -- the end ----------------------------------------------------------------

  /// Takes back what was done by this handle and its copies, and nothing else:
  /// unsubscribes the actors that were subscribed by it, ends the relaying that
  /// `join` began, and removes the validation that `validate` set, also if
  /// another one took its place since. What `score` set stays. Who subscribed,
  /// relays or validates by other handles or messages keeps what it has, but an
  /// actor has one subscription of a topic, a topic one validation, and its
  /// relaying is on or off. Answered by `changed` once all of it is done; the
  /// handle can then be used as before.
  template <class Self>
  auto close(const Self& self) const {
    const auto all = state_->take();
    for (const auto& who : all.subscribers)
      tell_from_outside(node(), unsubscribe_topic{name(), who});
    if (all.relays)
      tell_from_outside(node(), relay_topic{name(), false});
    // The node does in order what it is asked for. Nobody's subscription is
    // unsubscribed at once.
    if (all.validates)
      return ask_node(self, set_validation{name(), std::nullopt});
    return ask_node(self, unsubscribe_topic{name(), {}});
  }

private:
  // What was done by a handle.
  struct deeds {
    std::vector<caf::actor> subscribers;
    bool relays = false;
    bool validates = false;
  };

  // Of all copies: those may be in several threads.
  class state {
  public:
    state(node_actor of, std::string called)
        : node{std::move(of)}, name{std::move(called)} {}

    void subscribed(const caf::actor& who);
    void unsubscribed(const caf::actor& who);
    void relays(bool on);
    void validates(bool on);
    // Forgets them.
    deeds take();

    const node_actor node;
    const std::string name;

  private:
    std::mutex guard_;
    std::vector<caf::actor_addr> subscribers_;
    bool relays_ = false;
    bool validates_ = false;
  };

  template <class Self>
  static Self* pointer_to(Self* self) {
    return self;
  }
  static caf::blocking_actor* pointer_to(const caf::scoped_actor& self) {
    return self.ptr();
  }

  template <class Self>
  static caf::actor actor_of(const Self& self) {
    return caf::actor_cast<caf::actor>(pointer_to(self));
  }

  template <class Self, class Question>
  auto ask_node(const Self& self, Question question) const {
    return ask_without_timeout(pointer_to(self), node(), std::move(question));
  }

  std::shared_ptr<state> state_;
};

} // namespace grapevine
