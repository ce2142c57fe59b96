#include "app/console/standard_streams.hpp"

#include <fcntl.h>
#include <initializer_list>
#include <unistd.h>

namespace grapevine::app {

void open_standard_streams() {
  for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    // The lowest free number is given: it is this one.
    if (::fcntl(number, F_GETFD) < 0)
      static_cast<void>(::open("/dev/null", O_RDWR));
}

} // namespace grapevine::app
