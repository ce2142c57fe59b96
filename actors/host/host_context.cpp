#include "actors/host/host_context.hpp"

#include <sodium.h>

#include <chrono>
#include <fmt/format.h>

namespace grapevine {

std::array<std::uint8_t, 32> random_seed() {
  std::array<std::uint8_t, 32> seed;
  ::randombytes_buf(seed.data(), seed.size());
  return seed;
}

std::uint64_t random_number() {
  std::uint64_t number = 0;
  ::randombytes_buf(&number, sizeof(number));
  return number;
}

std::uint64_t wall_clock_ns() {
  using namespace std::chrono;
  return static_cast<std::uint64_t>(
      duration_cast<nanoseconds>(system_clock::now().time_since_epoch())
          .count());
}

std::chrono::system_clock::time_point wall_time() {
  return std::chrono::system_clock::now();
}

std::string escaped(std::string_view text) {
  constexpr std::size_t longest = 64;
  std::string out;
  for (const char c : text.substr(0, longest)) {
    if (c < 0x20 || c > 0x7e || c == '"' || c == '\\')
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    else
      out += c;
  }
  if (text.size() > longest)
    out += "...";
  return out;
}

} // namespace grapevine
