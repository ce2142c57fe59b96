#include "actors/host/usable_memory.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>

using namespace grapevine;

namespace {

constexpr auto unbounded = std::numeric_limits<std::uint64_t>::max();

void write(const std::filesystem::path& file, const std::string& text) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream{file} << text << '\n';
}

} // namespace

TEST_CASE("usable_memory: the tightest control group above the process bounds "
          "it",
          "[actors][usable_memory]") {
  const test::temporary_folder dir;
  const auto root = dir / "";
  write(root / "memory.max", "max");
  write(root / "a" / "memory.max", "1000");
  write(root / "a" / "b" / "memory.max", "max");
  write(root / "a" / "c" / "memory.max", "500");
  CHECK(memory_bound(root, "0::/\n") == unbounded);
  CHECK(memory_bound(root, "0::/a/b\n") == 1000);
  CHECK(memory_bound(root, "0::/a/c") == 500);
}

TEST_CASE("usable_memory: in a container the root bounds, whatever the path",
          "[actors][usable_memory]") {
  const test::temporary_folder dir;
  write((dir / "") / "memory.max", "2000");
  CHECK(memory_bound((dir / ""), "0::/system.slice/box-1\n") == 2000);
}

TEST_CASE("usable_memory: control groups of version 1 count as well",
          "[actors][usable_memory]") {
  const test::temporary_folder dir;
  write((dir / "") / "memory" / "box" / "memory.limit_in_bytes", "3000");
  CHECK(memory_bound((dir / ""), "5:cpu:/box\n4:memory:/box\n1:name=x:/box\n")
        == 3000);
}

TEST_CASE("usable_memory: what cannot be read bounds nothing",
          "[actors][usable_memory]") {
  CHECK(memory_bound("/nowhere", "") == unbounded);
  CHECK(memory_bound("/nowhere", "nonsense\n:\n0::/a\n") == unbounded);
}

TEST_CASE("usable_memory: this machine has some", "[actors][usable_memory]") {
  CHECK(usable_memory() > std::uint64_t{16} << 20);
  CHECK(usable_memory() < unbounded);
}
