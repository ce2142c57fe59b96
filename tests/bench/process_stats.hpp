#pragma once

#include <cstddef>
#include <string>
#include <sys/types.h>
#include <vector>

namespace grapevine::bench {

/// CPU time of all threads of a process so far, user and system, in seconds.
/// The kernel rounds it to hundredths. Throws if the process is gone.
double process_cpu(pid_t pid);

/// CPU time of the calling thread so far, in seconds.
double thread_cpu();

/// What a process has in memory now, in bytes.
std::size_t resident_memory(pid_t pid);

/// The cores that this process may use.
std::vector<int> allowed_cores();

/// Binds the calling thread, and those that it starts from then on, to a core.
/// False when the kernel refuses.
bool bind_to_core(int core);

/// The machine, for a report: its processor, how many cores are ours, and how
/// busy it has been in the last minute.
struct machine {
  std::string processor;
  std::size_t cores = 0;
  double load = 0;
};

machine describe_machine();

} // namespace grapevine::bench
