#pragma once

#include "proto/bytes.hpp"
#include "proto/rpc.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace grapevine::gossip {

/// Names a message: equal ids are one message. Bytes, never text; hashed once.
class message_id {
public:
  message_id() = default;
  explicit message_id(std::string raw)
      : raw_{std::move(raw)}, hash_{std::hash<std::string>{}(raw_)} {}

  /// The id's bytes.
  const std::string& raw() const noexcept { return raw_; }
  std::size_t hash() const noexcept { return hash_; }

  friend bool operator==(const message_id& a, const message_id& b) noexcept {
    return a.hash_ == b.hash_ && a.raw_ == b.raw_;
  }

private:
  std::string raw_;
  std::size_t hash_ = 0;
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
    return std::hash<std::string_view>{}(raw);
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
