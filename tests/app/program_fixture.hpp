#pragma once

#include "tests/support/process.hpp"
#include "tests/support/temporary_folder.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace grapevine::app {

/// How long the program may take for anything; only waited for when something
/// is broken.
inline constexpr std::chrono::seconds patience{30};

using words = std::vector<std::string>;

using test::temporary_folder;

/// The grapevine binary, running. Its default files are in a folder of its own.
class program {
public:
  explicit program(const words& arguments);

  /// The next line of standard output. Fails the test when there is none.
  std::string line();
  /// The same, or nothing when it has not come within `time`.
  std::optional<std::string> line_within(std::chrono::milliseconds time);
  /// What is left of standard output, in lines, until it ends.
  words rest();

  /// Reads no more: what the program writes to standard output fails.
  void close_output() { process_.close_output(); }

  /// Writes a line to standard input.
  void put(const std::string& text);
  void end_input() { process_.close_input(); }

  int id() const noexcept { return static_cast<int>(process_.id()); }
  void signal(int number) const;
  /// Waits for the end; the exit status, or -1 when a signal caused it.
  int status();
  /// All that it has written to standard error.
  std::string errors() const;
  /// Waits until it has written this to standard error, `times` times.
  void wait_for_error(const std::string& text, int times = 1) const;

private:
  temporary_folder folder_;
  support::process process_;
};

/// All that a file holds; nothing if it is not there.
std::string content_of(const std::filesystem::path& file);

/// How a command has ended that needs no input.
struct result {
  int status = -1;
  words out;
  std::string err;
};

/// Runs the program to its end.
result run_program(const words& arguments);

/// Runs a shell command to its end; `$GRAPEVINE` is the program.
result run_shell(const std::string& command);

/// What a printed configuration sets: its lines without comments.
words settings_of(const words& printed);

/// A TCP port on the loopback interface that nobody listens at.
std::uint16_t free_port();

/// `/ip4/127.0.0.1/tcp/PORT`.
std::string loopback(std::uint16_t port);

/// A node that runs with `topic`, and where to find it.
class running_node {
public:
  explicit running_node(const words& options);

  const std::string& address() const noexcept { return address_; }
  program& process() noexcept { return process_; }

private:
  program process_;
  std::string address_;
};

} // namespace grapevine::app
