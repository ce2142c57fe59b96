#pragma once

#include "actors/host/socket.hpp"
#include "tests/bench/bench_case.hpp"
#include "tests/support/process.hpp"

#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

namespace grapevine::bench {

/// Binds this thread to some cores, if any are given, as long as it lives: a
/// process that is started inherits that.
class borrowed_cores {
public:
  explicit borrowed_cores(const std::vector<int>& cores);
  borrowed_cores(const borrowed_cores&) = delete;
  borrowed_cores& operator=(const borrowed_cores&) = delete;
  ~borrowed_cores();

private:
  std::vector<int> own_;
};

/// How a relay's program is started.
struct relay_command {
  std::filesystem::path program;
  std::vector<std::string> arguments;
  /// The cores it may use, if it has some of its own.
  std::vector<int> cores;
};

/// The arguments for a relay whose meshes hold the publisher and all
/// subscribers of a case, and are never pruned.
std::vector<std::string> relay_arguments(const bench_case& what);

/// A relay as a process of its own, of any implementation: relays/README.md
/// says what its program takes and answers. It is killed with its owner.
class relay_process {
public:
  /// Starts it. What goes wrong, here and later, is thrown.
  explicit relay_process(const relay_command& command);
  relay_process(const relay_process&) = delete;
  relay_process& operator=(const relay_process&) = delete;
  ~relay_process();

  /// Where it listens, with its peer id; waits until it does.
  const std::string& multiaddr();

  /// The same without the peer id.
  endpoint address();

  pid_t id() const noexcept { return process_.id(); }

  /// Writes a command.
  void tell(const std::string& line);

  /// Tells it to stop in order, and waits until it has ended; the CPU time, in
  /// seconds, of all processes that this one has started and that are gone.
  double stop(std::chrono::milliseconds patience);

  /// The next line that it writes; throws when it writes none in time.
  std::string answer(std::chrono::milliseconds patience);

private:
  // Says what went wrong, with what the relay wrote to standard error.
  [[noreturn]] void fail(const std::string& what) const;

  std::filesystem::path program_;
  std::filesystem::path log_;
  support::process process_;
  // Empty until it has been read.
  std::string multiaddr_;
};

} // namespace grapevine::bench
