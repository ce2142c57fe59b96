#pragma once

#include "actors/node_config.hpp"

#include <CLI/CLI.hpp>

#include <cstddef>

namespace grapevine::bench {

/// What a relay's command line says.
struct relay_settings {
  bool without_signatures = false;
  std::size_t topics = 1;
  std::size_t degree = 6;
  std::size_t degree_low = 5;
  std::size_t degree_high = 12;
  std::size_t max_size = 2 * gossip::limits::mib;
};

/// Tells `app` the flags that fill in `settings`.
void add_options(CLI::App& app, relay_settings& settings);

/// The name of a topic.
std::string topic_name(std::size_t number);

/// A node as the settings ask for, on the cores that the process may use.
node_config make_config(const relay_settings& settings);

} // namespace grapevine::bench
