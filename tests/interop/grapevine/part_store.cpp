#include "tests/interop/grapevine/part_store.hpp"

#include "tests/interop/grapevine/payload.hpp"

namespace grapevine::interop {

gossip::numbered_parts& part_store::message(const std::string& topic,
                                            const std::string& group) {
  return messages_.try_emplace({topic, group}, part_count).first->second;
}

void make_parts(gossip::numbered_parts& message, std::uint64_t seed,
                std::size_t size, const std::vector<std::size_t>& parts) {
  for (const auto number : parts)
    message.set(number, make_payload(seed + number, size));
}

std::vector<std::size_t> numbers_of(const gossip::numbered_parts& message) {
  std::vector<std::size_t> numbers;
  for (std::size_t i = 0; i < part_count; ++i)
    if (message.get(i) != nullptr)
      numbers.push_back(i);
  return numbers;
}

bytes joined(const gossip::numbered_parts& message) {
  bytes all;
  for (std::size_t i = 0; i < part_count; ++i)
    if (const auto* part = message.get(i))
      append(all, *part);
  return all;
}

} // namespace grapevine::interop
