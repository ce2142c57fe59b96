#include "messages/events.hpp"

namespace application {

int events() {
  return 1;
}

} // namespace application
