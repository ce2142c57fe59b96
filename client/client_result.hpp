#pragma once

#include "messages/api_types.hpp"
#include "proto/expected.hpp"

#include <string>

namespace grapevine {

/// Why a client did not do what it was asked.
struct client_error {
  node_errc code = node_errc::none;
  /// For people: what was wrong.
  std::string text;
};

/// A value, or why there is none. No exception: that a topic has no peers, or
/// that a node was stopped meanwhile, is nothing exceptional; and a value that
/// was not looked at cannot end a thread.
template <class T>
using client_result = expected<T, client_error>;

} // namespace grapevine
