#include "app/metrics/process_numbers.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string_view>
#include <sys/resource.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace grapevine::app {

namespace {

std::string read_file(const std::string& path) {
  std::ifstream file{path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

// The fields of stat from the third on: the second is the program's name, in
// parentheses, and may have anything in it.
std::vector<std::uint64_t> fields_of(const std::string& stat) {
  std::vector<std::uint64_t> result;
  const auto name_end = stat.rfind(')');
  if (name_end == std::string::npos)
    return result;
  std::istringstream rest{stat.substr(name_end + 1)};
  for (std::string field; rest >> field;)
    result.push_back(std::strtoull(field.c_str(), nullptr, 10));
  return result;
}

// When the system was started, in seconds since 1970.
double boot_time(const std::string& root) {
  std::ifstream file{root + "/stat"};
  for (std::string key; file >> key;)
    if (key == "btime") {
      double seconds = 0;
      file >> seconds;
      return seconds;
    }
  return 0;
}

std::uint64_t count_files(const std::string& folder) {
  std::error_code failed;
  std::uint64_t count = 0;
  for (std::filesystem::directory_iterator at{folder, failed}, end;
       !failed && at != end; at.increment(failed))
    ++count;
  // The one that the folder is read by.
  return count > 0 ? count - 1 : 0;
}

} // namespace

process_numbers read_process_numbers(const std::string& root) {
  // Fields of proc(5), counted from the third.
  constexpr std::size_t utime = 11;
  constexpr std::size_t stime = 12;
  constexpr std::size_t threads = 17;
  constexpr std::size_t start = 19;
  constexpr std::size_t virtual_size = 20;
  constexpr std::size_t resident = 21;
  process_numbers result;
  const auto fields = fields_of(read_file(root + "/self/stat"));
  if (fields.size() > resident) {
    const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    result.cpu_seconds =
        static_cast<double>(fields[utime] + fields[stime]) / ticks;
    result.start_seconds =
        boot_time(root) + static_cast<double>(fields[start]) / ticks;
    result.threads = fields[threads];
    result.virtual_bytes = fields[virtual_size];
    result.resident_bytes =
        fields[resident] * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  }
  result.open_files = count_files(root + "/self/fd");
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0)
    result.max_files = limit.rlim_cur;
  return result;
}

} // namespace grapevine::app
