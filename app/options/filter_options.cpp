#include "app/options/option_table.hpp"

namespace grapevine::app {

namespace {

void add_topics(option_table& t) {
  t.heading("Filter of topics")
      .add(
          "allow-topic", "NAME",
          "Takes part in this topic and heeds the subscriptions of others to "
          "it; without this and the next, all topics are allowed",
          [](settings & s) -> auto& { return s.allowed_topics; })
      .only(scope::own_node)
      .add(
          "allow-topic-pattern", "PATTERN",
          "The same of topics with names that match this regular expression as "
          "a whole, e.g. news/.*",
          [](settings & s) -> auto& { return s.allowed_patterns; })
      .only(scope::own_node)
      .add(
          "max-subscriptions-per-rpc", "N",
          "An RPC with more subscriptions is dropped; 0: any number",
          [](settings & s) -> auto& { return s.max_subscriptions_per_rpc; });
}

void add_validation(option_table& t) {
  t.heading("Validation")
      .add(
          "seen-strategy", "STRATEGY",
          "Whether a message is forgotten some time after its first or its "
          "latest copy",
          [](settings & s) -> auto& { return s.seen; })
      .add(
          "monotonic-seqno", "on|off",
          "Drops what is not newer than its author's last message: against "
          "replays of what was forgotten",
          [](settings & s) -> auto& { return s.monotonic_seqno; })
      .add(
          "gater", "on|off",
          "When more comes than can be validated, drops most of what comes "
          "from addresses that sent little of worth",
          [](settings & s) -> auto& { return s.gater; });
}

} // namespace

void add_filter_options(option_table& t) {
  add_topics(t);
  add_validation(t);
}

} // namespace grapevine::app
