#pragma once

#include "libp2p/secure/noise_cipher.hpp"
#include "libp2p/secure/secure_channel.hpp"

namespace grapevine::libp2p {

/// A connection after its Noise handshake: records of a two-byte length, each
/// direction under its own key.
class noise_channel final : public secure_channel {
public:
  noise_channel(noise_cipher send, noise_cipher receive);

  std::size_t max_plaintext() const noexcept override {
    return noise_cipher::max_plaintext;
  }
  expected<void, secure_error> encrypt(std::span<const bytes_view> parts,
                                       bytes& out) override;
  expected<std::optional<bytes_view>, secure_error>
  next(bytes_view& chunk, std::span<std::uint8_t> writable) override;
  void finish(bytes& /*out*/) override {} // Noise has no word for it
  void shrink() override;

private:
  expected<bytes_view, noise_error> decrypt(bytes_view record,
                                            std::span<std::uint8_t> writable);

  noise_cipher send_;
  noise_cipher receive_;
  noise_record_reader reader_;
  /// Plaintext of the record at hand, unless decrypted in its place.
  bytes scratch_;
  /// The largest record since memory was last given back.
  std::size_t largest_ = 0;
};

} // namespace grapevine::libp2p
