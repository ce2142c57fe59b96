#pragma once

#include "proto/expected.hpp"
#include "proto/rpc.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::gossip {

/// Which topics are of interest. Both lists empty: all are; else those that are
/// in either.
struct subscription_filter_options {
  /// Topics by their names.
  std::vector<std::string> topics;
  /// Patterns in RE2's syntax (which is Go's), in UTF-8. Unlike go's filter
  /// they must match a topic's whole name: nobody forgets the anchors.
  std::vector<std::string> patterns;
  /// Subscription changes in one RPC; 0: no bound but that of `proto`'s
  /// `rpc_limits`.
  std::size_t max_per_rpc = 0;
};

/// Why there is no filter of some options.
struct subscription_filter_error {
  /// Names the pattern and what is wrong with it, for people.
  std::string text;
};

/// Why an RPC must be dropped as a whole.
enum class subscription_error {
  /// More subscription changes than `max_per_rpc`.
  too_many,
};

std::string to_string(subscription_error code);

/// Decides which topics this node may subscribe to, and which of its peers'
/// subscriptions it keeps track of. A name is matched in time linear in its
/// length, whatever the pattern. A small value that shares its rules, which
/// never change: used on any thread. The default one allows everything and
/// costs nothing.
class subscription_filter {
public:
  subscription_filter() = default;

  /// The filter of these options, or which pattern is bad.
  static expected<subscription_filter, subscription_filter_error>
  from(const subscription_filter_options& options);

  /// Whether the topic is of interest.
  bool allows(std::string_view topic) const;

  /// Leaves those of one RPC's changes that are of interest, a topic's repeated
  /// ones once. Of opposite ones two cancel each other: who says both ends as
  /// it began. Nothing is touched if there are too many.
  expected<void, subscription_error>
  apply(std::vector<proto::subscription>& changes) const;

private:
  struct rules;

  // Null: everything is allowed.
  std::shared_ptr<const rules> rules_;
};

} // namespace grapevine::gossip
