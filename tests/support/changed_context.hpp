#pragma once

#include "tests/support/virtual_system.hpp"

#include <memory>
#include <utility>

namespace grapevine::test {

/// What a node's actors share, as `virtual_system::context` makes it, after
/// `change(node_context&)`.
template <class Change>
context_ptr changed_context(const Change& change) {
  auto ctx = *virtual_system::context(1);
  change(ctx);
  return std::make_shared<const node_context>(std::move(ctx));
}

} // namespace grapevine::test
