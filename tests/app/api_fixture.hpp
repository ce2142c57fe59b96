#pragma once

#include "tests/app/program_fixture.hpp"
#include "tests/support/http_client.hpp"

#include <cstdint>
#include <string>

namespace grapevine::app {

/// A node that runs with its HTTP API at a port of its own.
class api_node {
public:
  explicit api_node(const words& options = {});

  std::uint16_t port() const noexcept { return port_; }
  /// Where its API is: `127.0.0.1:4080`.
  std::string place() const { return "127.0.0.1:" + std::to_string(port_); }
  /// Where peers find it.
  const std::string& address() const noexcept { return address_; }
  program& process() noexcept { return process_; }

  test::http_client connect() const { return test::http_client{port_}; }

  /// One request on a connection of its own.
  test::http_answer ask(const std::string& method, const std::string& target,
                        const std::string& body = {},
                        const std::string& headers = {}) const;
  test::http_answer get(const std::string& target) const {
    return ask("GET", target);
  }

private:
  program process_;
  std::string address_;
  std::uint16_t port_ = 0;
};

/// What a command that asks a node says, in one line, as it fails.
std::string complaint(const words& command);

} // namespace grapevine::app
