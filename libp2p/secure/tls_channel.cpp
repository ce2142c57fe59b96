#include "libp2p/secure/tls_channel.hpp"

#include <algorithm>
#include <utility>

namespace grapevine::libp2p {

namespace {

void note(int sent, int /*version*/, int type, const void* data,
          std::size_t size, SSL* /*ssl*/, void* channel) {
  if (sent != 0)
    return;
  auto& self = *static_cast<tls_channel*>(channel);
  if (type == SSL3_RT_HEADER)
    self.note_record();
  else if (type == SSL3_RT_HANDSHAKE && size > 0)
    self.note_message(*static_cast<const std::uint8_t*>(data));
}

/// The parts in a row, if they are not more than a record takes; of several the
/// view is valid until the next call on this thread.
std::optional<bytes_view> joined(std::span<const bytes_view> parts,
                                 std::size_t most) {
  std::size_t size = 0;
  for (const auto part : parts)
    size += part.size();
  if (size > most)
    return std::nullopt;
  if (parts.size() == 1)
    return parts.front();
  thread_local bytes all(most);
  auto* end = all.data();
  for (const auto part : parts)
    end = std::copy(part.begin(), part.end(), end);
  return bytes_view{all}.first(size);
}

} // namespace

tls_channel::tls_channel(std::unique_ptr<tls_link> link,
                         std::uint64_t key_records)
    : link_{std::move(link)}, key_records_{key_records} {
  link_->allow(tls_link::unlimited);
  SSL_set_msg_callback(link_->ssl(), note);
  SSL_set_msg_callback_arg(link_->ssl(), this);
}

// -- out ----------------------------------------------------------------------

expected<void, secure_error>
tls_channel::encrypt(std::span<const bytes_view> parts, bytes& out) {
  const auto text = joined(parts, max_plaintext());
  const auto start = out.size();
  append(out, answers_);
  if (!text || !renew_key() || !write(*text, out)) {
    out.resize(start);
    return unexpected{secure_error::cannot_encrypt};
  }
  answers_.clear();
  return {};
}

bool tls_channel::renew_key() {
  if (sent_ < key_records_)
    return true;
  sent_ = 0;
  return SSL_key_update(link_->ssl(), SSL_KEY_UPDATE_NOT_REQUESTED) == 1;
}

bool tls_channel::write(bytes_view text, bytes& out) {
  if (text.empty())
    return true; // OpenSSL sends no empty records
  bytes_view nothing;
  ++sent_;
  const auto size = static_cast<int>(text.size());
  return link_->call(nothing, out, [&](SSL* ssl) {
    return SSL_write(ssl, text.data(), size);
  }) == size;
}

void tls_channel::finish(bytes& out) {
  if (std::exchange(finished_, true))
    return;
  append(out, std::exchange(answers_, {}));
  bytes_view nothing;
  // Whoever does not get it sees the end all the same.
  link_->call(nothing, out, SSL_shutdown);
  ERR_clear_error();
}

// -- in -----------------------------------------------------------------------

expected<std::optional<bytes_view>, secure_error>
tls_channel::next(bytes_view& chunk, std::span<std::uint8_t> /*writable*/) {
  if (over_)
    return unexpected{*over_};
  if (chunk.empty() && SSL_pending(link_->ssl()) == 0)
    return std::optional<bytes_view>{};
  const auto there = chunk.size();
  // Memory grows with what was received, never with what was announced.
  const auto most = std::min(max_plaintext(), held_ + there);
  if (scratch_.size() < most)
    scratch_.resize(most);
  const auto result = link_->call(chunk, answers_, [&](SSL* ssl) {
    return SSL_read(ssl, scratch_.data(), static_cast<int>(most));
  });
  if (result > 0 && !flooded_) {
    held_ = static_cast<std::size_t>(SSL_pending(link_->ssl()));
    useless_ = 0;
    heard_ = true;
    return std::optional{
        bytes_view{scratch_}.first(static_cast<std::size_t>(result))};
  }
  held_ += there - chunk.size();
  if (!flooded_ && SSL_get_error(link_->ssl(), result) == SSL_ERROR_WANT_READ)
    return std::optional<bytes_view>{};
  over_ = end_of(result);
  ERR_clear_error();
  return unexpected{*over_};
}

secure_error tls_channel::end_of(int result) const {
  if (flooded_)
    return secure_error::bad_record;
  if (SSL_get_error(link_->ssl(), result) == SSL_ERROR_ZERO_RETURN)
    return secure_error::ended;
  // Alerts of the other side have reasons of their own.
  if (ERR_GET_REASON(ERR_peek_error()) < SSL_AD_REASON_OFFSET)
    return secure_error::bad_record;
  // A dialer is done before the listener has seen its certificate, and hears so
  // whether that was accepted.
  return heard_ ? secure_error::ended : secure_error::bad_handshake;
}

void tls_channel::note_message(std::uint8_t type) noexcept {
  const auto keys = max_key_updates + records_ / records_per_update;
  if (++useless_ <= max_useless_messages
      && (type != SSL3_MT_KEY_UPDATE || ++key_updates_ <= keys))
    return;
  // Of what is left of the chunk nothing more is read.
  flooded_ = true;
  link_->allow(0);
}

void tls_channel::shrink() {
  if (scratch_.size() > kept_frame_memory)
    scratch_ = bytes{};
}

} // namespace grapevine::libp2p
