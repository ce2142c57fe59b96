// The log: where it goes, how its lines are written, and what signals do to it.
#include "tests/app/program_fixture.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>

namespace grapevine::app {
namespace {

using Catch::Contains;
using nlohmann::json;

// Until the file has this text. A file cannot be waited for.
void wait_for_text(const std::filesystem::path& file, const std::string& text) {
  const auto until = std::chrono::steady_clock::now() + patience;
  for (;;) {
    const auto content = content_of(file);
    if (std::filesystem::exists(file)
        && content.find(text) != std::string::npos)
      return;
    INFO(file << " has: " << content);
    REQUIRE(std::chrono::steady_clock::now() < until);
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
}

std::vector<json> objects_in(const std::string& text) {
  std::vector<json> all;
  std::istringstream in{text};
  for (std::string line; std::getline(in, line);) {
    INFO(line);
    REQUIRE(json::accept(line));
    all.push_back(json::parse(line));
  }
  return all;
}

// A node whose log is in a file, and that takes other settings.
struct node_with_file {
  explicit node_with_file(const std::string& settings = {})
      : node{{"--config", write(settings)}} {}

  std::string write(const std::string& settings) const {
    std::ofstream{folder / "node.toml"} << "log-file = \"" << log.string()
                                        << "\"\n"
                                        << settings;
    return (folder / "node.toml").string();
  }

  void end() {
    node.process().signal(SIGTERM);
    CHECK(node.process().status() == 0);
  }

  temporary_folder folder;
  std::filesystem::path log = folder / "log";
  running_node node;
};

TEST_CASE("--log-format json: each line is an object that names peers in full",
          "[app]") {
  running_node node{{"--log-format", "json", "--log-level", "debug"}};
  program peer{{"sub", "news\xff\"\n", "--peer", node.address(), "--log-level",
                "debug", "--log-format", "json"}};
  node.process().wait_for_error("\"event\":\"connected\"");
  node.process().wait_for_error("\"event\":\"pubsub up\"");
  peer.wait_for_error("\"event\":\"connected\"");
  peer.signal(SIGTERM);
  CHECK(peer.status() == 0);
  node.process().signal(SIGTERM);
  CHECK(node.process().status() == 0);
  std::size_t named = 0;
  for (const auto& line : objects_in(node.process().errors())) {
    CHECK(line.contains("time"));
    CHECK(line.contains("level"));
    if (!line.contains("peer"))
      continue;
    CHECK(line["peer"].get<std::string>().starts_with("12D3KooW"));
    CHECK(line["peer"].get<std::string>().size() == 52);
    ++named;
  }
  CHECK(named > 1);
  const auto objects = objects_in(peer.errors());
  const auto connected =
      std::ranges::find(objects, "connected", [](const json& line) {
        return line["event"].get<std::string>();
      });
  REQUIRE(connected != objects.end());
  CHECK((*connected)["direction"] == "outbound");
  CHECK(node.address().ends_with((*connected)["peer"].get<std::string>()));
  CHECK(node.address().starts_with((*connected)["addr"].get<std::string>()));
}

TEST_CASE("--log-file: one that cannot be opened is named", "[app]") {
  const auto ended = run_program({"run", "--listen", "/ip4/127.0.0.1/tcp/0",
                                  "--log-file", "/does/not/exist"});
  CHECK(ended.status == 1);
  CHECK_THAT(ended.err, Contains("cannot open the log file /does/not/exist: No "
                                 "such file or directory"));
  const temporary_folder folder;
  for (const auto& file :
       {folder / "missing/log", std::filesystem::path{folder / ""}})
    CHECK(run_program({"run", "--config-test", "--listen",
                       "/ip4/127.0.0.1/tcp/0", "--log-file", file.string()})
              .status
          == 1);
}

TEST_CASE("--log-file: why a node ends is there, too", "[app]") {
  const temporary_folder folder;
  running_node other{{}};
  const auto taken = other.address().substr(0, other.address().find("/p2p/"));
  const auto ended = run_program(
      {"run", "--listen", taken, "--log-file", (folder / "log").string()});
  CHECK(ended.status == 1);
  CHECK_THAT(content_of(folder / "log"),
             Contains(" error ") && Contains("Address already in use"));
}

TEST_CASE("SIGUSR1: the log's file is opened again", "[app]") {
  node_with_file f;
  f.node.process().signal(SIGHUP);
  wait_for_text(f.log, "reloaded");
  std::filesystem::rename(f.log, f.folder / "old");
  f.node.process().signal(SIGUSR1);
  wait_for_text(f.log, "");
  f.end();
  CHECK_THAT(content_of(f.log), Contains("stopping") && !Contains("reloaded"));
  CHECK(f.node.process().errors().empty());
}

TEST_CASE("SIGUSR1: a log's file that cannot be opened again is warned of, and "
          "the old one kept",
          "[app]") {
  node_with_file f;
  std::filesystem::rename(f.log, f.folder / "old");
  std::filesystem::create_directory(f.log);
  f.node.process().signal(SIGUSR1);
  f.node.process().wait_for_error("warning cannot open the log file "
                                  + f.log.string() + ": Is a directory");
  f.end();
  CHECK_THAT(content_of(f.folder / "old"), Contains("stopping"));
}

TEST_CASE("SIGUSR1: nothing happens where there is no file", "[app]") {
  running_node node{{}};
  node.process().signal(SIGUSR1);
  CHECK(run_program({"ping", node.address(), "--count", "1"}).status == 0);
  node.process().signal(SIGTERM);
  CHECK(node.process().status() == 0);
}

TEST_CASE("SIGHUP: the log's file is opened again, also if nothing is reloaded",
          "[app]") {
  node_with_file f;
  std::filesystem::rename(f.log, f.folder / "old");
  f.write("unknown = 1\n");
  f.node.process().signal(SIGHUP);
  wait_for_text(f.log, "not reloaded: ");
  f.end();
}

TEST_CASE("SIGHUP: the log's format and file change", "[app]") {
  node_with_file f;
  const auto old = f.log;
  f.log = f.folder / "other";
  f.write("log-format = \"json\"\n");
  f.node.process().signal(SIGHUP);
  wait_for_text(f.log, "\"event\":\"reloaded: log-format, log-file\"");
  f.end();
  CHECK(objects_in(content_of(f.log)).size() > 1);
  CHECK_THAT(content_of(old), !Contains("reloaded"));
}

TEST_CASE("SIGHUP: a log's file that cannot be opened changes nothing",
          "[app]") {
  node_with_file f;
  const auto old = f.log;
  f.log = f.folder / "missing/log";
  f.write("topic = [\"news\"]\n");
  f.node.process().signal(SIGHUP);
  wait_for_text(old,
                "not reloaded: cannot open the log file " + f.log.string());
  f.log = old;
  f.write("topic = [\"news\"]\n");
  f.node.process().signal(SIGHUP);
  wait_for_text(old, "reloaded: topic\n");
  f.end();
}

TEST_CASE("log: for the journal, lines have a priority and no time", "[app]") {
  const std::string fails = " $GRAPEVINE pub news --message m --wait 100ms "
                            "--peer "
                            + loopback(free_port());
  const auto stream = "JOURNAL_STREAM=$(stat -Lc %d:%i /proc/self/fd/2)";
  const auto journal = run_shell(stream + fails);
  CHECK_THAT(journal.err, Catch::StartsWith("<4>warning cannot connect: ")
                              && Contains("\n<3>grapevine: the message went "
                                          "to nobody"));
  const auto object = run_shell(stream + fails + " --log-format json");
  CHECK_THAT(object.err, Catch::StartsWith("<4>{\"time\":"));
  const auto other = run_shell("JOURNAL_STREAM=1:2" + fails);
  CHECK_THAT(other.err, Catch::Matches("[-0-9]{10}T[^]* warning cannot[^]*"));
}

TEST_CASE("log: lines that come again are counted, which the end tells",
          "[app]") {
  const auto ended = run_shell(
      "for i in 1 2 3 4; do head -c 9000 /dev/zero | tr '\\0' x; echo; done | "
      "$GRAPEVINE pub news --max-message-size 8KiB --peer "
      + loopback(free_port()) + " --log-level warn");
  CHECK(ended.status == 1);
  CHECK_THAT(ended.err, Contains("left out ... 3 more in "));
}

} // namespace
} // namespace grapevine::app
