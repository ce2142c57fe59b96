#include "actors/trace/trace_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace grapevine {

namespace {

std::string error_text() {
  return std::generic_category().message(errno);
}

} // namespace

expected<trace_file, std::string> trace_file::open(const std::string& path) {
  unique_fd fd{
      ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644)};
  if (!fd)
    return unexpected{"cannot open " + path + ": " + error_text()};
  return trace_file{path, std::move(fd)};
}

expected<void, std::string> trace_file::append(std::string_view events) {
  std::size_t done = 0;
  while (done < events.size()) {
    const auto n =
        ::write(fd_.get(), events.data() + done, events.size() - done);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      auto why = "cannot write to " + path_ + ": " + error_text();
      take_back(done);
      return unexpected{std::move(why)};
    }
    done += static_cast<std::size_t>(n);
  }
  return {};
}

void trace_file::take_back(std::size_t size) {
  struct stat info {};
  if (size == 0 || ::fstat(fd_.get(), &info) != 0 || !S_ISREG(info.st_mode))
    return;
  // Of what fails here, the reader of the trace sees half an event.
  if (::ftruncate(fd_.get(), info.st_size - static_cast<off_t>(size)) != 0)
    return;
}

} // namespace grapevine
