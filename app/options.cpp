#include "app/options.hpp"

#include <algorithm>
#include <optional>
#include <type_traits>
#include <utility>

namespace grapevine::app {

namespace {

template <class T>
struct is_list : std::false_type {};

template <class T>
struct is_list<std::vector<T>> : std::true_type {};

template <class T>
struct element {
  using type = T;
};

template <class T>
struct element<std::vector<T>> : element<T> {};

template <class T>
struct element<std::optional<T>> : element<T> {};

template <class T>
void assign(T& field, T value) {
  field = std::move(value);
}

template <class T>
void assign(std::optional<T>& field, T value) {
  field = std::move(value);
}

template <class T>
void assign(std::vector<T>& field, T value) {
  field.push_back(std::move(value));
}

template <class T>
std::vector<std::string> shown(const T& field) {
  return {value_text<T>::format(field)};
}

template <class T>
std::vector<std::string> shown(const std::optional<T>& field) {
  return field ? shown(*field) : std::vector<std::string>{};
}

template <class T>
std::vector<std::string> shown(const std::vector<T>& field) {
  std::vector<std::string> texts;
  for (const auto& value : field)
    texts.push_back(value_text<T>::format(value));
  return texts;
}

// Entries of the table: the members of `settings` give the rest.
class table {
public:
  table& heading(std::string text) {
    group_ = std::move(text);
    return *this;
  }

  // `field` finds the setting in `settings`.
  template <class Field>
  table& add(std::string name, std::string placeholder, std::string help,
             Field field, std::string parameter = {}) {
    using type =
        std::remove_reference_t<decltype(field(std::declval<settings&>()))>;
    using text = value_text<typename element<type>::type>;
    option entry{.name = std::move(name),
                 .placeholder = std::move(placeholder),
                 .group = group_,
                 .help = std::move(help),
                 .repeatable = is_list<type>::value,
                 .choices = {},
                 .parameter = std::move(parameter),
                 .set = {},
                 .show = {}};
    if constexpr (requires { text::choices(); })
      entry.choices = text::choices();
    entry.set = [field](settings& s,
                        std::string_view value) -> expected<void, std::string> {
      auto read = text::parse(value);
      if (!read)
        return unexpected{read.error()};
      assign(field(s), *std::move(read));
      return {};
    };
    entry.show = [field](const settings& s) {
      return shown(field(const_cast<settings&>(s)));
    };
    options.push_back(std::move(entry));
    return *this;
  }

  table& only(scope where) {
    options.back().where = where;
    return *this;
  }

  std::vector<option> options;

private:
  std::string group_;
};

void add_node_options(table& t) {
  t.heading("Node")
      .add(
          "listen", "ADDR",
          "Listens at this address, e.g. /ip4/0.0.0.0/tcp/4001; port 0 takes "
          "a free one",
          [](settings & s) -> auto& { return s.listen; })
      .only(scope::own_node)
      .add(
          "peer", "ADDR",
          "Stays connected to this peer, e.g. /dns4/example.org/tcp/4001; "
          "ends in /p2p/ID to insist on who it is",
          [](settings & s) -> auto& { return s.peers; })
      .add(
          "topic", "NAME", "Takes part in this topic",
          [](settings & s) -> auto& { return s.topics; })
      .only(scope::run_only)
      .add(
          "identity", "FILE", "Key of the node; made if there is no such file",
          [](settings & s) -> auto& { return s.identity; })
      .only(scope::own_node)
      .add(
          "log-level", "LEVEL", "What is logged to standard error",
          [](settings & s) -> auto& { return s.log_level; })
      .only(scope::own_node)
      .add(
          "trace", "FILE",
          "Appends what happens to this file, as go-libp2p-pubsub's tracers do",
          [](settings & s) -> auto& { return s.trace; })
      .only(scope::own_node)
      .add(
          "trace-format", "FORMAT", "A JSON object per line, or protobuf",
          [](settings & s) -> auto& { return s.trace_format; })
      .only(scope::own_node)
      .add(
          "policy", "POLICY",
          "What messages must carry; the same in the whole network",
          [](settings & s) -> auto& { return s.policy; })
      .add(
          "max-message-size", "SIZE",
          "Largest RPC, and so message, to send and to take",
          [](settings & s) -> auto& { return s.max_message_size; })
      .add(
          "max-peers", "N", "Peers at once; further ones are turned away",
          [](settings & s) -> auto& { return s.max_peers; })
      .add(
          "dial-timeout", "TIME", "Until a connection must be established",
          [](settings & s) -> auto& { return s.dial_timeout; })
      .add(
          "redial-min", "TIME",
          "First pause before a lost peer is dialled again; it doubles",
          [](settings & s) -> auto& { return s.redial_min; })
      .add(
          "redial-max", "TIME", "Longest such pause",
          [](settings & s) -> auto& { return s.redial_max; });
}

void add_mesh_options(table& t) {
  t.heading("Mesh of each topic")
      .add(
          "mesh-d", "N", "Peers that a mesh is brought to (D)",
          [](settings & s) -> auto& { return s.params.mesh.degree; },
          "degree (D)")
      .add(
          "mesh-dlo", "N", "Fewer peers make it grow (Dlo)",
          [](settings & s) -> auto& { return s.params.mesh.degree_low; },
          "degree_low (Dlo)")
      .add(
          "mesh-dhi", "N", "More peers make it shrink (Dhi)",
          [](settings & s) -> auto& { return s.params.mesh.degree_high; },
          "degree_high (Dhi)")
      .add(
          "mesh-dscore", "N",
          "Peers that stay for their score when it shrinks (Dscore)",
          [](settings & s) -> auto& { return s.params.mesh.degree_score; },
          "degree_score (Dscore)")
      .add(
          "mesh-dout", "N", "Of these we dialled at least so many (Dout)",
          [](settings & s) -> auto& { return s.params.mesh.degree_outbound; },
          "degree_outbound (Dout)")
      .add(
          "mesh-dlazy", "N",
          "Peers outside the mesh that get gossip, at least (Dlazy)",
          [](settings & s) -> auto& { return s.params.mesh.degree_lazy; })
      .add(
          "flood-publish", "on|off",
          "Own messages go to all peers of the topic, not to its mesh alone",
          [](settings & s) -> auto& { return s.params.flood_publish; })
      .add(
          "px-peers", "N", "Peers offered, and heeded, in a PRUNE",
          [](settings & s) -> auto& { return s.params.px_peers; });
}

void add_gossip_options(table& t) {
  t.heading("Gossip")
      .add(
          "history-length", "N", "Heartbeats that a message can be asked for",
          [](settings & s) -> auto& { return s.params.gossip.history_length; },
          "history_length")
      .add(
          "history-gossip", "N", "Heartbeats that it is told of",
          [](settings & s) -> auto& { return s.params.gossip.history_gossip; },
          "history_gossip")
      .add(
          "gossip-factor", "X",
          "Part of the peers outside the mesh that gets gossip, 0 to 1",
          [](settings & s) -> auto& { return s.params.gossip.factor; },
          "gossip_factor")
      .add(
          "gossip-retransmission", "N",
          "How often one peer gets one message that it asks for",
          [](settings & s) -> auto& { return s.params.gossip.retransmissions; })
      .add(
          "max-ihave-length", "N",
          "Ids asked of, and told to, one peer per heartbeat",
          [](settings & s) -> auto& { return s.params.gossip.max_ihave_ids; })
      .add(
          "max-ihave-messages", "N", "IHAVE heeded of one peer per heartbeat",
          [](settings & s) -> auto& {
            return s.params.gossip.max_ihave_messages;
          });
}

void add_timer_options(table& t) {
  t.heading("Timers")
      .add(
          "heartbeat-interval", "TIME", "Between two heartbeats",
          [](settings & s) -> auto& {
            return s.params.timers.heartbeat_interval;
          },
          "heartbeat_interval")
      .add(
          "heartbeat-initial-delay", "TIME", "Until the first heartbeat",
          [](settings & s) -> auto& {
            return s.params.timers.heartbeat_initial_delay;
          },
          "heartbeat_initial_delay")
      .add(
          "fanout-ttl", "TIME",
          "How long peers of a topic that is only published to are kept",
          [](settings & s) -> auto& { return s.params.timers.fanout_ttl; },
          "fanout_ttl")
      .add(
          "seen-ttl", "TIME",
          "How long a message is recognised when it comes again",
          [](settings & s) -> auto& { return s.params.timers.seen_ttl; },
          "seen_ttl")
      .add(
          "prune-backoff", "TIME", "How long a pruned peer may not graft",
          [](settings & s) -> auto& { return s.params.timers.prune_backoff; },
          "prune_backoff")
      .add(
          "unsubscribe-backoff", "TIME", "The same after leaving a topic",
          [](settings & s) -> auto& {
            return s.params.timers.unsubscribe_backoff;
          },
          "unsubscribe_backoff");
}

std::vector<option> make_options() {
  table t;
  add_node_options(t);
  add_mesh_options(t);
  add_gossip_options(t);
  add_timer_options(t);
  return std::move(t.options);
}

} // namespace

const std::vector<option>& all_options() {
  static const auto options = make_options();
  return options;
}

const option* find_option(std::string_view name) {
  const auto& options = all_options();
  const auto found =
      std::find_if(options.begin(), options.end(),
                   [name](const option& o) { return o.name == name; });
  return found == options.end() ? nullptr : &*found;
}

} // namespace grapevine::app
