#include "app/commands/file_limit.hpp"

#include <sys/resource.h>

namespace grapevine::app {

void raise_file_limit() noexcept {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0
      || limit.rlim_cur == limit.rlim_max)
    return;
  limit.rlim_cur = limit.rlim_max;
  // If it may not, the node makes do with what it has, and says so.
  (void)::setrlimit(RLIMIT_NOFILE, &limit);
}

} // namespace grapevine::app
