#include "actors/host/resolver.hpp"

#include <list>
#include <stdexcept>
#include <string>
#include <utility>

namespace grapevine {

namespace {

using libp2p::dns_answer;
using libp2p::name_lookup;

class resolver_state {
public:
  resolver_state(resolver_actor::pointer self, resolver_setup setup)
      : self_{self}, setup_{std::move(setup)} {}
  resolver_state(const resolver_state&) = delete;
  resolver_state& operator=(const resolver_state&) = delete;

  // Also of one that died nobody waits for an answer.
  ~resolver_state() {
    address_resolved none;
    none.found.error = "the resolver has ended";
    for (auto& one : open_)
      one.answer.deliver(none);
  }

  caf::result<address_resolved> resolve(const resolve_address& msg) {
    auto promise = self_->make_response_promise<address_resolved>();
    open_.push_back(
        {name_lookup{msg.address, setup_.transports}, std::move(promise)});
    const auto one = std::prev(open_.end());
    auto answer = one->answer;
    go_on(one);
    settle();
    return answer;
  }

  void ready(const socket_ready& msg) {
    if (channel_)
      channel_->ready(msg);
    settle();
  }

  void due(const resolver_due& msg) {
    if (msg.timer != timer_)
      return;
    if (channel_)
      channel_->due();
    settle();
  }

private:
  struct open_lookup {
    name_lookup what;
    caf::typed_response_promise<address_resolved> answer;
    // How often `go_on` is under way for it: answers may come at once.
    int depth = 0;
  };
  using lookup_ref = std::list<open_lookup>::iterator;

  void go_on(lookup_ref one) {
    ++one->depth;
    for (const auto& question : one->what.take_questions())
      ask(question, one);
    --one->depth;
    if (one->depth > 0 || !one->what.done())
      return;
    one->answer.deliver(address_resolved{one->what.result()});
    open_.erase(one);
  }

  void ask(const libp2p::dns_question& question, lookup_ref one) {
    try {
      if (!channel_)
        channel_ = std::make_unique<dns_channel>(
            setup_.reactor, resolver_actor{self_}, setup_.dns);
    } catch (const std::runtime_error& e) {
      dns_answer failed;
      failed.error = std::string{"names cannot be looked up: "} + e.what();
      return one->what.answered(question, failed);
    }
    channel_->ask(question, [this, question, one](const dns_answer& answer) {
      one->what.answered(question, answer);
      go_on(one);
    });
  }

  // Without questions it needs no sockets; with some, a timer. Not called by
  // the channel, which may go.
  void settle() {
    if (open_.empty())
      channel_.reset();
    if (!channel_)
      return;
    if (const auto wait = channel_->wait())
      tell_self_later(self_, *wait, resolver_due{++timer_});
  }

  resolver_actor::pointer self_;
  resolver_setup setup_;
  std::list<open_lookup> open_;
  std::unique_ptr<dns_channel> channel_;
  std::uint64_t timer_ = 0;
};

resolver_actor::behavior_type resolver(resolver_actor::pointer self,
                                       const resolver_setup& setup) {
  auto state = std::make_shared<resolver_state>(self, setup);
  return {
      [state](const socket_ready& msg) { state->ready(msg); },
      [state](const resolver_due& msg) { state->due(msg); },
      [state](const resolve_address& msg) { return state->resolve(msg); },
  };
}

} // namespace

resolver_actor spawn_resolver(caf::actor_system& sys, resolver_setup setup) {
  return sys.spawn(resolver, std::move(setup));
}

} // namespace grapevine
