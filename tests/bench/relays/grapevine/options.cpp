#include "tests/bench/relays/grapevine/options.hpp"

#include "actors/host/descriptors.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>

namespace grapevine::bench {

namespace {

// What may wait for one peer: the defaults drop part of a long burst.
constexpr std::size_t queue_messages = 65'536;
constexpr std::size_t queue_bytes = 1'024 * gossip::limits::mib;

} // namespace

void add_options(CLI::App& app, relay_settings& settings) {
  app.add_flag("--unsigned", settings.without_signatures,
               "StrictNoSign instead of StrictSign");
  app.add_option("--topics", settings.topics,
                 "topics subscribed: bench-0 and so on");
  app.add_option("--degree", settings.degree, "what the mesh is brought to");
  app.add_option("--degree-low", settings.degree_low,
                 "below it peers are grafted");
  app.add_option("--degree-high", settings.degree_high,
                 "above it peers are pruned");
  app.add_option("--max-size", settings.max_size, "largest RPC in bytes");
}

std::string topic_name(std::size_t number) {
  return "bench-" + std::to_string(number);
}

node_config make_config(const relay_settings& settings) {
  node_config result{libp2p::private_key::generate()};
  result.listen = {*libp2p::multiaddr::from_text("/ip4/127.0.0.1/tcp/0")};
  // From the start: whoever connects finds them in the first RPC.
  for (std::size_t i = 0; i < settings.topics; ++i)
    result.topics.push_back(topic_name(i));
  if (settings.without_signatures)
    result.policy = gossip::signing_policy::strict_no_sign;
  auto& mesh = result.params.mesh;
  mesh.degree = settings.degree;
  mesh.degree_low = settings.degree_low;
  mesh.degree_high = settings.degree_high;
  mesh.degree_outbound = 0;
  mesh.degree_score = std::min(mesh.degree_score, settings.degree);
  result.params.flood_publish = false;
  // The other libraries keep no scores unless they are told to.
  result.use_scoring(gossip::scoring_of(gossip::score_profile::off));
  result.max_rpc_size = settings.max_size;
  result.send_queue_messages = queue_messages;
  result.send_queue_bytes = queue_bytes;
  // All peers of a benchmark come from one address, thousands of them and as
  // fast as they can.
  constexpr std::size_t unbounded = 1'000'000;
  // As many as it may have files for: of more it would say that they are too
  // many.
  result.max_peers =
      plan_descriptors(descriptor_limit(), unbounded, result.max_handshakes)
          .max_peers;
  result.max_peers_per_address = unbounded;
  result.max_handshakes_per_address = result.max_handshakes;
  result.connections_per_second = unbounded;
  result.log = spdlog::stderr_logger_mt("relay");
  result.log->set_level(spdlog::level::warn);
  return result;
}

} // namespace grapevine::bench
