#pragma once

namespace grapevine::app {

/// Gives back what only the start has needed, options and configuration above
/// all: free heap, and the pages of code, which the system maps again (from its
/// cache, without reading a disk) as they are used. That is a sixth of what an
/// idle node has resident.
void release_start_memory();

} // namespace grapevine::app
