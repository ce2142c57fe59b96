#include "tests/bench/process_stats.hpp"

#include <ctime>
#include <filesystem>
#include <fstream>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sched.h>
#include <sstream>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/socket.h>

namespace grapevine::bench {

double process_clock::seconds() {
  namespace fs = std::filesystem;
  std::error_code gone;
  for (const auto& thread : fs::directory_iterator{
           "/proc/" + std::to_string(pid_) + "/task", gone}) {
    // Nothing can be read of a thread that has ended since.
    std::ifstream in{thread.path() / "schedstat"};
    if (double running = 0; in >> running)
      spent_[thread.path().filename()] = running;
  }
  if (gone)
    throw std::runtime_error{"the relay is gone"};
  double sum = 0;
  for (const auto& [thread, running] : spent_)
    sum += running;
  return sum * 1e-9;
}

double thread_cpu() {
  timespec spent{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
  return static_cast<double>(spent.tv_sec)
         + static_cast<double>(spent.tv_nsec) * 1e-9;
}

double ended_children_cpu() {
  rusage used{};
  ::getrusage(RUSAGE_CHILDREN, &used);
  const auto in_seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec)
           + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return in_seconds(used.ru_utime) + in_seconds(used.ru_stime);
}

memory_use memory_of(pid_t pid) {
  std::ifstream in{"/proc/" + std::to_string(pid) + "/smaps_rollup"};
  memory_use result;
  for (std::string line; std::getline(in, line);) {
    std::istringstream fields{line};
    std::string name;
    double kib = 0;
    fields >> name >> kib;
    if (name == "Rss:")
      result.resident = kib * 1024;
    else if (name == "Pss:")
      result.proportional = kib * 1024;
  }
  if (result.resident == 0)
    throw std::runtime_error{"the relay is gone"};
  return result;
}

double loopback_bytes() {
  std::ifstream in{"/proc/net/dev"};
  for (std::string line; std::getline(in, line);) {
    std::istringstream fields{line};
    std::string name;
    double received = 0;
    if (fields >> name >> received && name == "lo:")
      return received;
  }
  throw std::runtime_error{"there is no loopback interface"};
}

std::size_t data_segments(int socket) {
  tcp_info info{};
  socklen_t size = sizeof(info);
  if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
    return 0;
  return info.tcpi_data_segs_in;
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

bool bind_to_cores(const std::vector<int>& cores) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const auto core : cores)
    CPU_SET(core, &set);
  return ::sched_setaffinity(0, sizeof(set), &set) == 0;
}

bool bind_to_core(int core) {
  return bind_to_cores({core});
}

void raise_file_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return;
  limit.rlim_cur = limit.rlim_max;
  // Where it fails, connections do, and say so.
  (void)::setrlimit(RLIMIT_NOFILE, &limit);
}

} // namespace grapevine::bench
