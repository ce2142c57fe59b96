#include "libp2p/secure/noise_channel.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace grapevine::libp2p {

namespace {

/// Whether `part` lies whole in `memory`.
bool lies_in(std::span<const std::uint8_t> memory, bytes_view part) {
  const std::less_equal<const std::uint8_t*> not_after;
  return !memory.empty() && not_after(memory.data(), part.data())
         && not_after(part.data() + part.size(), memory.data() + memory.size());
}

} // namespace

noise_channel::noise_channel(noise_cipher send, noise_cipher receive)
    : send_{std::move(send)}, receive_{std::move(receive)} {}

expected<void, secure_error>
noise_channel::encrypt(std::span<const bytes_view> parts, bytes& out) {
  if (!send_.encrypt(parts, out))
    return unexpected{secure_error::cannot_encrypt};
  return {};
}

expected<std::optional<bytes_view>, secure_error>
noise_channel::next(bytes_view& chunk, std::span<std::uint8_t> writable) {
  const auto record = reader_.next(chunk);
  if (!record)
    return unexpected{secure_error::bad_record};
  if (!record->has_value())
    return std::optional<bytes_view>{};
  largest_ = std::max(largest_, (*record)->size());
  const auto plaintext = decrypt(**record, writable);
  if (!plaintext)
    return unexpected{secure_error::bad_record};
  return std::optional{*plaintext};
}

expected<bytes_view, noise_error>
noise_channel::decrypt(bytes_view record, std::span<std::uint8_t> writable) {
  // A record that came in pieces lies in the reader, not in the caller's data.
  if (!lies_in(writable, record))
    return receive_.decrypt(record, scratch_);
  const auto start = static_cast<std::size_t>(record.data() - writable.data());
  const auto result =
      receive_.decrypt_in_place(writable.subspan(start, record.size()));
  if (!result)
    return unexpected{result.error()};
  return bytes_view{*result};
}

void noise_channel::shrink() {
  if (reader_.buffered() > 0 || largest_ <= kept_frame_memory)
    return;
  scratch_ = bytes{};
  reader_.shrink();
  largest_ = 0;
}

} // namespace grapevine::libp2p
