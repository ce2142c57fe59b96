#pragma once

#include <chrono>
#include <memory>
#include <string>

struct evp_pkey_st;
struct x509_st;

namespace grapevine::test {

/// A certificate with its key, made for a test.
class certificate {
public:
  /// A root, which signs others.
  static certificate root(const std::string& name);

  /// One that this root has signed; it is valid from yesterday on.
  certificate sign(const std::string& name,
                   std::chrono::hours valid = std::chrono::hours{24}) const;

  /// As files have them.
  std::string pem() const;
  std::string key_pem() const;

  x509_st* handle() const noexcept { return certificate_.get(); }
  evp_pkey_st* key() const noexcept { return key_.get(); }

private:
  certificate(const std::string& name, const certificate* issuer,
              std::chrono::hours valid);

  std::shared_ptr<evp_pkey_st> key_;
  std::shared_ptr<x509_st> certificate_;
};

} // namespace grapevine::test
