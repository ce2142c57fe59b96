#pragma once

#include <tl/expected.hpp>

namespace grapevine {

/// A value, or why there is none. `E` is one of the documented error enums, or
/// a struct with such a code and a text for people.
template <class T, class E>
using expected = tl::expected<T, E>;

using tl::unexpected;

} // namespace grapevine
