#pragma once

namespace grapevine::gossip {

/// Loads the byte at `first`, so that it is in the processor's cache when it is
/// used. For many places in a row, none found by what another one holds: the
/// processor then waits for all of them at once. A load, since processors drop
/// a mere hint (`__builtin_prefetch`) where they would have to walk the page
/// tables, as in any table that is large enough to matter.
inline void touch(const void* first) noexcept {
  static_cast<void>(*static_cast<const volatile unsigned char*>(first));
}

} // namespace grapevine::gossip
