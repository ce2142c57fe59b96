#pragma once

#include <catch2/catch.hpp>

namespace grapevine {

/// The error of a `tl::expected`, which must hold one. Its own `error()` does
/// not check: on a success it reads whatever lies there, often the first
/// enumerator.
template <class Expected>
typename Expected::error_type error_of(const Expected& result) {
  REQUIRE_FALSE(result.has_value());
  return result.error();
}

} // namespace grapevine
