#include "tests/bench/process_stats.hpp"

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <sched.h>
#include <sstream>
#include <stdexcept>
#include <unistd.h>

namespace grapevine::bench {

namespace {

std::string proc_line(pid_t pid, const char* file) {
  std::ifstream in{"/proc/" + std::to_string(pid) + '/' + file};
  std::string line;
  if (!std::getline(in, line))
    throw std::runtime_error{"the relay is gone"};
  return line;
}

std::string processor_name() {
  std::ifstream in{"/proc/cpuinfo"};
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("model name"))
      return line.substr(line.find(':') + 2);
  return "unknown";
}

} // namespace

double process_cpu(pid_t pid) {
  // The name, in parentheses, may contain spaces: count from its end.
  const auto line = proc_line(pid, "stat");
  std::istringstream rest{line.substr(line.rfind(')') + 2)};
  std::string skipped;
  for (int i = 0; i < 11; ++i)
    rest >> skipped;
  double user = 0;
  double system = 0;
  rest >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

double thread_cpu() {
  timespec spent{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
  return static_cast<double>(spent.tv_sec)
         + static_cast<double>(spent.tv_nsec) * 1e-9;
}

std::size_t resident_memory(pid_t pid) {
  std::istringstream in{proc_line(pid, "statm")};
  std::size_t total = 0;
  std::size_t resident = 0;
  in >> total >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

std::vector<int> allowed_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> result;
  if (::sched_getaffinity(0, sizeof(set), &set) == 0)
    for (int core = 0; core < CPU_SETSIZE; ++core)
      if (CPU_ISSET(core, &set))
        result.push_back(core);
  return result;
}

bool bind_to_core(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  return ::sched_setaffinity(0, sizeof(set), &set) == 0;
}

machine describe_machine() {
  machine result;
  result.processor = processor_name();
  result.cores = allowed_cores().size();
  if (::getloadavg(&result.load, 1) != 1)
    result.load = -1;
  return result;
}

} // namespace grapevine::bench
