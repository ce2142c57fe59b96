#include "libp2p/identity/peer_id.hpp"

#include "libp2p/base/base58.hpp"
#include "libp2p/base/multibase.hpp"
#include "libp2p/identity/key_protobuf.hpp"
#include "libp2p/identity/keys.hpp"
#include "proto/varint.hpp"

#include <sodium/crypto_hash_sha256.h>

#include <algorithm>

namespace grapevine::libp2p {

namespace {

// Multihash codes (multiformats/multicodec).
constexpr std::uint8_t identity_code = 0x00;
constexpr std::uint8_t sha256_code = 0x12;
constexpr std::size_t sha256_size = crypto_hash_sha256_BYTES;
// Keys up to this size are inlined (libp2p/specs, peer-ids/, Peer Ids).
constexpr std::size_t max_inlined = 42;
constexpr std::size_t hash_header_size = 2;

constexpr std::uint64_t cid_version = 1;
constexpr std::uint64_t libp2p_key_codec = 0x72;

// Longer than any peer id in the bases that are known: base16 takes 93.
constexpr std::size_t max_text = 128;
constexpr std::size_t short_length = 8;

/// Codes and lengths are varints; those that are allowed take one byte each.
bool is_peer_multihash(bytes_view hash) {
  if (hash.size() <= hash_header_size
      || hash[1] != hash.size() - hash_header_size)
    return false;
  const std::size_t digest = hash[1];
  return (hash[0] == identity_code && digest <= max_inlined)
         || (hash[0] == sha256_code && digest == sha256_size);
}

/// Takes a varint off the front of `rest`.
std::optional<std::uint64_t> take_varint(bytes_view& rest) {
  const auto read = read_varint(rest);
  if (read.size == 0)
    return std::nullopt;
  rest = rest.subspan(read.size);
  return read.value;
}

/// The multihash within a CIDv1.
expected<bytes_view, peer_id_error> multihash_of_cid(bytes_view cid) {
  const auto version = take_varint(cid);
  if (version != cid_version)
    return unexpected{peer_id_error::bad_encoding};
  const auto codec = take_varint(cid);
  if (!codec)
    return unexpected{peer_id_error::bad_encoding};
  if (*codec != libp2p_key_codec)
    return unexpected{peer_id_error::wrong_codec};
  return cid;
}

} // namespace

std::string to_string(peer_id_error code) {
  switch (code) {
  case peer_id_error::bad_encoding:
    return "neither base58btc nor a CIDv1";
  case peer_id_error::wrong_codec:
    return "a CID of something other than a libp2p key";
  case peer_id_error::bad_multihash:
    return "not a peer's multihash";
  }
  return "unknown peer id error";
}

peer_id peer_id::of(const public_key& key) {
  peer_id id;
  if (key.type() == key_type::ed25519) {
    const auto& header = detail::ed25519_public_header;
    const auto raw = key.raw();
    id.data_[1] = static_cast<std::uint8_t>(header.size() + raw.size());
    const auto at = std::copy(header.begin(), header.end(),
                              id.data_.begin() + hash_header_size);
    std::copy(raw.begin(), raw.end(), at);
    id.size_ = static_cast<std::uint8_t>(hash_header_size + id.data_[1]);
    return id;
  }
  const auto encoded = key.to_protobuf();
  if (encoded.size() <= max_inlined) {
    id.data_[1] = static_cast<std::uint8_t>(encoded.size());
    std::copy(encoded.begin(), encoded.end(),
              id.data_.begin() + hash_header_size);
  } else {
    id.data_[0] = sha256_code;
    id.data_[1] = sha256_size;
    crypto_hash_sha256(id.data_.data() + hash_header_size, encoded.data(),
                       encoded.size());
  }
  id.size_ = static_cast<std::uint8_t>(hash_header_size + id.data_[1]);
  return id;
}

expected<peer_id, peer_id_error> peer_id::from_bytes(bytes_view multihash) {
  if (!is_peer_multihash(multihash))
    return unexpected{peer_id_error::bad_multihash};
  peer_id id;
  std::copy(multihash.begin(), multihash.end(), id.data_.begin());
  id.size_ = static_cast<std::uint8_t>(multihash.size());
  return id;
}

expected<peer_id, peer_id_error> peer_id::from_text(std::string_view text) {
  if (text.size() > max_text)
    return unexpected{peer_id_error::bad_encoding};
  const bool bare = text.starts_with('1') || text.starts_with("Qm");
  const auto decoded = bare ? decode_base58(text) : decode_multibase(text);
  if (!decoded)
    return unexpected{peer_id_error::bad_encoding};
  if (bare)
    return from_bytes(*decoded);
  return multihash_of_cid(*decoded).and_then(from_bytes);
}

std::string peer_id::to_base58() const {
  return encode_base58(view());
}

std::string peer_id::to_cid() const {
  bytes cid;
  append_varint(cid, cid_version);
  append_varint(cid, libp2p_key_codec);
  append(cid, view());
  return encode_multibase(multibase::base32, cid);
}

std::string peer_id::short_text() const {
  const auto text = to_base58();
  return text.substr(text.size() - std::min(text.size(), short_length));
}

std::optional<public_key> peer_id::inlined_key() const {
  if (size_ == 0 || data_[0] != identity_code)
    return std::nullopt;
  const auto encoded = view().subspan(hash_header_size);
  auto key = public_key::from_protobuf(encoded);
  // Another encoding of a key than the canonical one is no peer's id.
  if (!key || of(*key) != *this)
    return std::nullopt;
  return std::move(*key);
}

std::string to_string(const peer_id& id) {
  return id.to_base58();
}

} // namespace grapevine::libp2p
