#include "libp2p/address/dns_ttl.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace grapevine::libp2p {

namespace {

constexpr std::size_t header_size = 12;
// Type and class of a question; of a record also its TTL and its size.
constexpr std::size_t question_rest = 4;
constexpr std::size_t record_rest = 10;
// Above this a TTL counts as none (RFC 2181).
constexpr std::uint32_t max_ttl = 0x7fffffff;

// What is left of a message. Empty once something was missing.
class cursor {
public:
  explicit cursor(bytes_view rest) : rest_{rest} {}

  bool failed() const noexcept { return failed_; }

  void skip(std::size_t count) {
    if (failed_ || count > rest_.size())
      return fail();
    rest_ = rest_.subspan(count);
  }

  std::uint32_t number(std::size_t size) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size && i < rest_.size(); ++i)
      value = value << 8 | rest_[i];
    skip(size);
    return value;
  }

  // Labels up to the root or to a pointer, which ends it.
  void skip_name() {
    while (!failed_) {
      const auto size = number(1);
      if ((size & 0xc0) == 0xc0)
        return skip(1);
      if ((size & 0xc0) != 0)
        return fail();
      if (size == 0)
        return;
      skip(size);
    }
  }

private:
  void fail() {
    failed_ = true;
    rest_ = {};
  }

  bytes_view rest_;
  bool failed_ = false;
};

} // namespace

std::optional<std::chrono::seconds> dns_ttl(bytes_view message) {
  if (message.size() < header_size)
    return std::nullopt;
  cursor head{message.subspan(4)};
  const auto questions = head.number(2);
  const auto answers = head.number(2);
  cursor at{message.subspan(header_size)};
  for (std::uint32_t i = 0; i < questions && !at.failed(); ++i) {
    at.skip_name();
    at.skip(question_rest);
  }
  std::optional<std::uint32_t> least;
  for (std::uint32_t i = 0; i < answers && !at.failed(); ++i) {
    at.skip_name();
    at.skip(record_rest - 6);
    auto ttl = at.number(4);
    if (ttl > max_ttl)
      ttl = 0;
    at.skip(at.number(2));
    if (!at.failed())
      least = std::min(ttl, least.value_or(ttl));
  }
  if (!least || at.failed())
    return std::nullopt;
  return std::chrono::seconds{*least};
}

} // namespace grapevine::libp2p
