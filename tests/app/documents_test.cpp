// What the documents say is what the program does: each command is typed, each
// configuration read.
#include "tests/app/console_fixture.hpp"
#include "tests/support/sanitized.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <set>
#include <thread>

namespace grapevine::app {
namespace {

bool can_be_tried(const document_block& block) {
  return std::ranges::all_of(block.needs, is_known);
}

// A simulation computes instead of waiting: with a sanitizer its seconds are
// minutes, and what it runs is the routers, which the unit tests run, too.
bool takes_minutes(const document_tour& tour) {
  const auto simulates = [](const document_block& block) {
    return std::ranges::any_of(block.lines, [](const std::string& line) {
      return line.find("grapevine sim") != std::string::npos;
    });
  };
  return test::sanitized && std::ranges::any_of(tour.blocks, simulates);
}

// Does something for each of many, some at a time: they mostly wait.
template <class T, class Do>
void for_each_at_once(std::vector<T>& all, Do todo) {
  std::atomic<std::size_t> next = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 6; ++i)
    threads.emplace_back([&] {
      for (auto at = next++; at < all.size(); at = next++)
        todo(all[at]);
    });
}

struct prepared_tour {
  document_tour tour;
  std::vector<std::uint16_t> ports;
  words problems;
};

std::vector<prepared_tour> tours_to_take() {
  std::vector<prepared_tour> all;
  std::set<std::uint16_t> used;
  for (const auto& page : all_documents())
    for (auto& tour : tours_of(page)) {
      if (!std::ranges::all_of(tour.blocks, can_be_tried)
          || takes_minutes(tour))
        continue;
      prepared_tour one{tour, {}, {}};
      while (one.ports.size() < ports_of(tour))
        if (const auto port = free_port(); used.insert(port).second)
          one.ports.push_back(port);
      all.push_back(std::move(one));
    }
  return all;
}

TEST_CASE("documents: commands print what the pages say", "[app]") {
  auto tours = tours_to_take();
  REQUIRE(tours.size() > 10);
  for_each_at_once(tours, [](prepared_tour& one) {
    one.problems = take_tour(one.tour, one.ports);
  });
  for (const auto& one : tours)
    for (const auto& problem : one.problems)
      FAIL_CHECK(one.tour.document << ":" << one.tour.blocks.front().line
                                   << ": " << problem);
}

TEST_CASE("documents: what is not tried says why", "[app]") {
  std::string left_out;
  std::size_t count = 0;
  for (const auto& page : all_documents())
    for (const auto& block : page.blocks) {
      if (block.not_run.empty() && can_be_tried(block))
        continue;
      ++count;
      left_out += "\n  " + page.name + ":" + std::to_string(block.line) + ": "
                  + (block.not_run.empty() ? "needs what is not there yet"
                                           : block.not_run);
    }
  WARN(count << " blocks of the documents are not tried:" << left_out);
  CHECK(count < 20);
}

TEST_CASE("documents: configurations are accepted", "[app]") {
  const temporary_folder folder;
  for (const auto& page : all_documents())
    for (const auto& block : page.blocks) {
      if (block.language != "toml" || !block.not_run.empty()
          || !can_be_tried(block))
        continue;
      const auto file = folder / "grapevine.toml";
      std::ofstream out{file};
      for (const auto& line : block.lines)
        out << line << '\n';
      out.close();
      const auto tested =
          run_program({"run", "--config", file.string(), "--config-test"});
      INFO(page.name << ":" << block.line << ": " << tested.err);
      CHECK(tested.status == 0);
      CHECK(tested.out == words{"the configuration is good"});
    }
}

TEST_CASE("documents: a line is compared but for what differs between runs",
          "[app]") {
  CHECK(
      prints_as("pong from 12D3KooWFduumVkeJ5EbTAkm6jaSsd4UttMGaNRfGPC7E51si2d"
                "A: seq=1 rtt=0.110 ms",
                "pong from 12D3KooWSfZ6i4BpDxbxp78fpAdyY8fKd1XwRF7Q2R1eKJ5yXVQ"
                "1: seq=1 rtt=12.003 ms"));
  CHECK_FALSE(
      prints_as("pong: seq=1 rtt=0.110 ms", "pong: seq=2 rtt=0.110 ms"));
  CHECK(prints_as("listening /ip4/127.0.0.1/tcp/4001/p2p/12D3KooWFduu…",
                  "listening /ip4/127.0.0.1/tcp/29001/p2p/12D3KooWSfZ6i4BpDxbxp"
                  "78fpAdyY8fKd1XwRF7Q2R1eKJ5yXVQ1"));
  CHECK(prints_as("a … c", "a b b c"));
  CHECK_FALSE(prints_as("a … c", "a b b d"));
  CHECK_FALSE(prints_as("a … c", "b a b c"));
}

} // namespace
} // namespace grapevine::app
