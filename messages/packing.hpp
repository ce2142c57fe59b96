#pragma once

#include "gossip/message/message.hpp"
#include "gossip/message/message_id.hpp"
#include "libp2p/address/multiaddr.hpp"
#include "libp2p/identity/peer_id.hpp"
#include "proto/bytes.hpp"

#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

// Values as bytes: numbers as varints of seven bits each, doubles as eight
// bytes, whatever varies in length behind its length. Each `put` has its `get`.

namespace grapevine::packing {

/// Of an enum: its greatest value; what is above it is none of it.
template <class Enum>
inline constexpr Enum last_of = {};

/// Of a struct: `fields_of<T>::each(f, x)` calls `f` once with all its fields
/// that leave the process, in order.
template <class T>
struct fields_of;

/// Whether a value that was read is one that there can be, for types that need
/// more than that their fields are.
template <class T>
bool is_sound(const T&) {
  return true;
}

/// Appends values to some bytes.
class sink {
public:
  explicit sink(std::string& out) noexcept : out_{out} {}

  void number(std::uint64_t value) {
    while (value >= 0x80) {
      byte(value | 0x80);
      value >>= 7;
    }
    byte(value);
  }

  void text(std::string_view bytes) {
    number(bytes.size());
    out_.append(bytes);
  }

  template <class T>
  requires std::is_unsigned_v<T> || std::is_enum_v<T>
  void put(T value) { number(static_cast<std::uint64_t>(value)); }
  void put(double value) {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    for (unsigned shift = 0; shift < 64; shift += 8)
      byte(bits >> shift);
  }
  template <class Rep, class Period>
  void put(std::chrono::duration<Rep, Period> value) {
    integer(value.count());
  }
  template <class Clock, class Duration>
  void put(std::chrono::time_point<Clock, Duration> value) {
    integer(value.time_since_epoch().count());
  }

  void put(const std::string& value) { text(value); }
  void put(const bytes& value) { text(as_text(value)); }
  void put(const libp2p::peer_id& value) { text(as_text(value.view())); }
  void put(const libp2p::multiaddr& value) { text(as_text(value.binary())); }
  void put(const gossip::message_id& value) { text(value.raw()); }
  /// As it is on the wire, and the id, so that who reads it needs no function
  /// of the network's. Null is no bytes, as no message is.
  void put(const gossip::message_ptr& value) {
    text(value ? as_text(value->encoded()) : std::string_view{});
    if (value)
      put(value->id());
  }

  template <class T>
  void put(const std::optional<T>& value) {
    put(value.has_value());
    if (value)
      put(*value);
  }
  template <class T>
  void put(const std::vector<T>& values) {
    number(values.size());
    for (const auto& value : values)
      put(value);
  }
  template <class T, std::size_t Size>
  void put(const std::array<T, Size>& values) {
    for (const auto& value : values)
      put(value);
  }
  template <class T>
  requires requires { sizeof(fields_of<T>); }
  void put(const T& value) {
    fields_of<T>::each([&](const auto&... fields) { (put(fields), ...); },
                       value);
  }

private:
  void byte(std::uint64_t value) { out_.push_back(static_cast<char>(value)); }

  // Small ones of either sign are short.
  void integer(std::int64_t value) {
    number((static_cast<std::uint64_t>(value) << 1)
           ^ static_cast<std::uint64_t>(value >> 63));
  }

  std::string& out_;
};

/// Reads what a stranger has sent: never beyond its end, and once anything was
/// wrong there is nothing more in it.
class source {
public:
  explicit source(std::string_view bytes) noexcept : rest_{bytes} {}

  bool failed() const noexcept { return failed_; }
  /// All of it was read, and nothing was wrong.
  bool finished() const noexcept { return !failed_ && rest_.empty(); }

  void fail() noexcept {
    failed_ = true;
    rest_ = {};
  }

  std::uint64_t number() noexcept {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<std::uint8_t>(rest_.front());
      rest_.remove_prefix(1);
      if (shift == 63 && byte > 1)
        break;
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80)
        return value;
    }
    fail();
    return 0;
  }

  std::string_view take(std::uint64_t size) noexcept {
    if (size > rest_.size()) {
      fail();
      return {};
    }
    const auto taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  std::string_view text() noexcept { return take(number()); }

  template <class T>
  requires std::is_unsigned_v<T>
  void get(T& value) noexcept {
    const auto read = number();
    value = static_cast<T>(read);
    if (static_cast<std::uint64_t>(value) != read)
      fail();
  }
  template <class T>
  requires std::is_enum_v<T>
  void get(T& value) noexcept {
    static_assert(last_of<T> != T{}, "last_of names the greatest value");
    const auto read = number();
    if (read > static_cast<std::uint64_t>(last_of<T>))
      return fail();
    value = static_cast<T>(read);
  }
  void get(double& value) noexcept {
    std::uint64_t bits = 0;
    unsigned shift = 0;
    for (const char byte : take(sizeof(value))) {
      bits |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(byte))
              << shift;
      shift += 8;
    }
    value = std::bit_cast<double>(bits);
  }
  template <class Rep, class Period>
  void get(std::chrono::duration<Rep, Period>& value) noexcept {
    value = std::chrono::duration<Rep, Period>{integer()};
  }
  template <class Clock, class Duration>
  void get(std::chrono::time_point<Clock, Duration>& value) noexcept {
    value = std::chrono::time_point<Clock, Duration>{Duration{integer()}};
  }

  void get(std::string& value) { value = text(); }
  void get(bytes& value) { value = to_bytes(as_bytes(text())); }
  void get(libp2p::peer_id& value) {
    value = {};
    if (const auto read = text(); !read.empty())
      keep(libp2p::peer_id::from_bytes(as_bytes(read)), value);
  }
  void get(libp2p::multiaddr& value) {
    value = {};
    if (const auto read = text(); !read.empty())
      keep(libp2p::multiaddr::from_bytes(as_bytes(read)), value);
  }
  void get(gossip::message_id& value) {
    const auto read = text();
    if (read.size() > proto::rpc_limits{}.id_size)
      return fail();
    value = gossip::message_id{read};
  }
  void get(gossip::message_ptr& value) {
    value = nullptr;
    const auto read = text();
    if (read.empty())
      return;
    gossip::message_id id;
    get(id);
    const auto fields = proto::decode_message(as_bytes(read));
    if (failed() || !fields)
      return fail();
    value = gossip::message::copy_of(*fields, std::move(id));
  }

  template <class T>
  void get(std::optional<T>& value) {
    value.reset();
    bool there = false;
    get(there);
    if (there)
      get(value.emplace());
  }
  template <class T>
  void get(std::vector<T>& values) {
    values.clear();
    auto more = number();
    // Each is a byte at least.
    if (more > rest_.size())
      return fail();
    for (; more > 0 && !failed(); --more)
      get(values.emplace_back());
  }
  template <class T, std::size_t Size>
  void get(std::array<T, Size>& values) {
    for (auto& value : values)
      get(value);
  }
  template <class T>
  requires requires { sizeof(fields_of<T>); }
  void get(T& value) {
    fields_of<T>::each([&](auto&... fields) { (get(fields), ...); }, value);
    if (!failed() && !is_sound(value))
      fail();
  }

private:
  std::int64_t integer() noexcept {
    const auto read = number();
    return static_cast<std::int64_t>((read >> 1) ^ (~(read & 1) + 1));
  }

  template <class Result, class T>
  void keep(Result&& read, T& value) {
    if (!read)
      return fail();
    value = *std::forward<Result>(read);
  }

  std::string_view rest_;
  bool failed_ = false;
};

/// Each byte string begins with it, so that other versions are told apart.
inline constexpr char format = 1;

} // namespace grapevine::packing

namespace grapevine {

// Instantiated where the fields of a type are known.
template <class T>
void pack(const T& value, std::string& out) {
  out.push_back(packing::format);
  packing::sink{out}.put(value);
}

template <class T>
bool unpack(std::string_view packed, T& value) {
  if (!packed.starts_with(packing::format))
    return false;
  packing::source in{packed.substr(1)};
  in.get(value);
  return in.finished();
}

} // namespace grapevine
