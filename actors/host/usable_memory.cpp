#include "actors/host/usable_memory.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <unistd.h>

namespace grapevine {

namespace {

constexpr auto unbounded = std::numeric_limits<std::uint64_t>::max();

// "max" is no number: no bound.
std::uint64_t number_in(const std::filesystem::path& file) {
  std::ifstream in{file};
  std::uint64_t result = 0;
  return in >> result ? result : unbounded;
}

// Groups bound those in them. In a container the path may be one of the machine
// outside, of which only the root is there.
std::uint64_t least_of(const std::filesystem::path& mount,
                       std::filesystem::path group, const char* file) {
  auto least = number_in(mount / file);
  for (; group.has_relative_path(); group = group.parent_path())
    least = std::min(least, number_in(mount / group.relative_path() / file));
  return least;
}

std::string text_of(const char* path) {
  std::ifstream in{path};
  return {std::istreambuf_iterator<char>{in}, {}};
}

} // namespace

// cgroups(7): "hierarchy:controllers:path", a line each; of version 2 the
// controllers are empty.
std::uint64_t memory_bound(const std::filesystem::path& root,
                           std::string_view membership) {
  auto least = unbounded;
  while (!membership.empty()) {
    const auto end = std::min(membership.find('\n'), membership.size());
    const auto line = membership.substr(0, end);
    membership.remove_prefix(std::min(end + 1, membership.size()));
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (second == std::string_view::npos)
      continue;
    const auto controllers = line.substr(first + 1, second - first - 1);
    const std::filesystem::path group{line.substr(second + 1)};
    if (controllers.empty())
      least = std::min(least, least_of(root, group, "memory.max"));
    else if (controllers == "memory")
      least = std::min(
          least, least_of(root / "memory", group, "memory.limit_in_bytes"));
  }
  return least;
}

std::uint64_t usable_memory() {
  const auto pages = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES));
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  return std::min(pages * page,
                  memory_bound("/sys/fs/cgroup", text_of("/proc/self/cgroup")));
}

} // namespace grapevine
