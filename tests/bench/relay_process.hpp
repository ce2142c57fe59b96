#pragma once

#include "actors/socket.hpp"
#include "gossip/signing.hpp"
#include "tests/support/process.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <sys/types.h>

namespace grapevine::bench {

/// How the relay runs.
struct relay_options {
  gossip::signing_policy policy = gossip::signing_policy::strict_sign;
  /// The core it is bound to, if any.
  std::optional<int> core;
  /// Threads of CAF's scheduler; 0: as CAF chooses.
  std::size_t workers = 0;
};

/// The relay itself: a node subscribed to the benchmarks' topic, whose mesh
/// takes all of the load's peers. Writes its address as a line to standard
/// output and runs until standard input ends. Returns the exit code.
int run_relay(const relay_options& options);

/// The relay as a process of its own, made of this program. It is killed with
/// its owner; what it wrote to standard error stays in a file of the temporary
/// directory, if it is anything.
class relay_process {
public:
  /// Starts it and waits until it listens. Throws when it does not.
  explicit relay_process(const relay_options& options);
  relay_process(const relay_process&) = delete;
  relay_process& operator=(const relay_process&) = delete;
  ~relay_process();

  const endpoint& address() const noexcept { return address_; }
  pid_t id() const noexcept { return process_.id(); }

private:
  std::filesystem::path log_;
  support::process process_;
  endpoint address_;
};

} // namespace grapevine::bench
