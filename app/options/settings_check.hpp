#pragma once

#include "app/options/assignments.hpp"
#include "gossip/mesh/subscription_filter.hpp"

namespace grapevine::app {

/// Whether the settings, made of `given`, go together. Errors name what was
/// given.
outcome<void> check_settings(const settings& s, const assignments& given);

/// The filter of topics that the settings make.
expected<gossip::subscription_filter, gossip::subscription_filter_error>
make_filter(const settings& s);

} // namespace grapevine::app
