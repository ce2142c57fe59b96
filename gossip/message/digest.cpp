#include "gossip/message/digest.hpp"

#include <openssl/evp.h>

#include <memory>
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

/// Of the thread, and used again: to make one costs as much as to hash 512
/// bytes.
EVP_MD_CTX* context() {
  thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>
      one{EVP_MD_CTX_new(), EVP_MD_CTX_free};
  return one.get();
}

} // namespace

sha256_digest digest_of(bytes_view data) {
  sha256_digest out{};
  unsigned int size = 0;
  auto* ctx = context();
  if (ctx == nullptr || EVP_DigestInit_ex2(ctx, sha256(), nullptr) != 1
      || EVP_DigestUpdate(ctx, data.data(), data.size()) != 1
      || EVP_DigestFinal_ex(ctx, reinterpret_cast<unsigned char*>(out.data()),
                            &size)
             != 1)
    throw std::runtime_error("SHA-256 failed");
  return out;
}

std::string digest(bytes_view data) {
  const auto result = digest_of(data);
  return {result.begin(), result.end()};
}

} // namespace grapevine::gossip
