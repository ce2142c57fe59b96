#include "tests/app/console_fixture.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <regex>
#include <string_view>
#include <utility>

namespace grapevine::app {

namespace {

namespace fs = std::filesystem;

// -- what is printed ----------------------------------------------------------

struct replacement {
  std::regex what;
  const char* by;
};

const std::vector<replacement>& replacements() {
  static const std::vector<replacement> all = [] {
    std::vector<replacement> made;
    for (const auto& [what, by] :
         std::vector<std::pair<const char*, const char*>>{
             {R"(\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:?\d\d))", "TIME"},
             {"(12D3KooW|16Uiu2H|Qm)[1-9A-HJ-NP-Za-km-z]*…", "PEER"},
             {"(12D3KooW|16Uiu2H|Qm)[1-9A-HJ-NP-Za-km-z]{40,}", "PEER"},
             {"bafz[a-z2-7]{40,}", "CID"},
             {"\\b[0-9a-f]{8,}…", "HEX"},
             {"\\b[0-9a-f]{16,}\\b", "HEX"},
             {"/tcp/\\d+", "/tcp/PORT"},
             {R"(127\.0\.0\.1:\d+)", "127.0.0.1:PORT"},
             {"(within|waited) \\d+m?s", "$1 TIME"},
             {"(process |retry_ms=|left_out=)\\d+", "$1N"},
             {"\\d+\\.\\d+", "X"}})
      made.push_back({std::regex{what}, by});
    return made;
  }();
  return all;
}

// Who reads a page need not see these: what is said below warnings, of a
// machine that has too much to do, and that several nodes are on one machine.
bool is_left_out(const std::string& line) {
  static const std::regex log_line{
      R"(\d{4}-\d\d-\d\dT\S+ ((info|debug|trace) .*|warning (heartbeat late|there is no HTTP API).*))"};
  return std::regex_match(line, log_line);
}

// -- a shell ------------------------------------------------------------------

// Reads commands, each behind a zero byte; tells how each has ended.
constexpr auto shell_script = R"(
exec 2>&1 3<&0 </dev/null
trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT
last=0
as_before() { return "$1"; }
while IFS= read -r -d '' -u 3 typed; do
  as_before "$last"
  eval "$typed"
  last=$?
  echo "@ended $last"
done
)";

class shell {
public:
  explicit shell(words& problems)
      : problems_{problems}, process_{command_in(folder_ / "here"),
                                      folder_ / "stderr"} {}
  shell(const shell&) = delete;
  shell& operator=(const shell&) = delete;

  ~shell() {
    process_.close_input();
    const auto soon =
        std::chrono::steady_clock::now() + std::chrono::seconds{15};
    if (!process_.wait(soon)) {
      ::kill(process_.id(), SIGTERM); // it passes it on to all
      process_.wait(std::chrono::steady_clock::now() + std::chrono::seconds{5});
    }
  }

  fs::path here() const { return folder_ / "here"; }

  /// Types a command; whether the tour can go on.
  bool type(const typed_command& command) {
    awaited_.clear();
    for (const auto& line : command.prints)
      expect(line);
    ended_.reset();
    process_.write_line(command.text + '\0');
    const auto until = std::chrono::steady_clock::now() + patience;
    while (!ended_ || !awaited_.empty())
      if (!read(until))
        return complain(command);
    return true;
  }

  int status() const { return ended_.value_or(-1); }

  /// What was printed that no command was said to print.
  const words& unexpected_lines() const { return others_; }

private:
  // The shell, in a folder that has the program under its name.
  static words command_in(const fs::path& here) {
    fs::create_directories(here);
    const auto programs = here.parent_path() / "bin";
    fs::create_directory(programs);
    fs::create_symlink(GRAPEVINE_PATH, programs / "grapevine");
    const std::string path =
        ::getenv("PATH") != nullptr ? ::getenv("PATH") : "/bin";
    return {"/usr/bin/env",
            "--chdir=" + here.string(),
            "PATH=" + programs.string() + ":" + path,
            "HOME=" + here.string(),
            "XDG_STATE_HOME=" + (here.parent_path() / "state").string(),
            "/usr/bin/timeout",
            "--kill-after=5",
            "120",
            "/bin/bash",
            "-c",
            shell_script};
  }

  // It may have come too early.
  void expect(const std::string& line) {
    const auto early = std::ranges::find_if(
        others_, [&](const auto& other) { return prints_as(line, other); });
    if (early != others_.end())
      others_.erase(early);
    else
      awaited_.push_back(line);
  }

  bool read(support::deadline until) {
    std::string line;
    if (process_.read_line(line, until) != support::read_status::line)
      return false;
    if (line.starts_with("@ended ")) {
      ended_ = std::stoi(line.substr(7));
      return true;
    }
    const auto awaited = std::ranges::find_if(
        awaited_, [&](const auto& one) { return prints_as(one, line); });
    if (awaited != awaited_.end())
      awaited_.erase(awaited);
    else
      others_.push_back(line);
    return true;
  }

  bool complain(const typed_command& command) {
    std::string text =
        "line " + std::to_string(command.line) + ": \"" + command.text + "\" ";
    text += ended_ ? "does not print: " : "does not end; does not print: ";
    for (const auto& line : awaited_)
      text += "\n    " + line;
    text += "\n  but:";
    for (const auto& line : others_)
      text += "\n    " + line;
    problems_.push_back(text);
    return false;
  }

  words& problems_;
  test::temporary_folder folder_;
  support::process process_;
  words awaited_;
  words others_;
  std::optional<int> ended_;
};

// -- tours --------------------------------------------------------------------

const std::regex& port_pattern() {
  static const std::regex pattern{R"((?:/tcp/|127\.0\.0\.1:)(\d+))"};
  return pattern;
}

std::vector<std::string> distinct_ports(const document_tour& tour) {
  std::vector<std::string> found;
  for (const auto& block : tour.blocks)
    for (const auto& line : block.lines)
      for (std::sregex_iterator at{line.begin(), line.end(), port_pattern()};
           at != std::sregex_iterator{}; ++at)
        if (const std::string port = (*at)[1];
            port != "0" && std::ranges::find(found, port) == found.end())
          found.push_back(port);
  return found;
}

void replace_ports(std::string& line, const std::vector<std::string>& from,
                   const std::vector<std::uint16_t>& to) {
  for (std::size_t i = 0; i < from.size(); ++i) {
    const std::regex one{"\\b(tcp/|127\\.0\\.0\\.1:)" + from[i] + "\\b"};
    line = std::regex_replace(line, one, "$1&" + std::to_string(to[i]));
  }
  // Not twice: what is done is marked until all are.
  static const std::regex mark{R"(\b(tcp/|127\.0\.0\.1:)&)"};
  line = std::regex_replace(line, mark, "$1");
}

bool asks_for_status(const typed_command& command) {
  return command.text.starts_with("echo $?");
}

void write_file(const fs::path& folder, const document_block& block) {
  std::ofstream out{folder / block.file};
  for (const auto& line : block.lines)
    out << line << '\n';
}

// Whether the shell can be used further.
bool type_all(shell& sh, const std::vector<typed_command>& commands,
              words& problems) {
  for (std::size_t i = 0; i < commands.size(); ++i) {
    if (!sh.type(commands[i]))
      return false;
    const bool told =
        i + 1 < commands.size() && asks_for_status(commands[i + 1]);
    if (sh.status() != 0 && !told)
      problems.push_back("line " + std::to_string(commands[i].line) + ": \""
                         + commands[i].text + "\" ends with "
                         + std::to_string(sh.status()));
  }
  return true;
}

void check_others(const words& others, words& problems) {
  for (const auto& line : others)
    if (!is_left_out(line))
      problems.push_back("the page does not have: " + line);
}

} // namespace

std::string normalised(std::string line) {
  for (const auto& one : replacements())
    line = std::regex_replace(line, one.what, one.by);
  return line;
}

bool prints_as(const std::string& in_page, const std::string& line) {
  const auto wanted = normalised(in_page);
  const auto printed = normalised(line);
  constexpr std::string_view anything = "…";
  std::size_t at = 0;
  std::size_t from = 0;
  for (;;) {
    const auto gap = wanted.find(anything, from);
    const auto part = wanted.substr(from, gap - from);
    if (gap == std::string::npos)
      return from == 0 ? printed == part
                       : printed.size() - at >= part.size()
                             && printed.ends_with(part);
    const auto found = printed.find(part, at);
    if (found == std::string::npos || (from == 0 && found != 0))
      return false;
    at = found + part.size();
    from = gap + anything.size();
  }
}

std::size_t ports_of(const document_tour& tour) {
  return distinct_ports(tour).size();
}

words take_tour(const document_tour& tour,
                const std::vector<std::uint16_t>& ports) {
  const auto in_page = distinct_ports(tour);
  words problems;
  bool lenient = false;
  shell sh{problems};
  for (auto block : tour.blocks) {
    for (auto& line : block.lines)
      replace_ports(line, in_page, ports);
    lenient = std::erase(block.lines, "…") > 0 || lenient;
    if (!block.file.empty())
      write_file(sh.here(), block);
    else if (!type_all(sh, commands_of(block), problems))
      return problems;
  }
  if (!lenient)
    check_others(sh.unexpected_lines(), problems);
  return problems;
}

} // namespace grapevine::app
