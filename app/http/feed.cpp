#include "app/http/feed.hpp"

#include "app/console/message_text.hpp"
#include "app/http/node_json.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

namespace grapevine::app::http {

namespace {

class feed_state {
public:
  feed_state(feed_actor::pointer self, const node_actor& node,
             server_actor keeper, stream_subject subject)
      : self_{self}, keeper_{std::move(keeper)}, subject_{std::move(subject)},
        downs_{self, [this](const caf::actor_addr& who, const caf::error&) {
                 left(who);
               }} {
    const auto me = caf::actor_cast<caf::actor>(feed_actor{self});
    if (subject_)
      tell(self_, node, subscribe_topic{*subject_, me, true});
    else
      tell(self_, node, watch_node{me, true});
  }

  stream_joined join(const join_stream& msg) {
    ++joined_;
    clients_.insert_or_assign(msg.client.address(),
                              client{msg.client, msg.form});
    // One that has gone by now is told of at once.
    downs_.watch(msg.client);
    return {caf::actor_cast<caf::actor>(feed_actor{self_})};
  }

  void tell_messages(const messages_delivered& all) {
    begin();
    for (const auto& one : all.msgs) {
      add_missed(one.missed);
      json_.clear();
      append_json(json_, one);
      add(json_, to_hex(as_bytes(one.msg->id().raw())));
    }
    send();
  }

  void tell_event(const node_event& what) {
    begin();
    add_missed(what.missed);
    add(event_json(what, std::chrono::system_clock::now()), {});
    send();
  }

private:
  struct client {
    connection_actor actor;
    stream_form form;
  };

  // Only the forms that somebody takes are made.
  void begin() {
    for (const auto& [who, one] : clients_)
      if (auto& batch = batch_of(one.form); !batch)
        batch = std::make_shared<stream_batch>(one.form);
  }

  void add(std::string_view json, std::string_view id) {
    for (const auto& batch : batches_)
      if (batch)
        batch->add(json, id);
  }

  // What the node dropped, as this feed was too slow.
  void add_missed(std::uint64_t count) {
    if (count == 0)
      return;
    for (const auto& batch : batches_)
      if (batch)
        batch->add_missed(count);
  }

  void send() {
    for (const auto& [who, one] : clients_)
      tell(self_, one.actor, stream_news{batch_of(one.form)});
    batches_.fill(nullptr);
  }

  std::shared_ptr<stream_batch>& batch_of(stream_form form) {
    return batches_.at(static_cast<std::size_t>(form));
  }

  void left(const caf::actor_addr& who) {
    if (clients_.erase(who) > 0 && clients_.empty())
      tell(self_, keeper_, feed_idle{subject_, joined_});
  }

  feed_actor::pointer self_;
  server_actor keeper_;
  stream_subject subject_;
  down_watch<feed_actor::base> downs_;
  std::unordered_map<caf::actor_addr, client> clients_;
  std::uint64_t joined_ = 0;
  std::string json_;
  std::array<std::shared_ptr<stream_batch>, stream_forms> batches_;
};

feed_actor::behavior_type feed(feed_actor::pointer self, const node_actor& node,
                               const server_actor& keeper,
                               const stream_subject& subject) {
  auto state = std::make_shared<feed_state>(self, node, keeper, subject);
  return {
      [state](const join_stream& msg) { return state->join(msg); },
      [state](const messages_delivered& all) { state->tell_messages(all); },
      [state](const node_event& what) { state->tell_event(what); },
      [self](end_feed) { self->quit(); },
  };
}

} // namespace

feed_actor spawn_feed(caf::actor_system& sys, node_actor node,
                      server_actor keeper, stream_subject subject) {
  return sys.spawn(feed, std::move(node), std::move(keeper),
                   std::move(subject));
}

} // namespace grapevine::app::http
