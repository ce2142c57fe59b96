#include "actors/node/node_state.hpp"

// Whom the node knows after a restart.

namespace grapevine {

void node_state::write_down_peers() {}

} // namespace grapevine
