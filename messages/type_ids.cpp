#include "messages/type_ids.hpp"

#include "messages/api.hpp"
#include "messages/counts.hpp"
#include "messages/events.hpp"
#include "messages/heartbeat.hpp"
#include "messages/host_counts.hpp"
#include "messages/links.hpp"
#include "messages/mesh_manager.hpp"
#include "messages/message_cache.hpp"
#include "messages/node.hpp"
#include "messages/peer.hpp"
#include "messages/peer_store.hpp"
#include "messages/reactor.hpp"
#include "messages/tracer.hpp"
#include "messages/transport.hpp"
#include "messages/validator.hpp"

#include <stdexcept>

namespace grapevine {

void init_global_meta_objects() {
  init_message_types<caf::id_block::grapevine>();
}

void require_global_meta_objects() {
  if (!knows_message_types<caf::id_block::grapevine>())
    throw std::logic_error{
        "CAF does not know the messages of a Grapevine node: call "
        "grapevine::init_global_meta_objects() first in main, before there is "
        "a caf::actor_system"};
}

} // namespace grapevine
