#pragma once

#include "messages/type_ids.hpp"

// The types that gateways, their remotes and their own parts send each other
// besides the API's.

namespace grapevine {

// gateway.hpp
struct gateway_hello;
struct gateway_welcome;

// attachment.hpp
struct attachment_state;
struct watch_attachment;

// forwarder.hpp
struct forward_to;
struct forwarding_lost;

// In one file each.
struct look_at_remotes;
struct attach_again;

} // namespace grapevine

/// Far enough behind the node's own.
CAF_BEGIN_TYPE_ID_BLOCK(grapevine_gateway, GRAPEVINE_FIRST_TYPE_ID + 1000)

#define GRAPEVINE_GATEWAY_MESSAGES(each)                                       \
  each(gateway_hello) each(gateway_welcome)

#define GRAPEVINE_GATEWAY_MESSAGE(name)                                        \
  CAF_ADD_TYPE_ID(grapevine_gateway, (grapevine::name))                        \
  template <>                                                                  \
  inline constexpr bool grapevine::is_remote<grapevine::name> = true;

GRAPEVINE_GATEWAY_MESSAGES(GRAPEVINE_GATEWAY_MESSAGE)

#undef GRAPEVINE_GATEWAY_MESSAGE

#define GRAPEVINE_MESSAGE(name)                                                \
  CAF_ADD_TYPE_ID(grapevine_gateway, (grapevine::name))                        \
  CAF_ALLOW_UNSAFE_MESSAGE_TYPE(grapevine::name)

GRAPEVINE_MESSAGE(attachment_state)
GRAPEVINE_MESSAGE(watch_attachment)
GRAPEVINE_MESSAGE(forward_to)
GRAPEVINE_MESSAGE(forwarding_lost)
GRAPEVINE_MESSAGE(look_at_remotes)
GRAPEVINE_MESSAGE(attach_again)

#undef GRAPEVINE_MESSAGE

CAF_END_TYPE_ID_BLOCK(grapevine_gateway)
