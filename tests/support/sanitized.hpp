#pragma once

// g++ and clang++ say it in different ways.
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define GRAPEVINE_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define GRAPEVINE_SANITIZED 1
#endif
#endif

namespace grapevine::test {

/// Whether this build looks for faults at the price of being many times slower:
/// what a node carries without loss is then less.
#ifdef GRAPEVINE_SANITIZED
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif

} // namespace grapevine::test
