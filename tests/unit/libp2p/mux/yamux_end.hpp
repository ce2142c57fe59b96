#pragma once

#include "libp2p/mux/yamux.hpp"

#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace grapevine::test {

using namespace grapevine::libp2p;

/// One end of a yamux connection that notes what happens, and a virtual clock.
struct yamux_end {
  explicit yamux_end(
      role who, const session_limits& limits = pinging(),
      std::chrono::nanoseconds first_ping = std::chrono::hours{1})
      : mux{who, limits, now, first_ping} {}

  /// The times that the tests of pings count with.
  static session_limits pinging() {
    session_limits limits;
    limits.ping_interval = std::chrono::seconds{15};
    limits.ping_timeout = std::chrono::seconds{20};
    return limits;
  }

  /// What `mux` has to send now, as one run of bytes.
  bytes output() {
    bytes result;
    std::vector<bytes_view> parts;
    while (mux.has_output()) {
      parts.clear();
      if (mux.next_frames(parts, 65'519) == 0)
        break;
      for (const auto part : parts)
        append(result, part);
    }
    mux.release();
    return result;
  }

  /// Reads `data` and notes the events.
  void input(bytes_view data) {
    for (;;) {
      const auto event = mux.read(data, now);
      switch (event.what) {
      case yamux_event::kind::none:
        return;
      case yamux_event::kind::opened:
        opened.push_back(event.stream);
        break;
      case yamux_event::kind::data:
        received[event.stream] += as_text(event.data);
        break;
      case yamux_event::kind::ended:
        ended.push_back(event.stream);
        break;
      case yamux_event::kind::reset:
        resets.push_back(event.stream);
        break;
      case yamux_event::kind::pong:
        ++pongs;
        break;
      case yamux_event::kind::go_away:
        went_away = event.code;
        break;
      case yamux_event::kind::failed:
        failed = event.error;
        break;
      }
    }
  }

  void write(stream_id id, std::string_view text) {
    mux.write(id, std::make_shared<const bytes>(to_bytes(as_bytes(text))));
  }

  time_point now{std::chrono::hours{1}};
  yamux mux;
  std::vector<stream_id> opened;
  std::map<stream_id, std::string> received;
  std::vector<stream_id> ended;
  std::vector<stream_id> resets;
  int pongs = 0;
  std::optional<std::uint32_t> went_away;
  std::optional<yamux_error> failed;
};

/// Moves bytes both ways until both are silent.
inline void exchange(yamux_end& a, yamux_end& b) {
  for (;;) {
    const auto to_b = a.output();
    b.input(to_b);
    const auto to_a = b.output();
    a.input(to_a);
    if (to_a.empty() && to_b.empty())
      return;
  }
}

/// A frame's bytes.
inline bytes frame(yamux_type type, int flags, stream_id stream,
                   std::uint32_t length, std::string_view payload = {}) {
  bytes result;
  append_yamux_header(
      result, {type, static_cast<std::uint16_t>(flags), stream, length});
  append(result, as_bytes(payload));
  return result;
}

/// The headers in a run of whole frames.
inline std::vector<yamux_header> headers_of(bytes_view data) {
  std::vector<yamux_header> result;
  while (data.size() >= yamux_header_size) {
    const auto header = decode_yamux_header(data.first<yamux_header_size>());
    if (!header)
      break;
    data = data.subspan(yamux_header_size);
    if (header->type == yamux_type::data)
      data = data.subspan(header->length);
    result.push_back(*header);
  }
  return result;
}

} // namespace grapevine::test
