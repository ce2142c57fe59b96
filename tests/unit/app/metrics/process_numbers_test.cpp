#include "app/metrics/process_numbers.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace grapevine::app;

TEST_CASE("process numbers: a program's name may have anything in it") {
  const grapevine::test::temporary_folder folder;
  const auto root = folder / "proc";
  std::filesystem::create_directories(root / "self" / "fd");
  for (const auto* name : {"0", "1", "2"})
    std::ofstream{root / "self" / "fd" / name} << "";
  std::ofstream{root / "stat"} << "cpu 1 2 3\nbtime 1000\n";
  std::ofstream{root / "self" / "stat"}
      << "7 (a ) b) S 1 1 1 0 -1 0 0 0 0 0 " << 3 * ::sysconf(_SC_CLK_TCK)
      << ' ' << ::sysconf(_SC_CLK_TCK) << " 0 0 20 0 5 0 "
      << 2 * ::sysconf(_SC_CLK_TCK) << " 4096 6 0\n";
  const auto got = read_process_numbers(root.string());
  CHECK(got.cpu_seconds == Approx(4));
  CHECK(got.start_seconds == Approx(1002));
  CHECK(got.threads == 5);
  CHECK(got.virtual_bytes == 4096);
  CHECK(got.resident_bytes
        == 6 * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)));
  CHECK(got.open_files == 2);
}

TEST_CASE("process numbers: those of this process are likely") {
  const auto got = read_process_numbers();
  const auto now = std::chrono::duration<double>{
      std::chrono::system_clock::now().time_since_epoch()};
  CHECK(got.resident_bytes > 1'000'000);
  CHECK(got.start_seconds > now.count() - 86'400);
  CHECK(got.start_seconds <= now.count() + 1);
  CHECK(got.threads >= 1);
  CHECK(got.open_files >= 3);
  CHECK(got.max_files >= got.open_files);
}

TEST_CASE("process numbers: what is not told is nothing") {
  const auto got = read_process_numbers("/nowhere");
  CHECK(got.resident_bytes == 0);
  CHECK(got.open_files == 0);
}
