#include "app/options/option_table.hpp"

namespace grapevine::app {

namespace {

using enum option_kind;
using gossip::subscription_filter_options;

void add_topics(option_table& t) {
  constexpr auto filter = field(&settings::filter);
  t.heading("Filter of topics")
      .add<topic>("allow-topic", filter / &subscription_filter_options::topics,
                  "Takes part in this topic and accepts the subscriptions of "
                  "others to it; without this and the next, all topics are "
                  "allowed")
      .only(scope::own_node)
      .add<pattern>("allow-topic-pattern",
                    filter / &subscription_filter_options::patterns,
                    "The same of topics with names that match this regular "
                    "expression as a whole, e.g. news/.*")
      .only(scope::own_node)
      .add<number>("max-subscriptions-per-rpc",
                   filter / &subscription_filter_options::max_per_rpc,
                   "An RPC with more subscriptions is dropped; 0: any number");
}

void add_validation(option_table& t) {
  t.heading("Validation")
      .add<choice>("seen-strategy", &settings::seen,
                   "Whether a message is forgotten some time after its first "
                   "or its latest copy")
      .add<flag>("monotonic-seqno", &settings::monotonic_seqno,
                 "Drops what is not newer than its author's last message: "
                 "against replays of what was forgotten")
      .add<flag>("gater", &settings::gater,
                 "When more comes than can be validated, drops most of what "
                 "comes from addresses that sent little of worth");
}

} // namespace

void add_filter_options(option_table& t) {
  add_topics(t);
  add_validation(t);
}

} // namespace grapevine::app
