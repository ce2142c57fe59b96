#include "libp2p/identity/key_protobuf.hpp"

#include "proto/varint.hpp"

#include <optional>

namespace grapevine::libp2p::detail {

namespace {

constexpr std::uint64_t type_field = 1;
constexpr std::uint64_t data_field = 2;

enum class wire : std::uint64_t {
  varint = 0,
  fixed64 = 1,
  delimited = 2,
  fixed32 = 5,
};

/// Takes protobuf elements off the front of a buffer.
class field_reader {
public:
  explicit field_reader(bytes_view in) : rest_{in} {}

  bool done() const { return rest_.empty(); }

  /// A protobuf varint: up to ten bytes, and unlike multiformats' not
  /// necessarily the shortest form.
  std::optional<std::uint64_t> varint() {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < rest_.size() && i < 10; ++i) {
      value |= static_cast<std::uint64_t>(rest_[i] & 0x7fu) << (7 * i);
      if ((rest_[i] & 0x80u) == 0) {
        rest_ = rest_.subspan(i + 1);
        return value;
      }
    }
    return std::nullopt;
  }

  std::optional<bytes_view> take(std::uint64_t size) {
    if (size > rest_.size())
      return std::nullopt;
    const auto taken = rest_.first(static_cast<std::size_t>(size));
    rest_ = rest_.subspan(taken.size());
    return taken;
  }

  std::optional<bytes_view> delimited() {
    const auto size = varint();
    return size ? take(*size) : std::nullopt;
  }

  /// Passes over the value of a field that is not known.
  bool skip(wire kind) {
    switch (kind) {
    case wire::varint:
      return varint().has_value();
    case wire::fixed64:
      return take(8).has_value();
    case wire::delimited:
      return delimited().has_value();
    case wire::fixed32:
      return take(4).has_value();
    }
    return false;
  }

private:
  bytes_view rest_;
};

struct raw_fields {
  std::optional<std::uint64_t> type;
  std::optional<bytes_view> data;
};

/// Reads one field; false when it is malformed.
bool read_field(field_reader& in, raw_fields& out) {
  const auto tag = in.varint();
  if (!tag || *tag >> 3 == 0)
    return false;
  const auto number = *tag >> 3;
  const auto kind = static_cast<wire>(*tag & 7u);
  if (number == type_field && kind == wire::varint)
    return (out.type = in.varint()).has_value();
  if (number == data_field && kind == wire::delimited)
    return (out.data = in.delimited()).has_value();
  return in.skip(kind);
}

} // namespace

expected<key_fields, key_error> parse_key_fields(bytes_view encoded) {
  raw_fields found;
  for (field_reader in{encoded}; !in.done();) {
    if (!read_field(in, found))
      return unexpected{key_error::malformed};
  }
  if (!found.type || !found.data)
    return unexpected{key_error::malformed};
  if (*found.type > static_cast<std::uint64_t>(key_type::ecdsa))
    return unexpected{key_error::unknown_type};
  return key_fields{static_cast<key_type>(*found.type), *found.data};
}

void append_key_fields(bytes& out, key_type type, bytes_view data) {
  out.reserve(out.size() + 3 + max_varint_size + data.size());
  out.push_back(0x08);
  append_varint(out, static_cast<std::uint64_t>(type));
  out.push_back(0x12);
  append_varint(out, data.size());
  append(out, data);
}

} // namespace grapevine::libp2p::detail
