#include "libp2p/secure/tls_channel.hpp"

#include "libp2p/secure/record_memory.hpp"

#include <algorithm>
#include <utility>

namespace grapevine::libp2p {

namespace {

// RFC 8446, 4.
constexpr std::uint8_t new_session_ticket = 4;
constexpr std::uint8_t key_update = 24;
// RFC 8446, 6.
constexpr std::uint8_t warning_level = 1;
constexpr std::uint8_t close_notify = 0;
constexpr std::uint8_t user_canceled = 90;

/// Most bytes of a session ticket, which nobody here keeps. Those of OpenSSL
/// carry this node's certificate, thus some KiB.
constexpr std::size_t max_ticket = 16'384;

} // namespace

tls_channel::tls_channel(tls_cipher send, tls_cipher receive,
                         std::uint64_t key_records)
    : send_{std::move(send)}, receive_{std::move(receive)}, key_records_{
                                                                key_records} {}

// -- out ----------------------------------------------------------------------

expected<void, secure_error>
tls_channel::encrypt(std::span<const bytes_view> parts, bytes& out) {
  const auto start = out.size();
  const bool new_key = key_update_due_ || send_.records() >= key_records_;
  if ((new_key && !send_key_update(out))
      || !send_.seal(tls_content::application_data, parts, out)) {
    out.resize(start);
    return unexpected{secure_error::cannot_encrypt};
  }
  return {};
}

bool tls_channel::send_key_update(bytes& out) {
  constexpr std::array<std::uint8_t, 5> message{key_update, 0, 0, 1, 0};
  const bytes_view part{message};
  if (!send_.seal(tls_content::handshake, {&part, 1}, out))
    return false;
  send_.update();
  key_update_due_ = false;
  return true;
}

void tls_channel::finish(bytes& out) {
  if (std::exchange(finished_, true))
    return;
  constexpr std::array<std::uint8_t, 2> alert{warning_level, close_notify};
  const bytes_view part{alert};
  // Whoever does not get it sees the end all the same.
  static_cast<void>(send_.seal(tls_content::alert, {&part, 1}, out));
}

// -- in -----------------------------------------------------------------------

expected<std::optional<bytes_view>, secure_error>
tls_channel::next(bytes_view& chunk, std::span<std::uint8_t> writable) {
  const auto fail = [this](secure_error why) {
    over_ = why;
    return unexpected{why};
  };
  while (!over_) {
    const auto record = reader_.next(chunk);
    if (!record)
      return fail(secure_error::bad_record);
    if (!record->has_value())
      return std::optional<bytes_view>{};
    largest_ = std::max(largest_, (*record)->size());
    ++records_;
    const auto opened = open(**record, writable);
    if (!opened)
      return fail(secure_error::bad_record);
    if (opened->type == tls_content::application_data
        && !opened->content.empty() && message_fill_ == 0) {
      useless_ = 0;
      heard_ = true;
      return std::optional{opened->content};
    }
    if (++useless_ > max_useless_records)
      return fail(secure_error::bad_record);
    if (const auto handled = on_control(*opened); !handled)
      return fail(handled.error());
  }
  return unexpected{*over_};
}

std::optional<tls_plaintext>
tls_channel::open(bytes_view record, std::span<std::uint8_t> writable) {
  const auto place = place_in(writable, record);
  if (!place.empty())
    return receive_.open(record, place.data() + tls_cipher::header_size);
  if (scratch_.size() < record.size())
    scratch_.resize(record.size());
  return receive_.open(record, scratch_.data());
}

expected<void, secure_error>
tls_channel::on_control(const tls_plaintext& what) {
  if (what.type == tls_content::handshake)
    return on_handshake(what.content);
  // The pieces of a message follow each other (RFC 8446, 5.1).
  if (message_fill_ > 0)
    return unexpected{secure_error::bad_record};
  if (what.type == tls_content::alert)
    return on_alert(what.content);
  if (what.type == tls_content::application_data)
    return {};
  return unexpected{secure_error::bad_record};
}

expected<void, secure_error> tls_channel::on_alert(bytes_view content) {
  if (content.size() != 2)
    return unexpected{secure_error::bad_record};
  if (content[1] == user_canceled)
    return {}; // the end follows
  // A dialer is done before the listener has seen its certificate, and hears so
  // whether that was accepted.
  const bool refused = content[1] != close_notify && !heard_;
  return unexpected{refused ? secure_error::bad_handshake
                            : secure_error::ended};
}

expected<void, secure_error> tls_channel::on_handshake(bytes_view content) {
  if (content.empty())
    return unexpected{secure_error::bad_record};
  while (!content.empty()) {
    if (!take_header(content))
      break;
    if (message_[0] == key_update)
      return on_key_update(content);
    if (message_[0] != new_session_ticket || body_left_ > max_ticket)
      return unexpected{secure_error::bad_record};
    const auto skipped = std::min(body_left_, content.size());
    content = content.subspan(skipped);
    body_left_ -= skipped;
    if (body_left_ == 0)
      message_fill_ = 0;
  }
  return {};
}

// Messages may come in pieces, and several in one record.
bool tls_channel::take_header(bytes_view& content) {
  if (message_fill_ == message_.size())
    return true;
  const auto taken = std::min(message_.size() - message_fill_, content.size());
  std::copy_n(content.begin(), taken, message_.begin() + message_fill_);
  message_fill_ += taken;
  content = content.subspan(taken);
  body_left_ = std::size_t{message_[1]} << 16 | std::size_t{message_[2]} << 8
               | message_[3];
  return message_fill_ == message_.size();
}

expected<void, secure_error> tls_channel::on_key_update(bytes_view body) {
  // What follows it is under another key, so nothing may.
  if (body_left_ != 1 || body.size() > 1)
    return unexpected{secure_error::bad_record};
  if (body.empty())
    return {};
  if (body[0] > 1
      || ++key_updates_ > max_key_updates + records_ / records_per_update)
    return unexpected{secure_error::bad_record};
  message_fill_ = 0;
  receive_.update();
  // However often it asks, one answer before the next data is enough.
  key_update_due_ = key_update_due_ || body[0] == 1;
  return {};
}

void tls_channel::shrink() {
  if (reader_.buffered() > 0 || largest_ <= kept_frame_memory)
    return;
  scratch_ = bytes{};
  reader_.shrink();
  largest_ = 0;
}

} // namespace grapevine::libp2p
