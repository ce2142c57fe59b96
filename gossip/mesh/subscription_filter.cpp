#include "gossip/mesh/subscription_filter.hpp"

#include "libp2p/base/keyed_hash.hpp"

#include <algorithm>
#include <functional>
#include <re2/re2.h>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace grapevine::gossip {

namespace {

using compiled = std::unique_ptr<const RE2>;

expected<compiled, subscription_filter_error>
compile(const std::string& pattern) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_never_capture(true);
  auto result = std::make_unique<const RE2>(pattern, options);
  if (!result->ok())
    return unexpected{subscription_filter_error{"bad topic pattern \"" + pattern
                                                + "\": " + result->error()}};
  return result;
}

/// Drops the entries that are not marked.
void keep_marked(std::vector<proto::subscription>& changes,
                 const std::vector<bool>& marked) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if (!marked[i])
      continue;
    if (kept != i)
      changes[kept] = std::move(changes[i]);
    ++kept;
  }
  changes.resize(kept);
}

} // namespace

struct subscription_filter::rules {
  bool allow(std::string_view topic) const {
    return all || topics.contains(topic)
           || std::any_of(
               patterns.begin(), patterns.end(), [&](const compiled& pattern) {
                 return RE2::FullMatch({topic.data(), topic.size()}, *pattern);
               });
  }

  bool all = false;
  libp2p::keyed_string_set topics;
  std::vector<compiled> patterns;
  std::size_t max_per_rpc = 0;
};

std::string to_string(subscription_error code) {
  switch (code) {
  case subscription_error::too_many:
    return "too many subscriptions in one RPC";
  }
  return "unknown error";
}

expected<subscription_filter, subscription_filter_error>
subscription_filter::from(const subscription_filter_options& options) {
  subscription_filter result;
  const bool all = options.topics.empty() && options.patterns.empty();
  if (all && options.max_per_rpc == 0)
    return result;
  auto made = std::make_shared<rules>();
  made->all = all;
  made->topics.insert(options.topics.begin(), options.topics.end());
  for (const std::string& pattern : options.patterns) {
    auto ready = compile(pattern);
    if (!ready)
      return unexpected{std::move(ready.error())};
    made->patterns.push_back(std::move(*ready));
  }
  made->max_per_rpc = options.max_per_rpc;
  result.rules_ = std::move(made);
  return result;
}

bool subscription_filter::allows(std::string_view topic) const {
  return !rules_ || rules_->allow(topic);
}

expected<void, subscription_error>
subscription_filter::apply(std::vector<proto::subscription>& changes) const {
  if (!rules_)
    return {};
  if (rules_->max_per_rpc > 0 && changes.size() > rules_->max_per_rpc)
    return unexpected{subscription_error::too_many};
  std::vector<bool> marked(changes.size());
  std::unordered_map<std::string_view, std::size_t, libp2p::keyed_string_hash>
      first;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if (!rules_->allow(changes[i].topic))
      continue;
    const auto [it, added] = first.try_emplace(changes[i].topic, i);
    if (added) {
      marked[i] = true;
    } else if (changes[it->second].subscribe != changes[i].subscribe) {
      marked[it->second] = false;
      first.erase(it);
    }
  }
  keep_marked(changes, marked);
  return {};
}

} // namespace grapevine::gossip
