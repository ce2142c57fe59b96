#pragma once

namespace grapevine::app {

/// Opens those of the descriptors 0, 1 and 2 that are closed as /dev/null:
/// otherwise the next socket or file would get their numbers, and what is meant
/// for people would go there.
void open_standard_streams();

} // namespace grapevine::app
