#pragma once

#include "proto/expected.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

struct ssl_ctx_st;

namespace grapevine::app::http {

/// Files in PEM of which the API's TLS is made.
struct tls_files {
  /// The node's certificate, followed by those that lead to a root.
  std::filesystem::path certificate;
  std::filesystem::path key;
  /// Who signs clients' certificates; nothing: they need none.
  std::optional<std::filesystem::path> client_ca{};

  bool operator==(const tls_files&) const = default;
};

/// What all connections share that speak TLS with the same certificates:
/// OpenSSL's, which counts who uses it.
using tls_context = std::shared_ptr<ssl_ctx_st>;

/// Reads the files: TLS 1.2 and 1.3. Without a value, which file is wrong, and
/// how it is mended.
expected<tls_context, std::string> load_tls(const tls_files& files);

/// That the certificate is valid no more, or not yet; nothing: it is.
std::optional<std::string> expiry_problem(const tls_context& context);

} // namespace grapevine::app::http
