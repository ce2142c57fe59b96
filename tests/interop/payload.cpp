#include "tests/interop/payload.hpp"

#include <openssl/evp.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace grapevine::interop {

namespace {

std::string sha256(std::string_view data) {
  std::array<unsigned char, 32> digest{};
  if (::EVP_Digest(data.data(), data.size(), digest.data(), nullptr,
                   ::EVP_sha256(), nullptr)
      != 1)
    throw std::runtime_error{"SHA-256 failed"};
  return {digest.begin(), digest.end()};
}

void append_big_endian(std::string& out, std::uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8)
    out += static_cast<char>(number >> shift & 0xff);
}

} // namespace

payload payload::of_text(std::string text) {
  auto size = text.size();
  auto digest = sha256_hex(text);
  return {std::move(text), 0, size, std::move(digest)};
}

payload payload::of_random(std::uint64_t seed, std::size_t size) {
  return {{}, seed, size, sha256_hex(make_random(seed, size))};
}

std::string make_random(std::uint64_t seed, std::size_t size) {
  std::string data;
  for (std::uint64_t counter = 0; data.size() < size; ++counter) {
    std::string block;
    append_big_endian(block, seed);
    append_big_endian(block, counter);
    data += sha256(block);
  }
  data.resize(size);
  return data;
}

std::string sha256_hex(std::string_view data) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (char byte : sha256(data)) {
    auto value = static_cast<unsigned char>(byte);
    text += digits[value >> 4];
    text += digits[value & 0x0f];
  }
  return text;
}

} // namespace grapevine::interop
