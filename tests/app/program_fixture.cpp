#include "tests/app/program_fixture.hpp"

#include "actors/host/socket.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace grapevine::app {

namespace {

support::deadline soon() {
  return std::chrono::steady_clock::now() + patience;
}

// The program with its default files in `folder`.
words command_of(const temporary_folder& folder, const words& arguments) {
  words command{"/usr/bin/env", "XDG_STATE_HOME=" + (folder / "state").string(),
                GRAPEVINE_PATH};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return command;
}

int exit_status(support::process& process) {
  const auto status = process.wait(soon());
  REQUIRE(status);
  return WIFEXITED(*status) ? WEXITSTATUS(*status) : -1;
}

words lines_of(support::process& process) {
  words lines;
  std::string line;
  for (;;) {
    const auto read = process.read_line(line, soon());
    REQUIRE(read != support::read_status::timeout);
    if (read == support::read_status::end)
      return lines;
    lines.push_back(line);
  }
}

} // namespace

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

program::program(const words& arguments)
    : process_{command_of(folder_, arguments), folder_ / "stderr"} {}

std::string program::line() {
  std::string text;
  const auto read = process_.read_line(text, soon());
  INFO("standard error: " << errors());
  REQUIRE(read == support::read_status::line);
  return text;
}

std::optional<std::string>
program::line_within(std::chrono::milliseconds time) {
  std::string text;
  const auto read =
      process_.read_line(text, std::chrono::steady_clock::now() + time);
  INFO("standard error: " << errors());
  REQUIRE(read != support::read_status::end);
  return read == support::read_status::line ? std::optional{text}
                                            : std::nullopt;
}

words program::rest() {
  return lines_of(process_);
}

void program::put(const std::string& text) {
  REQUIRE(process_.write_line(text));
}

void program::signal(int number) const {
  REQUIRE(::kill(process_.id(), number) == 0);
}

int program::status() {
  return exit_status(process_);
}

std::string program::errors() const {
  return content_of(folder_ / "stderr");
}

void program::wait_for_error(const std::string& text, int times) const {
  const auto until = soon();
  for (;;) {
    const auto all = errors();
    int found = 0;
    for (auto at = all.find(text); at != std::string::npos;
         at = all.find(text, at + 1))
      ++found;
    if (found >= times)
      return;
    INFO("waits for: " << text << "\nstandard error: " << all);
    REQUIRE(std::chrono::steady_clock::now() < until);
    // A file cannot be waited for.
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
}

result run_program(const words& arguments) {
  program started{arguments};
  started.end_input();
  result ended;
  ended.out = started.rest();
  ended.status = started.status();
  ended.err = started.errors();
  return ended;
}

result run_shell(const std::string& command) {
  const temporary_folder folder;
  support::process process{{"/usr/bin/env",
                            std::string{"GRAPEVINE="} + GRAPEVINE_PATH,
                            "XDG_STATE_HOME=" + (folder / "state").string(),
                            "/bin/bash", "-c", command},
                           folder / "stderr"};
  process.close_input();
  result ended;
  ended.out = lines_of(process);
  ended.status = exit_status(process);
  ended.err = content_of(folder / "stderr");
  return ended;
}

words settings_of(const words& printed) {
  words result;
  for (const auto& line : printed)
    if (!line.empty() && line[0] != '#')
      result.push_back(line);
  return result;
}

std::uint16_t free_port() {
  // Not one that the system gave: it could give it to another program's
  // connection before somebody listens there.
  static std::minstd_rand generator{static_cast<unsigned>(::getpid())};
  std::uniform_int_distribution<std::uint16_t> below_ephemeral{20'000, 32'000};
  for (;;) {
    const auto port = below_ephemeral(generator);
    if (listen_on(*endpoint::of(*libp2p::multiaddr::from_text(loopback(port)))))
      return port;
  }
}

std::string loopback(std::uint16_t port) {
  return "/ip4/127.0.0.1/tcp/" + std::to_string(port);
}

running_node::running_node(const words& options)
    : process_{[&] {
        words arguments{"run", "--listen", "/ip4/127.0.0.1/tcp/0"};
        arguments.insert(arguments.end(), options.begin(), options.end());
        return arguments;
      }()} {
  const auto line = process_.line();
  INFO(line);
  REQUIRE(line.starts_with("listening /ip4/127.0.0.1/tcp/"));
  address_ = line.substr(line.find(' ') + 1);
}

} // namespace grapevine::app
