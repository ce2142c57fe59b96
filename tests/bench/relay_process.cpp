#include "tests/bench/relay_process.hpp"

#include "tests/bench/process_stats.hpp"

#include <atomic>
#include <chrono>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <unistd.h>

namespace grapevine::bench {

namespace {

using namespace std::chrono_literals;

// node takes a second to load its modules, fifty of them at once take longer.
constexpr auto start_patience = 60s;

std::filesystem::path new_log() {
  static std::atomic<int> count{0};
  return std::filesystem::temp_directory_path()
         / ("bench_relay." + std::to_string(::getpid()) + '.'
            + std::to_string(count++) + ".log");
}

std::vector<std::string> command_line(const relay_command& command) {
  std::vector<std::string> result{command.program.string()};
  result.insert(result.end(), command.arguments.begin(),
                command.arguments.end());
  return result;
}

support::process start(const relay_command& command,
                       const std::filesystem::path& log) {
  const borrowed_cores its{command.cores};
  return {command_line(command), log};
}

} // namespace

std::vector<std::string> relay_arguments(const bench_case& what) {
  const auto degree = std::to_string(what.subscribers + 1);
  std::vector<std::string> result{
      "--topics",      std::to_string(what.topics),
      "--degree",      degree,
      "--degree-low",  degree,
      "--degree-high", std::to_string(what.subscribers + 4)};
  if (!what.is_signed())
    result.emplace_back("--unsigned");
  return result;
}

borrowed_cores::borrowed_cores(const std::vector<int>& cores)
    : own_{allowed_cores()} {
  if (!cores.empty() && !bind_to_cores(cores))
    throw std::runtime_error{"cannot give the relay its cores"};
}

borrowed_cores::~borrowed_cores() {
  bind_to_cores(own_);
}

relay_process::relay_process(const relay_command& command)
    : program_{command.program}, log_{new_log()}, process_{
                                                      start(command, log_)} {}

relay_process::~relay_process() {
  process_.kill();
  std::error_code ignored;
  std::filesystem::remove(log_, ignored);
}

const std::string& relay_process::multiaddr() {
  if (multiaddr_.empty())
    multiaddr_ = answer(start_patience);
  return multiaddr_;
}

endpoint relay_process::address() {
  const auto address = libp2p::multiaddr::from_text(multiaddr());
  const auto where = address ? endpoint::of(*address) : std::nullopt;
  if (!where)
    fail("wrote no address but: " + multiaddr_);
  return *where;
}

void relay_process::tell(const std::string& line) {
  if (!process_.write_line(line))
    fail("reads no commands any more");
}

double relay_process::stop(std::chrono::milliseconds patience) {
  tell("stop");
  const auto status =
      process_.wait(std::chrono::steady_clock::now() + patience);
  if (status != 0)
    fail(status ? "fails when it stops" : "does not stop");
  return ended_children_cpu();
}

std::string relay_process::answer(std::chrono::milliseconds patience) {
  std::string line;
  if (process_.read_line(line, std::chrono::steady_clock::now() + patience)
      != support::read_status::line)
    fail("does not answer");
  return line;
}

void relay_process::fail(const std::string& what) const {
  std::ifstream log{log_};
  const std::string said{std::istreambuf_iterator<char>{log},
                         std::istreambuf_iterator<char>{}};
  throw std::runtime_error{program_.string() + ' ' + what
                           + (said.empty() ? "" : "; it said:\n" + said)};
}

} // namespace grapevine::bench
