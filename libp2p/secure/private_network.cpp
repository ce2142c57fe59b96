#include "libp2p/secure/private_network.hpp"

#include <sodium/crypto_generichash.h>
#include <sodium/crypto_stream_xsalsa20.h>
#include <sodium/utils.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace grapevine::libp2p {

namespace {

// Of Salsa20: bytes of one number of its counter.
constexpr std::size_t block_size = 64;

// With its length in front and a newline behind.
constexpr std::string_view multistream_header = "\x13/multistream/1.0.0\n";

static_assert(private_network::nonce_size == crypto_stream_xsalsa20_NONCEBYTES);
static_assert(network_key::size == crypto_stream_xsalsa20_KEYBYTES);

bool same_bytes(std::span<const std::uint8_t> data, std::string_view text) {
  return std::ranges::equal(data, text, [](std::uint8_t byte, char letter) {
    return byte == static_cast<std::uint8_t>(letter);
  });
}

} // namespace

private_network::private_network(std::shared_ptr<const network_key> key,
                                 std::span<const std::uint8_t, 32> seed)
    : key_{std::move(key)} {
  // The seed is secret, as the handshake above uses it, too: a hash of it may
  // be shown, and is as unlikely to come again.
  constexpr std::string_view purpose = "grapevine private network nonce";
  ::crypto_generichash(
      out_.start.data(), out_.start.size(), seed.data(), seed.size(),
      // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): letters
      reinterpret_cast<const unsigned char*>(purpose.data()), purpose.size());
}

void private_network::start(bytes& out) {
  if (!std::exchange(started_, true))
    out.insert(out.end(), out_.start.begin(), out_.start.end());
}

void private_network::protect(std::span<std::uint8_t> data) noexcept {
  apply(out_, data);
}

std::span<std::uint8_t>
private_network::open(std::span<std::uint8_t> data) noexcept {
  data = take_nonce(data);
  if (stranger_ || data.empty())
    return {};
  apply(in_, data);
  if (header_read_ < multistream_header.size())
    check_header(data);
  return stranger_ ? std::span<std::uint8_t>{} : data;
}

bool private_network::proven() const noexcept {
  return header_read_ == multistream_header.size() && !stranger_;
}

// Whoever is in no private network begins with the header itself:
// it does not wait for an answer that would not come.
std::span<std::uint8_t>
private_network::take_nonce(std::span<std::uint8_t> data) noexcept {
  const auto count = std::min(nonce_size - nonce_read_, data.size());
  if (count == 0)
    return data;
  std::copy_n(data.begin(), count,
              in_.start.begin() + static_cast<std::ptrdiff_t>(nonce_read_));
  nonce_read_ += count;
  if (nonce_read_ >= multistream_header.size()
      && same_bytes(std::span{in_.start}.first(multistream_header.size()),
                    multistream_header))
    stranger_ = true;
  return data.subspan(count);
}

void private_network::check_header(
    std::span<const std::uint8_t> data) noexcept {
  const auto count =
      std::min(multistream_header.size() - header_read_, data.size());
  if (!same_bytes(data.first(count),
                  multistream_header.substr(header_read_, count)))
    stranger_ = true;
  header_read_ += count;
}

// A block that was begun by an earlier call is made again: what is kept of a
// direction is its position alone.
void private_network::apply(direction& to,
                            std::span<std::uint8_t> data) const noexcept {
  const auto begun = static_cast<std::size_t>(to.position % block_size);
  if (begun != 0) {
    const auto count = std::min(block_size - begun, data.size());
    std::array<std::uint8_t, block_size> block{};
    std::copy_n(data.begin(), count,
                block.begin() + static_cast<std::ptrdiff_t>(begun));
    ::crypto_stream_xsalsa20_xor_ic(block.data(), block.data(), begun + count,
                                    to.start.data(), to.position / block_size,
                                    key_->view().data());
    std::copy_n(block.begin() + static_cast<std::ptrdiff_t>(begun), count,
                data.begin());
    ::sodium_memzero(block.data(), block.size());
    to.position += count;
    data = data.subspan(count);
  }
  if (data.empty())
    return;
  ::crypto_stream_xsalsa20_xor_ic(data.data(), data.data(), data.size(),
                                  to.start.data(), to.position / block_size,
                                  key_->view().data());
  to.position += data.size();
}

} // namespace grapevine::libp2p
