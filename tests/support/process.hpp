#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace grapevine::support {

/// When waiting for something ends.
using deadline = std::chrono::steady_clock::time_point;

/// A file descriptor that is closed with its owner.
class file_descriptor {
public:
  file_descriptor() = default;
  explicit file_descriptor(int number) : number_{number} {}
  file_descriptor(file_descriptor&& other) noexcept;
  file_descriptor& operator=(file_descriptor&& other) noexcept;
  file_descriptor(const file_descriptor&) = delete;
  file_descriptor& operator=(const file_descriptor&) = delete;
  ~file_descriptor() { reset(); }

  /// The number, or -1 when closed.
  int get() const noexcept { return number_; }
  /// Closes it now.
  void reset() noexcept;

private:
  int number_ = -1;
};

/// What became of `process::read_line`.
enum class read_status {
  /// A whole line was read.
  line,
  /// The deadline passed first.
  timeout,
  /// The child has closed its standard output: most likely it has ended.
  end,
};

/// A child process with pipes to its standard input and from its standard
/// output. It is killed when its owner goes.
class process {
public:
  /// Starts `command`, whose first element is the program's path. Standard
  /// error goes to the file `error_log`. Throws `std::system_error`.
  process(const std::vector<std::string>& command,
          const std::filesystem::path& error_log);
  process(const process&) = delete;
  process& operator=(const process&) = delete;
  ~process();

  /// Writes `line` and a line feed; false when the child reads no more.
  bool write_line(std::string_view line);

  /// Reads the next line, without its line feed, into `line`. A deadline that
  /// has passed already still yields what is there.
  read_status read_line(std::string& line, deadline until);

  /// Closes the child's standard input.
  void close_input() noexcept { input_.reset(); }

  /// Closes this end of the child's standard output.
  void close_output() noexcept { output_.reset(); }

  /// Kills the child with SIGKILL and waits until it is gone.
  void kill() noexcept;

  /// Waits until the child ends by itself; its wait status, or nothing when
  /// the deadline passed first.
  std::optional<int> wait(deadline until);

  /// The process id.
  pid_t id() const noexcept { return pid_; }

private:
  bool take_line(std::string& line);
  read_status fill_buffer(deadline until);

  pid_t pid_ = -1;
  std::optional<int> exit_status_;
  file_descriptor input_;
  file_descriptor output_;
  /// What was read and is not yet returned; no line feed before `scanned_`.
  std::string buffer_;
  std::size_t scanned_ = 0;
};

} // namespace grapevine::support
