#include "tests/support/process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <limits>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

extern char** environ; // NOLINT(readability-redundant-declaration)

namespace grapevine::support {

namespace {

/// Pause between two looks at a child that has not ended yet.
constexpr std::chrono::milliseconds wait_interval{5};

void check(int error, const char* what) {
  if (error != 0)
    throw std::system_error{error, std::generic_category(), what};
}

struct pipe_ends {
  file_descriptor read;
  file_descriptor write;
};

pipe_ends make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    check(errno, "pipe2");
  return {file_descriptor{ends[0]}, file_descriptor{ends[1]}};
}

/// What the child does between fork and exec. Every descriptor of ours is
/// close-on-exec; the three that are duplicated are all the child gets.
class spawn_actions {
public:
  spawn_actions(const pipe_ends& in, const pipe_ends& out,
                const std::filesystem::path& error_log) {
    check(::posix_spawn_file_actions_init(&actions_), "file actions");
    duplicate(in.read, STDIN_FILENO);
    duplicate(out.write, STDOUT_FILENO);
    check(::posix_spawn_file_actions_addopen(
              &actions_, STDERR_FILENO, error_log.c_str(),
              O_WRONLY | O_CREAT | O_APPEND, 0644),
          "file actions");
  }
  spawn_actions(const spawn_actions&) = delete;
  spawn_actions& operator=(const spawn_actions&) = delete;
  ~spawn_actions() { ::posix_spawn_file_actions_destroy(&actions_); }

  const posix_spawn_file_actions_t* get() const { return &actions_; }

private:
  void duplicate(const file_descriptor& from, int to) {
    check(::posix_spawn_file_actions_adddup2(&actions_, from.get(), to),
          "file actions");
  }

  posix_spawn_file_actions_t actions_{};
};

/// Gives the child the default reaction to SIGPIPE, which we ignore.
class spawn_attributes {
public:
  spawn_attributes() {
    check(::posix_spawnattr_init(&attributes_), "spawn attributes");
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGPIPE);
    ::posix_spawnattr_setsigdefault(&attributes_, &signals);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF);
  }
  spawn_attributes(const spawn_attributes&) = delete;
  spawn_attributes& operator=(const spawn_attributes&) = delete;
  ~spawn_attributes() { ::posix_spawnattr_destroy(&attributes_); }

  const posix_spawnattr_t* get() const { return &attributes_; }

private:
  posix_spawnattr_t attributes_{};
};

/// Milliseconds left, rounded up so that poll does not spin at the end.
int milliseconds_until(deadline until) {
  auto left = std::chrono::ceil<std::chrono::milliseconds>(
      until - std::chrono::steady_clock::now());
  auto most = std::chrono::milliseconds::rep{std::numeric_limits<int>::max()};
  return static_cast<int>(std::clamp(left.count(), decltype(most){0}, most));
}

} // namespace

file_descriptor::file_descriptor(file_descriptor&& other) noexcept
    : number_{std::exchange(other.number_, -1)} {}

file_descriptor& file_descriptor::operator=(file_descriptor&& other) noexcept {
  if (this != &other) {
    reset();
    number_ = std::exchange(other.number_, -1);
  }
  return *this;
}

void file_descriptor::reset() noexcept {
  if (number_ >= 0)
    ::close(std::exchange(number_, -1));
}

process::process(const std::vector<std::string>& command,
                 const std::filesystem::path& error_log) {
  // Writing to a child that has died must be an error, not our end.
  std::signal(SIGPIPE, SIG_IGN);
  auto in = make_pipe();
  auto out = make_pipe();
  spawn_actions actions{in, out, error_log};
  spawn_attributes attributes;
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const auto& argument : command)
    arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  check(::posix_spawn(&pid_, arguments.front(), actions.get(), attributes.get(),
                      arguments.data(), environ),
        command.front().c_str());
  input_ = std::move(in.write);
  output_ = std::move(out.read);
}

process::~process() {
  kill();
}

bool process::write_line(std::string_view line) {
  std::string text{line};
  text += '\n';
  std::string_view rest = text;
  while (!rest.empty()) {
    auto written = ::write(input_.get(), rest.data(), rest.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return false;
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

read_status process::read_line(std::string& line, deadline until) {
  while (!take_line(line))
    if (auto status = fill_buffer(until); status != read_status::line)
      return status;
  return read_status::line;
}

void process::kill() noexcept {
  if (pid_ <= 0 || exit_status_)
    return;
  ::kill(pid_, SIGKILL);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  exit_status_ = status;
}

std::optional<int> process::wait(deadline until) {
  while (!exit_status_) {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == pid_)
      exit_status_ = status;
    else if (std::chrono::steady_clock::now() >= until)
      break;
    else
      std::this_thread::sleep_for(wait_interval);
  }
  return exit_status_;
}

bool process::take_line(std::string& line) {
  auto end = buffer_.find('\n', scanned_);
  if (end == std::string::npos) {
    scanned_ = buffer_.size();
    return false;
  }
  line.assign(buffer_, 0, end);
  buffer_.erase(0, end + 1);
  scanned_ = 0;
  return true;
}

/// Waits for more output; `line` means that there was some.
read_status process::fill_buffer(deadline until) {
  pollfd watched{output_.get(), POLLIN, 0};
  auto ready = ::poll(&watched, 1, milliseconds_until(until));
  if (ready < 0 && errno != EINTR)
    check(errno, "poll");
  if (ready == 0)
    return read_status::timeout;
  if (ready < 0)
    return read_status::line;
  std::array<char, 16384> chunk{};
  auto size = ::read(output_.get(), chunk.data(), chunk.size());
  if (size < 0 && errno == EINTR)
    return read_status::line;
  if (size < 0)
    check(errno, "read");
  if (size == 0)
    return read_status::end;
  buffer_.append(chunk.data(), static_cast<std::size_t>(size));
  return read_status::line;
}

} // namespace grapevine::support
