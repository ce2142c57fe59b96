// The sending half of yamux: which frames go into the next record.
#include "libp2p/mux/yamux.hpp"

#include <algorithm>
#include <utility>

namespace grapevine::libp2p {

namespace {

/// Most frames of streams in one record: their headers' buffer never grows, so
/// that views into it stay valid.
constexpr std::size_t max_frames = 64;

/// Most pieces in one record: a queue of tiny writes would cost more for its
/// views than for its bytes.
constexpr std::size_t max_parts = 1024;

/// Data for which it is not worth to squeeze a frame into a record's end.
constexpr std::size_t least_payload = 1024;

/// Bytes of a buffer that an idle connection keeps.
constexpr std::size_t kept_memory = 1024;

template <class T>
void clear_and_shrink(std::vector<T>& buffer) {
  buffer.clear();
  if (buffer.capacity() * sizeof(T) > kept_memory)
    buffer.shrink_to_fit();
}

} // namespace

/// The record that is being filled.
struct yamux::record {
  std::vector<bytes_view>& parts;
  std::size_t left;
  std::size_t size = 0;
  std::size_t frames = 0;
  std::size_t pieces = 0;

  bool has_room() const noexcept {
    // Three headers: a stream's turn may be a window update, data and its end.
    return frames + 3 <= max_frames && pieces + 4 <= max_parts
           && left > 3 * yamux_header_size;
  }

  void add(bytes_view data) {
    parts.push_back(data);
    account(data.size());
  }

  void account(std::size_t bytes) noexcept {
    size += bytes;
    left -= bytes;
    ++pieces;
  }
};

bool yamux::has_output() const noexcept {
  return !control_.empty() || !turns_.empty() || leaving_.has_value();
}

std::size_t yamux::next_frames(std::vector<bytes_view>& parts,
                               std::size_t limit) {
  release();
  record out{parts, limit};
  emit_control(out);
  while (!turns_.empty() && out.has_room()) {
    auto* stream = turns_.pop();
    const auto before = out.size;
    emit_stream(*stream, out);
    if (out.size == before)
      break; // it would not fit well: first in the next record
  }
  if (leaving_ && control_.empty() && turns_.empty() && out.has_room()) {
    const auto code = static_cast<std::uint32_t>(*leaving_);
    emit_header({yamux_type::go_away, 0, 0, code}, out);
    leaving_.reset();
    drop_streams();
  }
  return out.size;
}

void yamux::release() {
  clear_and_shrink(headers_);
  clear_and_shrink(kept_);
  clear_and_shrink(sent_control_);
}

void yamux::emit_control(record& out) {
  if (control_.empty())
    return;
  const auto whole = out.left / yamux_header_size * yamux_header_size;
  const auto size = std::min(control_.size(), whole);
  const auto end = control_.begin() + static_cast<std::ptrdiff_t>(size);
  sent_control_.assign(control_.begin(), end);
  control_.erase(control_.begin(), end);
  if (control_.empty())
    clear_and_shrink(control_);
  out.add(sent_control_);
}

std::uint16_t yamux::take_hello(yamux_stream& stream) {
  if (!stream.hello_pending)
    return 0;
  stream.hello_pending = false;
  unsent_acks_ -= stream.inbound ? 1 : 0;
  return stream.inbound ? yamux_flag::ack : yamux_flag::syn;
}

bytes_view yamux::write_header(const yamux_header& header) {
  if (headers_.capacity() < max_frames * yamux_header_size)
    headers_.reserve(max_frames * yamux_header_size);
  append_yamux_header(headers_, header);
  return bytes_view{headers_}.last(yamux_header_size);
}

void yamux::emit_header(const yamux_header& header, record& out) {
  out.add(write_header(header));
  ++out.frames;
}

void yamux::emit_stream(yamux_stream& stream, record& out) {
  const auto sendable = static_cast<std::size_t>(
      std::min<std::uint64_t>(stream.queue.size(), stream.send_window));
  const bool has_frame = sendable > 0 || stream.fin_due();
  if (stream.update_due() || (stream.hello_pending && !has_frame)) {
    const auto delta = stream.update_due() ? stream.receive_window.reopen(
                           now_, round_trip_, limits_.max_window)
                                           : 0;
    const auto flags = take_hello(stream);
    emit_header({yamux_type::window_update, flags, stream.id, delta}, out);
  }
  const auto room = out.left - 2 * yamux_header_size;
  const auto wanted =
      std::min<std::size_t>(sendable, limits_.max_frame_payload);
  if (sendable > 0 && room >= std::min(wanted, least_payload))
    emit_data(stream, std::min(wanted, room), out);
  if (stream.fin_due())
    emit_end(stream, out);
  if (stream.finished())
    erase(stream);
  else
    schedule(stream);
}

void yamux::emit_data(yamux_stream& stream, std::size_t size, record& out) {
  // The header's place comes first, its length is known last.
  const auto place = out.parts.size();
  out.parts.emplace_back();
  const auto taken =
      stream.queue.take(size, max_parts - out.pieces - 1, out.parts, kept_);
  out.pieces += out.parts.size() - place - 1;
  out.size += taken;
  out.left -= taken;
  queued_ -= taken;
  stream.send_window -= taken;
  out.parts[place] =
      write_header({yamux_type::data, take_hello(stream), stream.id,
                    static_cast<std::uint32_t>(taken)});
  out.account(yamux_header_size);
  ++out.frames;
}

// The end has a frame of its own: go-yamux 5.1 handles FIN before the data of
// the same frame, so that its reader may see the end and never the data.
void yamux::emit_end(yamux_stream& stream, record& out) {
  const auto flags =
      static_cast<std::uint16_t>(take_hello(stream) | yamux_flag::fin);
  emit_header({yamux_type::data, flags, stream.id, 0}, out);
  stream.fin_sent = true;
}

} // namespace grapevine::libp2p
