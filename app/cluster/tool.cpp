#include "app/cluster/tool.hpp"

#include "actors/host/socket.hpp"
#include "app/console/terminal_text.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace grapevine::app::cluster {

namespace {

// Where a program is: users' search paths often lack those of root.
std::string place_of(const std::string& program) {
  for (const char* folder : {"/usr/sbin/", "/sbin/"})
    if (auto place = folder + program; ::access(place.c_str(), X_OK) == 0)
      return place;
  return program;
}

// The first line of what a program has complained of.
std::string first_line(const std::string& text) {
  return for_terminal(text.substr(0, text.find('\n')));
}

class spawn_actions {
public:
  explicit spawn_actions(int errors) {
    ::posix_spawn_file_actions_init(&value_);
    ::posix_spawn_file_actions_addopen(&value_, STDIN_FILENO, "/dev/null",
                                       O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&value_, STDOUT_FILENO, "/dev/null",
                                       O_WRONLY, 0);
    ::posix_spawn_file_actions_adddup2(&value_, errors, STDERR_FILENO);
  }
  spawn_actions(const spawn_actions&) = delete;
  spawn_actions& operator=(const spawn_actions&) = delete;
  ~spawn_actions() { ::posix_spawn_file_actions_destroy(&value_); }

  const posix_spawn_file_actions_t* get() const noexcept { return &value_; }

private:
  posix_spawn_file_actions_t value_{};
};

} // namespace

std::string read_to_end(int fd) {
  std::string text;
  std::array<char, 4096> buffer;
  for (;;) {
    const auto got = ::read(fd, buffer.data(), buffer.size());
    if (got > 0)
      text.append(buffer.data(), static_cast<std::size_t>(got));
    else if (got == 0 || errno != EINTR)
      return text;
  }
}

outcome<void> run_tool(const std::vector<std::string>& words) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    return runtime_error(std::string{"no pipe: "} + std::strerror(errno));
  const unique_fd reader{ends[0]};
  unique_fd writer{ends[1]};
  auto copies = words;
  std::vector<char*> arguments;
  arguments.reserve(copies.size() + 1);
  for (auto& one : copies)
    arguments.push_back(one.data());
  arguments.push_back(nullptr);
  pid_t process = 0;
  const auto failed = ::posix_spawnp(&process, place_of(words.front()).c_str(),
                                     spawn_actions{writer.get()}.get(), nullptr,
                                     arguments.data(), environ);
  if (failed != 0)
    return runtime_error(fmt::format(
        "\"{}\" cannot be run: {}{}", words.front(), std::strerror(failed),
        failed == ENOENT ? "; Debian has it in iproute2" : ""));
  writer.reset();
  const auto said = read_to_end(reader.get());
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
    return {};
  return runtime_error(
      fmt::format("\"{}\": {}", fmt::join(words, " "), first_line(said)));
}

} // namespace grapevine::app::cluster
