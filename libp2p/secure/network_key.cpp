#include "libp2p/secure/network_key.hpp"

#include <openssl/evp.h>
#include <sodium/crypto_stream_salsa20.h>
#include <sodium/utils.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <utility>

namespace grapevine::libp2p {

namespace {

constexpr std::string_view header = "/key/swarm/psk/1.0.0/";
constexpr std::string_view base16 = "/base16/";
constexpr std::string_view base64 = "/base64/";
constexpr std::string_view binary = "/bin/";

// Takes a line from the front of `text`.
std::string_view take_line(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  auto line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r'))
    line.remove_suffix(1);
  return line;
}

// Both take exactly the key's digits, and no time that says what these are.
bool decode_base16(std::string_view digits, std::span<std::uint8_t> key) {
  std::size_t size = 0;
  return ::sodium_hex2bin(key.data(), key.size(), digits.data(), digits.size(),
                          nullptr, &size, nullptr)
             == 0
         && size == key.size() && digits.size() == 2 * key.size();
}

bool decode_base64(std::string_view digits, std::span<std::uint8_t> key) {
  std::size_t size = 0;
  return ::sodium_base642bin(key.data(), key.size(), digits.data(),
                             digits.size(), nullptr, &size, nullptr,
                             sodium_base64_VARIANT_ORIGINAL)
             == 0
         && size == key.size();
}

bool decode_binary(std::string_view rest, std::span<std::uint8_t> key) {
  if (rest.size() < key.size())
    return false;
  std::copy_n(rest.begin(), key.size(), key.begin());
  rest.remove_prefix(key.size());
  return rest.empty() || rest == "\n" || rest == "\r\n";
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

struct evp_deleter {
  void operator()(EVP_MD_CTX* ctx) const noexcept { ::EVP_MD_CTX_free(ctx); }
};

} // namespace

std::string to_string(network_key_error code) {
  switch (code) {
  case network_key_error::no_header:
    return "it does not begin with " + std::string{header};
  case network_key_error::unknown_encoding:
    return "its second line is none of /base16/, /base64/ and /bin/";
  case network_key_error::bad_key:
    return "behind its second line are no 32 bytes in that encoding, or more";
  }
  return "unknown error";
}

expected<network_key, network_key_error>
network_key::from_text(bytes_view text) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): letters
  std::string_view rest{reinterpret_cast<const char*>(text.data()),
                        text.size()};
  if (take_line(rest) != header)
    return unexpected{network_key_error::no_header};
  const auto encoding = take_line(rest);
  secret32 key;
  if (encoding == binary) {
    if (!decode_binary(rest, key.data()))
      return unexpected{network_key_error::bad_key};
    return network_key{key.view()};
  }
  if (encoding != base16 && encoding != base64)
    return unexpected{network_key_error::unknown_encoding};
  const auto digits = take_line(rest);
  const auto decode = encoding == base16 ? decode_base16 : decode_base64;
  if (!decode(digits, key.data()) || !is_blank(rest))
    return unexpected{network_key_error::bad_key};
  return network_key{key.view()};
}

secret_bytes network_key::to_text() const {
  std::array<char, 2 * size + 1> digits{};
  ::sodium_bin2hex(digits.data(), digits.size(), view().data(), size);
  bytes text;
  text.reserve(header.size() + base16.size() + digits.size() + 2);
  const auto add_line = [&text](std::string_view line) {
    text.insert(text.end(), line.begin(), line.end());
    text.push_back('\n');
  };
  add_line(header);
  add_line(base16);
  add_line({digits.data(), 2 * size});
  ::sodium_memzero(digits.data(), digits.size());
  return secret_bytes{std::move(text)};
}

std::string network_key::fingerprint() const {
  constexpr std::array<std::uint8_t, crypto_stream_salsa20_NONCEBYTES> nonce{
      'f', 'i', 'n', 'p', 'r', 'i', 'n', 't'};
  std::array<std::uint8_t, 64> stream{};
  ::crypto_stream_salsa20(stream.data(), stream.size(), nonce.data(),
                          view().data());
  std::array<std::uint8_t, 16> hash{};
  const std::unique_ptr<EVP_MD_CTX, evp_deleter> ctx{::EVP_MD_CTX_new()};
  const bool done =
      ctx && ::EVP_DigestInit_ex(ctx.get(), ::EVP_shake128(), nullptr) == 1
      && ::EVP_DigestUpdate(ctx.get(), stream.data(), stream.size()) == 1
      && ::EVP_DigestFinalXOF(ctx.get(), hash.data(), hash.size()) == 1;
  ::sodium_memzero(stream.data(), stream.size());
  if (!done)
    return "unknown";
  std::array<char, 2 * hash.size() + 1> digits{};
  ::sodium_bin2hex(digits.data(), digits.size(), hash.data(), hash.size());
  return digits.data();
}

} // namespace grapevine::libp2p
