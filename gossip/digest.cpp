#include "gossip/digest.hpp"

#include <openssl/evp.h>

#include <stdexcept>

namespace grapevine::gossip {

namespace {

/// Fetched once: looking the algorithm up costs more than hashing a message.
const EVP_MD* sha256() {
  static const EVP_MD* const algorithm =
      EVP_MD_fetch(nullptr, "SHA2-256", nullptr);
  if (algorithm == nullptr)
    throw std::runtime_error("OpenSSL offers no SHA-256");
  return algorithm;
}

} // namespace

std::string digest(bytes_view data) {
  std::string out(32, '\0');
  unsigned int size = 0;
  if (EVP_Digest(data.data(), data.size(),
                 reinterpret_cast<unsigned char*>(out.data()), &size, sha256(),
                 nullptr)
      != 1)
    throw std::runtime_error("SHA-256 failed");
  return out;
}

} // namespace grapevine::gossip
