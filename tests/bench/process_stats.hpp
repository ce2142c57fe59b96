#pragma once

#include <cstddef>
#include <string>
#include <sys/types.h>
#include <unordered_map>
#include <vector>

namespace grapevine::bench {

/// CPU time of a process, user and system, in nanoseconds' precision: that of
/// its threads. What threads that have ended meanwhile used after the last look
/// is missing.
class process_clock {
public:
  explicit process_clock(pid_t pid) : pid_{pid} { seconds(); }

  /// The time so far, in seconds, of the threads that were there at any look.
  /// Throws if the process is gone.
  double seconds();

private:
  pid_t pid_;
  // By thread, in nanoseconds.
  std::unordered_map<std::string, double> spent_;
};

/// CPU time of the calling thread so far, in seconds.
double thread_cpu();

/// CPU time of the processes that this one has started and waited for, in
/// seconds.
double ended_children_cpu();

/// What a process has in memory now, in bytes: all of it, and its share of it,
/// where what it has in common with others counts in parts.
struct memory_use {
  double resident = 0;
  double proportional = 0;
};

memory_use memory_of(pid_t pid);

/// Bytes that have gone through the loopback interface so far, with the headers
/// of TCP and IP.
double loopback_bytes();

/// Segments with data that a TCP connection has received: over the loopback
/// interface one for each write of the other side, of up to 64 KiB.
std::size_t data_segments(int socket);

/// The cores that this process may use.
std::vector<int> allowed_cores();

/// Binds the calling thread, and those that it starts from then on, to a core.
/// False when the kernel refuses.
bool bind_to_core(int core);

/// The same for a set of cores.
bool bind_to_cores(const std::vector<int>& cores);

/// Lets this process, and those that it starts, open as many files as the
/// system allows.
void raise_file_limit();

} // namespace grapevine::bench
