#pragma once

#include "libp2p/base/keyed_hash.hpp"
#include "proto/bytes.hpp"
#include "proto/rpc.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace grapevine::gossip {

/// Names a message: equal ids are one message. Bytes, never text; hashed once.
/// Ids of the usual lengths lie in it, without memory of their own.
class message_id {
public:
  message_id() = default;
  explicit message_id(std::string_view raw);

  /// The id's bytes.
  std::string_view raw() const noexcept {
    return large_ ? std::string_view{*large_}
                  : std::string_view{small_.data(), size_};
  }
  std::size_t hash() const noexcept { return hash_; }

  /// The hash of the id with these bytes.
  static std::size_t hash_of(std::string_view raw) {
    return libp2p::keyed_hash(raw);
  }

  friend bool operator==(const message_id& a, const message_id& b) noexcept {
    return a.hash_ == b.hash_ && a.raw() == b.raw();
  }

private:
  // An Ed25519 author's id (38 bytes) and a number make 46.
  static constexpr std::size_t small_size = 47;

  std::size_t hash_ = 0;
  std::shared_ptr<const std::string> large_;
  std::array<char, small_size> small_{};
  std::uint8_t size_ = 0;
};

/// Computes a message's id. Must be pure: it is called on any thread.
using message_id_function =
    std::function<std::string(const proto::message_view&)>;

/// The default: `from` followed by `seqno`; SHA-256 of the data for a message
/// without author.
std::string default_message_id(const proto::message_view& msg);

/// Lets maps of ids be searched by an id's bytes as they come off the wire, and
/// have keys that point to ids kept elsewhere, without copies.
struct message_id_hash {
  using is_transparent = void;
  // Not noexcept, though nothing throws: for a hash that is, libstdc++'s maps
  // keep no hash codes, and every search would visit the ids of its neighbours.
  std::size_t operator()(const message_id& id) const { return id.hash(); }
  std::size_t operator()(const message_id* id) const { return id->hash(); }
  std::size_t operator()(std::string_view raw) const {
    return message_id::hash_of(raw);
  }
};

/// Equality to go with `message_id_hash`.
struct message_id_equal {
  using is_transparent = void;
  template <class A, class B>
  bool operator()(const A& a, const B& b) const noexcept {
    return raw(a) == raw(b);
  }

private:
  static std::string_view raw(const message_id& id) noexcept {
    return id.raw();
  }
  static std::string_view raw(const message_id* id) noexcept {
    return id->raw();
  }
  static std::string_view raw(std::string_view id) noexcept { return id; }
};

} // namespace grapevine::gossip

template <>
struct std::hash<grapevine::gossip::message_id> {
  std::size_t
  operator()(const grapevine::gossip::message_id& id) const noexcept {
    return id.hash();
  }
};
