#pragma once

#include "actors/context.hpp"
#include "actors/log_limit.hpp"
#include "actors/node.hpp"
#include "actors/node/allow_list.hpp"
#include "actors/node/dial_book.hpp"
#include "actors/node/kept_peers.hpp"
#include "actors/node/named_peers.hpp"
#include "actors/node/node_parts.hpp"
#include "actors/node/offered_peers.hpp"
#include "actors/node/peer_book.hpp"
#include "actors/node/peer_slots.hpp"
#include "actors/node/pending_requests.hpp"
#include "actors/node/topic_subscribers.hpp"
#include "gossip/message/seqno.hpp"
#include "gossip/message/signing.hpp"
#include "gossip/rng.hpp"
#include "libp2p/base/time_point.hpp"
#include "messages/heartbeat.hpp"
#include "messages/validator.hpp"

#include <fmt/format.h>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace grapevine {

/// What the node actor does, a member per message.
///
/// Those about its start are in `actors/node.cpp`, about where others can dial
/// it in `node_addresses.cpp`, about the local network in `node_lan.cpp`, about
/// other settings in `node_change.cpp`, about its end in `node_end.cpp`, about
/// peers in `node_peers.cpp`, `node_names.cpp` (those that names have),
/// `node_slots.cpp` (who gets a place) and `node_store.cpp` (who is known after
/// a restart), about topics in `node_topics.cpp`, `node_publish.cpp` and
/// `node_validation.cpp`, about numbers in `node_metrics.cpp`, about observers
/// in `node_observers.cpp`.
class node_state {
public:
  node_state(node_internal_actor::pointer self, node_config config,
             node_parts parts);
  node_state(const node_state&) = delete;
  node_state& operator=(const node_state&) = delete;

  /// Takes its actors with it, however the node ends.
  ~node_state();

  // -- life -------------------------------------------------------------------

  caf::result<node_started> start();
  caf::result<changed> change(const change_settings& msg);
  caf::result<node_stopped> stop(const stop_node& msg);
  void stop_expired_now();
  void listener_lost(const listener_failed& msg);
  void reopen(const reopen_listener& msg);
  void look_at_addresses();
  void found(const peers_found& msg);

  // -- peers ------------------------------------------------------------------

  void established(const connection_established& msg);
  void failed(const dial_failed& msg);
  void lost(const peer_lost& msg);
  caf::result<peer_connected> connect(const connect_peer& msg);
  caf::result<changed> keep(const keep_connected& msg);
  void redial(const redial_peer& msg);
  void look_up_names();
  caf::result<changed> disconnect(const disconnect_from& msg);
  caf::result<changed> watch(const watch_node& msg);
  caf::result<changed> unwatch(const unwatch_node& msg);
  void events(const node_events& msg);
  void offered(const connect_offered& msg);
  caf::result<changed> direct(const set_direct_peer& msg);
  void trim();
  caf::result<changed> ban(const block_peer& msg);
  caf::result<changed> allow(const allow_peer& msg);
  void write_down_peers();
  void look_for_known();

  // -- scores -----------------------------------------------------------------

  caf::result<changed> score(const set_application_score& msg);
  caf::result<changed> score(const set_topic_score& msg);
  caf::result<scores_snapshot> scores();

  // -- topics -----------------------------------------------------------------

  // They take the message's ticket.
  caf::result<publish_receipt> publish(publish_message& msg);
  caf::result<batch_receipt> publish(publish_batch& msg);
  caf::result<changed> relay(const relay_topic& msg);
  caf::result<changed> validation(const set_validation& msg);
  caf::result<changed> subscribe(const subscribe_topic& msg);
  caf::result<changed> unsubscribe(const unsubscribe_topic& msg);
  caf::result<changed> request(const request_messages& msg);
  caf::result<peers_ready> await(const await_peers& msg);
  caf::result<changed> partial(const set_partial_topic& msg);
  caf::result<changed> partial(const publish_partial& msg);
  caf::result<node_snapshot> inspect();
  caf::result<peers_snapshot> inspect_all_peers();

  // -- numbers ----------------------------------------------------------------

  caf::result<metrics_snapshot> metrics();
  void tell_counts(const grapevine::tell_counts& msg);
  void pass_on(const host_counts& msg);

private:
  enum class phase { made, running, stopping, ended };

  struct peer_entry {
    peer_actor actor;
    // How many connections the actor was given.
    std::size_t adopted = 0;
    libp2p::multiaddr address;
    bool outbound = false;
    // We dialled it, but not at our own word alone (`offered_dial`).
    bool offered = false;
    time_point since;
  };

  struct bound_listener {
    libp2p::multiaddr asked;
    stream_listener_ptr bound;
  };

  // life
  std::optional<std::string> settings_problem(const node_settings& s) const;
  std::optional<std::string>
  dial_problem(const libp2p::multiaddr& address) const;
  std::optional<std::string> address_problem(const node_settings& s) const;
  peer_slots::options slot_options() const;
  void change_topics(const std::vector<std::string>& to);
  void change_peers(const changeable_settings& to);
  void change_networks(const changeable_settings& to);
  void use_networks_of(const changeable_settings& s);
  void disconnect_unwelcome();
  std::optional<std::string> announce_problem(const node_settings& s) const;
  std::vector<libp2p::multiaddr> bound_addresses() const;
  void find_interfaces(const std::vector<libp2p::multiaddr>& bound);
  bool needs_interfaces(const std::vector<libp2p::multiaddr>& bound) const;
  void watch_interfaces();
  void start_mdns();
  void tell_lan();
  void interfaces_unwatched(const std::string& why);
  std::vector<libp2p::multiaddr>
  dialable(const std::vector<libp2p::multiaddr>& bound) const;
  std::vector<libp2p::multiaddr>
  to_announce(const std::vector<libp2p::multiaddr>& bound);
  void sign_addresses(const std::vector<libp2p::multiaddr>& bare);
  void announce_again(const std::vector<libp2p::multiaddr>& bound);
  void fit_descriptors();
  expected<std::vector<bound_listener>, std::string> bind_all();
  void choose_sizes();
  void make_context(const std::vector<bound_listener>& listeners,
                    std::shared_ptr<gossip::trace_sink> trace);
  void spawn_partners();
  void start_listener(bound_listener one);
  void part_stopped(const caf::actor_addr& who);
  std::optional<libp2p::peer_id> take_ended(const caf::actor_addr& who);
  void stop_if_done();
  void someone_ended(const caf::actor_addr& who, const caf::error& why);
  void stop_peers();
  void finish_stop();
  template <class Handle>
  void wait_for_end(const Handle& who);
  void answer_if_ended();
  void end_partners();
  caf::error not_running() const;

  // requests
  // Does it now, or at the start.
  caf::result<changed> when_running(std::function<void()> what);
  template <class Answer>
  std::function<void(const caf::expected<Answer>&)>
  answer_later(const caf::typed_response_promise<Answer>& promise);
  template <class Answer, class Handle, class Question>
  caf::result<Answer> let_answer(const Handle& who, caf::timespan patience,
                                 Question question);

  // peers
  // A connection, and the dial that led to it, if it was one of ours.
  struct arrival {
    connection_established msg;
    std::optional<dial_record> by;
  };

  // Why a peer is refused.
  static constexpr const char* not_allowed = "it is none of the allowed peers";

  std::optional<refusal_reason> refusal(const arrival& one) const;
  void refuse(const arrival& one, const refusal_reason& why);
  void admit(const arrival& one);
  void make_room(const arrival& one);
  void ask_worths(const std::function<void(const peer_slots::worths&)>& then,
                  const std::function<void()>& otherwise);
  bool is_protected(const libp2p::peer_id& peer) const;
  bool is_allowed(const libp2p::peer_id& peer) const;
  std::optional<refusal_reason> peer_problem(const libp2p::peer_id& peer) const;
  std::optional<std::string>
  network_problem(const libp2p::multiaddr& address) const;
  void evict(const libp2p::peer_id& peer, const std::string& why);
  void watch_crowd();
  void disconnect_useless(const peer_slots::worths& known);
  std::vector<libp2p::peer_id> surplus(const peer_slots::worths& known) const;
  void disconnect_surplus(const peer_slots::worths& known);
  // Logs what a peer did: strangers are not to fill the log.
  template <class Text>
  void say(bool stranger, Text text);
  // By value: the id may be the table's own.
  // Them: without a word of a protocol.
  enum class ended_by { us, them, both };
  void drop(libp2p::peer_id peer, const std::string& reason, ended_by by);
  template <class Purpose>
  void dial(const std::vector<libp2p::multiaddr>& addresses, Purpose why);
  void dial_offered();
  void dial_offered_later();
  std::optional<dial_record> end_attempt(attempt_id attempt);
  void dial_led_to(const dial_record& dial, const libp2p::peer_id& peer);
  void dial_ended(const std::optional<dial_record>& dial,
                  const std::string& reason);
  void make_direct(const libp2p::multiaddr& address, bool direct);
  void keep_address(const libp2p::multiaddr& address);
  void disconnect_now(const libp2p::peer_id& peer);
  void block(const libp2p::peer_id& peer, bool blocked);
  void ban_now(const block_peer& msg);
  void allow_now(const allow_peer& msg);
  void redial_lost(const libp2p::peer_id& peer, bool turned_away,
                   const std::string& reason, bool stable);
  void redial_later(const libp2p::multiaddr& address,
                    kept_peers::duration pause);
  bool dialer_ended(const caf::actor_addr& who, const std::string& why);
  void give_up_dials();
  void refuse_answer(const dial_record& dial) const;

  // peers that names have
  void start_resolver();
  void resolver_ended(const std::string& why);
  void look_up_names_later();
  void name_answered(const libp2p::multiaddr& name,
                     const libp2p::found_addresses& found);
  void use_names(const named_peers::changes& what);
  void kept_led_to(const libp2p::multiaddr& address,
                   const libp2p::peer_id& peer);
  void forget_kept(const libp2p::multiaddr& address);
  void leave_out_self(const libp2p::multiaddr& address);

  // who is known after a restart
  void open_store();
  void recall(const recalled_peers& known);
  void look_later();
  bool has_few_peers() const;
  void dial_known();
  void skip_private(std::vector<libp2p::multiaddr>& addresses) const;
  void close_store_at_end();
  void ask_addresses(const std::function<void(const signed_addresses&)>& then);
  void store_known(const signed_addresses& where);
  void store_ended(const std::string& why);

  // observers
  struct observer {
    caf::actor actor;
    // Who is in a mesh it has not been told yet: until then, no news of it.
    bool waits_for_mesh = false;
    // News that it has not taken yet, and how many were dropped since the last
    // one that it was sent.
    std::shared_ptr<load_gauge> waiting = std::make_shared<load_gauge>();
    std::uint64_t missed = 0;
  };
  void watch_now(const watch_node& msg);
  void tell_present(const caf::actor& who);
  void tell_mesh(const caf::actor& who, const mesh_snapshot& mesh);
  void event(const node_event& one);
  void tell_news(observer& to, node_event one);
  void observer_ended(const caf::actor_addr& who);
  void forget_if_unused(const caf::actor_addr& who);

  // topics
  using key_ptr = std::shared_ptr<const libp2p::private_key>;

  // How long a part of the node may take to show its state.
  static constexpr std::chrono::seconds part_patience{10};

  static std::optional<std::string> topic_problem(const std::string& topic);
  // However long a wait was asked for.
  static std::chrono::milliseconds bounded(std::chrono::milliseconds wait);
  std::optional<caf::error> publish_problem(const std::string& topic,
                                            const key_ptr& key) const;
  std::optional<caf::error> size_problem(const std::string& topic,
                                         std::size_t size) const;
  std::optional<std::string> join_problem(const std::string& topic) const;
  std::vector<gossip::message_ptr> build(const std::string& topic,
                                         std::span<const bytes> data,
                                         const key_ptr& key);
  caf::result<publish_receipt> publish_when_ready(publish_message& msg);
  template <class Answer, class MakeOwn>
  caf::result<Answer> publish_judged(const std::string& topic,
                                     std::vector<gossip::message_ptr> msgs,
                                     load_ticket ticket, MakeOwn make);
  const validator_actor& validator_of(const std::string& topic) const;
  void subscribe_now(const subscribe_topic& msg);
  void unsubscribe_now(const unsubscribe_topic& msg);
  caf::result<changed> use_validations();
  use_validation validations_now();
  void validate_by(const set_validation& msg);
  void topic_changed(const std::string& topic);
  void subscriber_ended(const caf::actor_addr& who);

  node_internal_actor::pointer self_;
  node_config config_;
  node_parts parts_;
  phase phase_ = phase::made;
  gossip::rng rng_;
  down_watch<node_internal_actor::base> downs_;
  context_ptr ctx_;
  // What listeners and connectors have of it: its networks, and what the node
  // announces, may change.
  host_context_ptr host_;

  mesh_manager_actor mesh_;
  message_cache_actor cache_;
  std::vector<validator_actor> validators_;
  judge_loads judge_loads_;
  heartbeat_actor heartbeat_;
  resolver_actor resolver_;
  metrics_collector_actor metrics_;
  // Its counters; the rest is looked up when they are asked for.
  node_totals totals_;
  struct listener_entry {
    // As it was asked for, and with the port that it was given.
    libp2p::multiaddr address;
    libp2p::multiaddr bound;
    listener_actor actor;
  };
  std::vector<listener_entry> listeners_;

  // Of the machine, when they were last looked at; their IP addresses alone.
  std::vector<interface_address> lan_;
  std::vector<libp2p::ip_address> interfaces_;
  // Null: nobody is looked for on the local network.
  mdns_actor mdns_;
  interfaces_watch_actor interfaces_watch_;
  // What others are told, as it is signed and without `/p2p/ID`; the number of
  // the last record; whether it has changed since the start.
  std::shared_ptr<const announced_node> announced_;
  std::vector<libp2p::multiaddr> announced_bare_;
  std::uint64_t record_number_ = 0;
  bool announced_anew_ = false;
  // What was last said to be wrong with that.
  std::string announce_warning_;

  std::unordered_map<libp2p::peer_id, peer_entry> peers_;
  // Whose actor it is, until that has ended: also of peers that are gone.
  std::unordered_map<caf::actor_addr, libp2p::peer_id> peer_of_;
  kept_peers kept_;
  named_peers names_;
  // When the next look at names is due, if one is.
  std::optional<time_point> names_at_;
  peer_slots slots_;
  // Whether a look at useless and surplus peers is due.
  bool trimming_ = false;
  log_limit strangers_;
  std::unordered_set<libp2p::peer_id> direct_;
  offered_peers offers_;
  // A message to ourselves is on its way, after which more of them are dialled.
  bool offers_later_ = false;
  std::unordered_set<libp2p::peer_id> blocked_;
  // Of these, those that somebody blocked while the node ran.
  std::unordered_set<libp2p::peer_id> banned_;
  allow_list allowed_;
  dial_book dials_;
  std::vector<observer> observers_;
  // What was asked for before the start, and what is not answered yet.
  std::vector<std::function<void()>> at_start_;
  pending_requests requests_;

  // Nothing: nobody is known after a restart.
  std::optional<peer_store_actor> store_;
  peer_book known_;
  // When the next look at how many peers there are is due, if one is.
  std::optional<time_point> look_at_;

  topic_subscribers topics_;
  std::optional<gossip::message_signer> signer_;
  gossip::seqno_source seqnos_;

  std::optional<caf::typed_response_promise<node_stopped>> stopped_;
  // While stopping: the cache and the mesh manager have done all they had to.
  bool topics_left_ = false;
  // Of those that call the application or send to it, how many have not ended.
  std::set<caf::actor_addr> ending_;
  std::chrono::milliseconds stop_deadline_{};
};

// Answers `promise` with what it is called with, unless the node has ended.
template <class Answer>
std::function<void(const caf::expected<Answer>&)>
node_state::answer_later(const caf::typed_response_promise<Answer>& promise) {
  return [this, to = promise, number = requests_.add(promise)](
             const caf::expected<Answer>& what) mutable {
    if (!requests_.take(number))
      return;
    if (what)
      to.deliver(*what);
    else
      to.deliver(what.error());
  };
}

template <class Answer, class Handle, class Question>
caf::result<Answer> node_state::let_answer(const Handle& who,
                                           caf::timespan patience,
                                           Question question) {
  if (phase_ != phase::running)
    return not_running();
  auto promise = self_->make_response_promise<Answer>();
  const auto answer = answer_later(promise);
  ask(self_, who, patience, std::move(question))
      .then([answer](const Answer& got) { answer(got); },
            [answer](const caf::error& why) { answer(why); });
  return promise;
}

// Text makes the line: it is seldom needed.
template <class Text>
void node_state::say(bool stranger, Text text) {
  const auto level = stranger ? spdlog::level::debug : spdlog::level::info;
  if (!ctx_->log->should_log(level))
    return;
  if (!stranger)
    return ctx_->log->log(level, text());
  if (const auto left_out = strangers_.next(now(self_)))
    ctx_->log->log(level, "{} left_out={}", text(), *left_out);
}

} // namespace grapevine
