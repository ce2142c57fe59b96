// First in the precompiled headers of what uses CAF. With the standard
// library's assertions on (_GLIBCXX_ASSERTIONS), all are checked but those of
// its smart pointers: CAF 0.17's headers dereference an empty shared_ptr to
// bind a reference that they never use.
#pragma once

#ifdef _GLIBCXX_ASSERTIONS
#include <array>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#pragma push_macro("__glibcxx_assert")
#undef __glibcxx_assert
#define __glibcxx_assert(condition)
#include <memory>
#pragma pop_macro("__glibcxx_assert")
#endif
