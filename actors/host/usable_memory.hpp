#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace grapevine {

/// Bytes of memory that this process may use: those of the machine, or fewer
/// where a control group (a container, a systemd unit) bounds it.
std::uint64_t usable_memory();

/// The bound of the control groups that `membership`, the text of
/// `/proc/self/cgroup`, names, of version 2 or 1 mounted at `root`: the least
/// from the process's own group up to the root. The largest number without.
std::uint64_t memory_bound(const std::filesystem::path& root,
                           std::string_view membership);

} // namespace grapevine
