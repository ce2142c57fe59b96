#pragma once

#include "actors/context.hpp"
#include "messages/validator.hpp"

namespace grapevine {

/// Starts one validator of the pool.
validator_actor spawn_validator(caf::actor_system& sys, context_ptr ctx);

} // namespace grapevine
