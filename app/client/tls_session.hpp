#pragma once

#include "app/client/node_place.hpp"
#include "app/http/tls_context.hpp"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace grapevine::app::client {

/// Files in PEM for TLS with a node.
struct tls_files {
  /// The roots that are trusted; nothing: the system's.
  std::optional<std::filesystem::path> ca{};
  /// What the program shows of itself, if it has something.
  std::optional<std::filesystem::path> certificate{};
  std::optional<std::filesystem::path> key{};
};

/// Reads the files. Without a value, which file is wrong, and how it is mended.
expected<http::tls_context, std::string> load_tls(const tls_files& files);

/// TLS with a node, whose certificate must be trusted and be that of the place
/// where it is: bytes in, bytes out. No socket, no clock.
class tls_session {
public:
  enum class progress {
    done,
    /// More of what the node sends is needed.
    wants_input,
    /// The node has said that it sends no more.
    ended,
    failed,
  };

  struct read_result {
    progress what;
    std::size_t size = 0;
  };

  tls_session(const http::tls_context& context, const node_place& node);
  ~tls_session();
  tls_session(const tls_session&) = delete;
  tls_session& operator=(const tls_session&) = delete;

  /// To be called until it is done. Each call may leave some `output`.
  progress handshake();

  /// Takes what the node has sent.
  void receive(std::string_view wire);

  read_result read(std::span<char> buffer);
  /// A read needs no more of what the node sends.
  bool can_read();

  progress write(std::string_view plain);

  /// What is to be sent to the node.
  std::string_view output() const noexcept;
  void sent(std::size_t count);

  /// Why it failed, as in "the node …".
  const std::string& trouble() const noexcept { return trouble_; }

private:
  struct library;

  progress progress_of(int result);
  std::string reason() const;
  void collect();

  std::unique_ptr<library> library_;
  std::string name_;
  // The first bytes that came: what speaks no TLS is known by them.
  std::string first_;
  std::string output_;
  std::size_t sent_ = 0;
  std::string trouble_;
};

} // namespace grapevine::app::client
