#pragma once

#include "actors/host/socket.hpp"
#include "tests/bench/broker_protocol.hpp"
#include "tests/support/process.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace grapevine::bench {

/// A broker as a process of its own, with TLS and a certificate that was made
/// for it. It is killed with its owner.
class broker_process {
public:
  /// Starts it on the cores, and waits until it takes connections. What goes
  /// wrong is thrown.
  broker_process(broker_kind broker, const std::filesystem::path& program,
                 const std::vector<int>& cores);
  broker_process(const broker_process&) = delete;
  broker_process& operator=(const broker_process&) = delete;
  ~broker_process();

  pid_t id() const noexcept { return process_.id(); }

  /// Where it listens.
  const endpoint& address() const noexcept { return address_; }

  /// Its certificate's issuer, as PEM.
  const std::string& issuer() const noexcept { return issuer_; }

private:
  support::process start(broker_kind broker,
                         const std::filesystem::path& program,
                         const std::vector<int>& cores);
  void await_listening();

  std::filesystem::path folder_;
  endpoint address_;
  std::string issuer_;
  support::process process_;
};

} // namespace grapevine::bench
