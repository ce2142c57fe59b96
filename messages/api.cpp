#include "messages/api.hpp"

namespace grapevine {

std::string to_string(node_errc code) {
  switch (code) {
  case node_errc::none:
    return "none";
  case node_errc::not_running:
    return "not running";
  case node_errc::bad_address:
    return "bad address";
  case node_errc::dial_failed:
    return "dial failed";
  case node_errc::too_large:
    return "too large";
  case node_errc::unknown_topic:
    return "unknown topic";
  case node_errc::bad_parameters:
    return "bad parameters";
  case node_errc::not_ready:
    return "not ready";
  case node_errc::still_busy:
    return "still busy";
  case node_errc::busy:
    return "busy";
  case node_errc::not_accepted:
    return "not accepted";
  case node_errc::not_permitted:
    return "not permitted";
  case node_errc::in_process_only:
    return "in process only";
  }
  return "unknown";
}

} // namespace grapevine
