#pragma once

#include "messages/type_ids.hpp"

#include <functional>

namespace grapevine {

/// Something that the client's actor is to do.
struct client_call {
  std::function<void(caf::event_based_actor*)> run;
};

} // namespace grapevine

// Behind those of the node, which has fewer than so many.
CAF_BEGIN_TYPE_ID_BLOCK(grapevine_client, GRAPEVINE_FIRST_TYPE_ID + 900)
CAF_ADD_TYPE_ID(grapevine_client, (grapevine::client_call))
CAF_END_TYPE_ID_BLOCK(grapevine_client)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(grapevine::client_call)
