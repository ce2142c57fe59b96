#pragma once

namespace grapevine::app {

/// Tells CAF of the types that the program's own messages are made of, and of
/// those of a node: first in `main`.
void init_global_meta_objects();

} // namespace grapevine::app
