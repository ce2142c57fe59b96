#include <string>

namespace grapevine {

// Declared with a node's settings (actors/node_settings.hpp). It is here as
// whoever has those links this layer, and not always that of the actors.
std::string default_agent_version();

std::string default_agent_version() {
  return "grapevine/" GRAPEVINE_VERSION;
}

} // namespace grapevine
