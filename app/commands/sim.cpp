#include "app/commands/commands.hpp"
#include "app/commands/huge_pages.hpp"
#include "app/console/output.hpp"
#include "app/options/toml_values.hpp"
#include "app/sim/scenario_examples.hpp"
#include "app/sim/scenario_file.hpp"
#include "app/sim/sim_views.hpp"
#include "libp2p/base/fixed_hash.hpp"
#include "sim/scenario_run.hpp"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <fmt/format.h>
#include <fstream>
#include <iostream>
#include <unistd.h>

namespace grapevine::app {

namespace {

// From so many on a run waits for memory most of the time.
constexpr std::size_t many_nodes = 500;

/// The part of a run that is over, as a line of a terminal that is written
/// again and again; elsewhere nothing.
class progress_bar {
public:
  progress_bar() : shown_{::isatty(STDERR_FILENO) == 1} {}
  progress_bar(const progress_bar&) = delete;
  progress_bar& operator=(const progress_bar&) = delete;

  ~progress_bar() {
    if (shown_)
      std::cerr << "\r\x1b[K" << std::flush;
  }

  void show(double part) const {
    constexpr std::size_t width = 40;
    if (!shown_)
      return;
    const auto full = static_cast<std::size_t>(part * width);
    const auto left = part > 0 ? seconds() / part - seconds() : 0;
    std::cerr << fmt::format("\r[{}{}] {:3.0f} %, {:.0f} s left \x1b[K",
                             std::string(full, '#'),
                             std::string(width - full, '.'), 100 * part, left)
              << std::flush;
  }

  double seconds() const {
    return std::chrono::duration<double>{std::chrono::steady_clock::now()
                                         - begin_}
        .count();
  }

private:
  bool shown_;
  std::chrono::steady_clock::time_point begin_ =
      std::chrono::steady_clock::now();
};

outcome<exit_code> print_example(const std::string& name) {
  for (const auto& one : scenario_examples())
    if (one.name == name) {
      // print_line ends it.
      auto printed = print_line(one.text.substr(0, one.text.size() - 1));
      if (!printed)
        return unexpected{printed.error()};
    }
  return success;
}

outcome<sim::scenario> scenario_of(const sim_arguments& arguments,
                                   const std::string& text) {
  auto s = parse_scenario(text, arguments.file->string());
  if (!s)
    return s;
  if (arguments.seed)
    s->seed = *arguments.seed;
  if (arguments.nodes)
    s->groups.front().nodes = *arguments.nodes;
  if (arguments.duration)
    s->duration = *arguments.duration;
  if (const auto problem = problem_of(*s))
    return usage_error(arguments.file->string()
                       + ", with what the command line changes: " + *problem);
  return s;
}

outcome<void> write_file(const std::filesystem::path& file,
                         const std::string& text) {
  errno = 0;
  std::ofstream out{file, std::ios::binary};
  out << text;
  out.close();
  if (!out)
    return runtime_error(fmt::format("--html: \"{}\": cannot be written: {}",
                                     file.string(), std::strerror(errno)));
  return {};
}

} // namespace

outcome<exit_code> sim(const sim_arguments& arguments) {
  if (arguments.example)
    return print_example(*arguments.example);
  const auto text = read_text(*arguments.file, "FILE");
  if (!text)
    return unexpected{text.error()};
  const auto s = scenario_of(arguments, *text);
  if (!s)
    return unexpected{s.error()};
  if (node_count(*s) >= many_nodes)
    use_huge_pages();
  libp2p::use_fixed_hash_key();
  const auto result = [&] {
    const progress_bar bar;
    return run_scenario(*s, [&bar](double part) { bar.show(part); });
  }();
  if (arguments.html)
    if (auto written = write_file(*arguments.html, sim_html(*s, result, *text));
        !written)
      return unexpected{written.error()};
  auto printed =
      print_line(arguments.json ? sim_json(*s, result) : sim_text(*s, result));
  if (!printed)
    return unexpected{printed.error()};
  if (result.figures.delivery_rate < arguments.at_least)
    return runtime_error(
        fmt::format("{:.6f} of the deliveries came, which is less than {:g}",
                    result.figures.delivery_rate, arguments.at_least));
  return success;
}

} // namespace grapevine::app
