#pragma once

namespace grapevine {

/// Tells CAF of all types that a node's messages are made of: to be called
/// first in `main`, before there is an actor system. CAF 1.x needs it; CAF 0.17
/// does without, and nothing happens. Of no effect when called again.
///
/// `CAF_MAIN` does not: an application that uses it calls this before.
void init_global_meta_objects();

/// Throws a `std::logic_error` that says what to do if that was forgotten:
/// `spawn_node` and `tune_scheduler` call it.
void require_global_meta_objects();

} // namespace grapevine
