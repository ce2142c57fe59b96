#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::app::http {

/// How a stream is sent to a client.
enum class stream_form : std::uint8_t {
  /// Server-Sent Events.
  events,
  /// A JSON object in each line.
  ndjson,
  /// A JSON object in each text frame of a WebSocket.
  websocket,
};

inline constexpr std::size_t stream_forms = 3;

/// The media type of a form that has one.
std::string_view content_type(stream_form form) noexcept;

/// Some of what a stream tells, as it goes to each of its clients of one form:
/// made once for all of them.
class stream_batch {
public:
  explicit stream_batch(stream_form form) : form_{form} {}

  /// Appends an object, with its id if it has one: without line feeds, both.
  void add(std::string_view json, std::string_view id = {});

  /// Appends that so many were missed.
  void add_missed(std::uint64_t count);

  /// How many objects there are.
  std::size_t size() const noexcept { return ends_.size(); }
  /// The text of one of them.
  std::string_view operator[](std::size_t index) const noexcept;

private:
  stream_form form_;
  std::string text_;
  std::vector<std::size_t> ends_;
};

/// What stands where a client has missed some.
std::string missed_text(stream_form form, std::uint64_t count);

} // namespace grapevine::app::http
