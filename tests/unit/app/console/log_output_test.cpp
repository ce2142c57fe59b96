#include "app/console/logging.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <array>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace grapevine::app {
namespace {

using Catch::Contains;
using Catch::EndsWith;
using Catch::Matches;
using lines = std::vector<std::string>;

lines lines_in(const std::filesystem::path& file) {
  lines all;
  std::ifstream in{file};
  for (std::string line; std::getline(in, line);)
    all.push_back(line);
  return all;
}

// A log in a file.
struct logged {
  explicit logged(log_format format = log_format::text) {
    settings s;
    s.log_format = format;
    s.log_file = file;
    log = make_logger(s, spdlog::level::info).value();
    output = output_of(*log);
  }

  void end() {
    output.reset();
    log.reset();
  }

  test::temporary_folder folder;
  std::filesystem::path file = folder / "log";
  std::shared_ptr<spdlog::logger> log;
  std::shared_ptr<log_output> output;
};

TEST_CASE("log output: a line of text has time, level and text", "[app]") {
  const logged f;
  f.log->warn("a peer={}", "12D3");
  const auto all = lines_in(f.file);
  REQUIRE(all.size() == 1);
  CHECK_THAT(all[0], Matches("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}[.][0-9]{3}"
                             "[+-][0-9]{2}:[0-9]{2} warning a peer=12D3"));
}

TEST_CASE("log output: a line of JSON is an object", "[app]") {
  const logged f{log_format::json};
  f.log->error("a peer={}", "12D3");
  const auto all = lines_in(f.file);
  REQUIRE(all.size() == 1);
  const auto line = nlohmann::json::parse(all[0]);
  CHECK(line["event"] == "a");
  CHECK(line["peer"] == "12D3");
  CHECK_THAT(line["time"].get<std::string>(),
             Matches("[-0-9]{10}T[0-9:.]{12}[+-][0-9]{2}:[0-9]{2}"));
}

TEST_CASE("log output: a file goes on, and only its group reads it", "[app]") {
  logged f;
  f.log->info("first");
  f.end();
  const auto rights = std::filesystem::status(f.file).permissions();
  CHECK((rights & std::filesystem::perms::others_all)
        == std::filesystem::perms::none);
  settings s;
  s.log_file = f.file;
  make_logger(s, spdlog::level::info).value()->info("second");
  const auto all = lines_in(f.file);
  REQUIRE(all.size() == 2);
  CHECK_THAT(all[1], EndsWith("info second"));
}

TEST_CASE("log output: a file that cannot be opened is named", "[app]") {
  const test::temporary_folder folder;
  settings s;
  s.log_file = folder / "missing/log";
  const auto made = make_logger(s, spdlog::level::info);
  REQUIRE_FALSE(made);
  CHECK(made.error().text
        == "cannot open the log file " + s.log_file->string()
               + ": No such file or directory");
}

TEST_CASE("log output: a pipe that nobody reads is not waited for", "[app]") {
  const test::temporary_folder folder;
  settings s;
  s.log_file = folder / "pipe";
  REQUIRE(::mkfifo(s.log_file->c_str(), 0600) == 0);
  CHECK_FALSE(make_logger(s, spdlog::level::info));
}

TEST_CASE("log output: lines that the file does not take are counted",
          "[app]") {
  const test::temporary_folder folder;
  settings s;
  s.log_file = folder / "pipe";
  REQUIRE(::mkfifo(s.log_file->c_str(), 0600) == 0);
  const unique_fd reader{
      ::open(s.log_file->c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
  REQUIRE(::fcntl(reader.get(), F_SETPIPE_SZ, 4096) == 4096);
  const auto log = make_logger(s, spdlog::level::info).value();
  const auto read = [&] {
    std::array<char, 8192> buffer{};
    const auto size = ::read(reader.get(), buffer.data(), buffer.size());
    REQUIRE(size > 0);
    return std::string{buffer.data(), static_cast<std::size_t>(size)};
  };
  // More than fits: the first comes in part, the others not at all.
  for (const char letter : {'a', 'b', 'c'})
    log->info(std::string(6000, letter));
  CHECK_THAT(read(), EndsWith("aaa"));
  log->info("after");
  CHECK_THAT(read(), Matches("\n[^\n]* warning the log file can be written "
                             "again, lines are lost count=3\n[^\n]* info "
                             "after\n"));
}

TEST_CASE("log output: a file that was renamed is made again", "[app]") {
  const logged f;
  f.log->info("before");
  std::filesystem::rename(f.file, f.folder / "old");
  f.log->info("between");
  f.output->reopen();
  f.log->info("after");
  CHECK(lines_in(f.folder / "old").size() == 2);
  const auto all = lines_in(f.file);
  REQUIRE(all.size() == 1);
  CHECK_THAT(all[0], EndsWith("info after"));
}

TEST_CASE("log output: what cannot be opened again goes on as it was",
          "[app]") {
  const logged f;
  std::filesystem::rename(f.file, f.folder / "old");
  std::filesystem::create_directory(f.file);
  f.output->reopen();
  f.log->info("after");
  const auto all = lines_in(f.folder / "old");
  REQUIRE(all.size() == 2);
  CHECK_THAT(all[0],
             Contains("warning cannot open the log file " + f.file.string()
                      + ": Is a directory; the log "
                        "goes on in the one that "
                        "was open"));
  CHECK_THAT(all[1], EndsWith("info after"));
}

TEST_CASE("log output: format and place change between two lines", "[app]") {
  const logged f;
  f.log->info("one");
  f.output->set_format(log_format::json);
  f.log->info("two");
  f.output->move_to(*log_file::open(f.folder / "other"));
  f.log->info("three");
  CHECK(f.output->path() == f.folder / "other");
  const auto first = lines_in(f.file);
  REQUIRE(first.size() == 2);
  CHECK(nlohmann::json::parse(first[1])["event"] == "two");
  const auto second = lines_in(f.folder / "other");
  REQUIRE(second.size() == 1);
  CHECK(nlohmann::json::parse(second[0])["event"] == "three");
}

TEST_CASE("log output: lines that come again are counted, and the count is "
          "not lost at the end",
          "[app]") {
  logged f;
  for (int i = 0; i < 38; ++i)
    f.log->warn("again peer={}", 1);
  CHECK(lines_in(f.file).size() == 1);
  f.end();
  const auto all = lines_in(f.file);
  REQUIRE(all.size() == 2);
  CHECK_THAT(all[1], Contains(" warning again peer=1 ... 37 more in "));
}

TEST_CASE("log output: who is told that something is counted is told once",
          "[app]") {
  const logged f;
  int told = 0;
  f.output->when_counted([&] { ++told; });
  f.log->info("a");
  CHECK(told == 0);
  for (int i = 0; i < 3; ++i)
    f.log->info("a");
  CHECK(told == 1);
  // Too early: it is to be called again.
  f.output->say_repeats();
  CHECK(told == 2);
  f.output->when_counted({});
}

TEST_CASE("log output: a reopened file begins anew", "[app]") {
  const logged f;
  f.log->info("a");
  f.log->info("a");
  f.output->reopen();
  f.log->info("a");
  const auto all = lines_in(f.file);
  REQUIRE(all.size() == 3);
  CHECK_THAT(all[1], Contains("a ... 1 more in "));
  CHECK_THAT(all[2], EndsWith("info a"));
}

TEST_CASE("log output: lines of many threads stay whole", "[app]") {
  logged f{log_format::json};
  {
    std::vector<std::jthread> threads;
    for (int one = 0; one < 4; ++one)
      threads.emplace_back([&, one] {
        for (int i = 0; i < 200; ++i) {
          f.log->info("line thread={} number={}", one, i);
          if (i % 50 == 0)
            f.output->reopen();
        }
      });
  }
  f.end();
  const auto all = lines_in(f.file);
  CHECK(all.size() == 800);
  for (const auto& line : all)
    REQUIRE(nlohmann::json::accept(line));
}

} // namespace
} // namespace grapevine::app
