#pragma once

#include "libp2p/base/fair_timer.hpp"
#include "libp2p/base/limits.hpp"
#include "libp2p/base/time_point.hpp"
#include "libp2p/base/types.hpp"
#include "libp2p/mux/yamux_frame.hpp"
#include "libp2p/mux/yamux_stream.hpp"
#include "proto/bytes.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace grapevine::libp2p {

/// The protocol id of yamux.
inline constexpr std::string_view yamux_protocol = "/yamux/1.0.0";

/// Why a yamux connection failed; each of them ends it.
enum class yamux_error {
  /// Wrong version, unknown type, a stream number that is not the sender's to
  /// open or is open already, or data after the sender's FIN.
  protocol,
  /// More data than the stream's window allowed.
  window_overrun,
  /// More answers would wait to be sent than the limit allows: the other side
  /// asks but does not read.
  flood,
};

/// One thing that the other side did.
struct yamux_event {
  enum class kind {
    /// Nothing more in the input.
    none,
    /// `stream` was opened by the other side.
    opened,
    /// `data` arrived on `stream`: a view into the input.
    data,
    /// The other side will send no more on `stream`.
    ended,
    /// The other side reset `stream`; it is gone.
    reset,
    /// Our ping was answered after `round_trip`.
    pong,
    /// The other side said go-away with `code`; the connection is over.
    go_away,
    /// The connection is over; `error` says why. Our go-away is in the output.
    failed,
  };

  kind what = kind::none;
  stream_id stream = 0;
  bytes_view data{};
  std::chrono::nanoseconds round_trip{};
  std::uint32_t code = 0;
  yamux_error error = yamux_error::protocol;
};

/// One yamux connection (`/yamux/1.0.0`; libp2p/specs, yamux/) without its
/// channel: plaintext in, events out; writes in, frames out as lists of views
/// that are ready to be encrypted. Received data counts as read at once: who
/// wants to hold the other side back stops feeding.
///
/// Its members are in `yamux.cpp`, `yamux_input.cpp` and `yamux_output.cpp`.
class yamux {
public:
  /// The first ping goes after `first_ping` whatever is heard until then, if it
  /// is shorter than the silence after which one goes.
  yamux(role who, const session_limits& limits, time_point now,
        std::chrono::nanoseconds first_ping = std::chrono::hours{24});
  yamux(const yamux&) = delete;
  yamux& operator=(const yamux&) = delete;

  // -- input ------------------------------------------------------------------

  /// Takes the next event from the front of `in`, which is shortened by what
  /// was used. To be called until it gives `none`; other members may be called
  /// in between. After `go_away` or `failed` it gives `none` for ever.
  yamux_event read(bytes_view& in, time_point now);

  // -- streams ----------------------------------------------------------------

  /// Opens a stream. Nothing when a limit (open streams of ours, or those not
  /// yet acknowledged) is reached or the connection is over.
  std::optional<stream_id> open();

  /// Queues `data`, which is taken then. False, and nothing happens, when the
  /// stream is unknown or closed for writing.
  bool write(stream_id id, shared_bytes data);
  bool write(stream_id id, std::span<shared_bytes> data);

  /// Sends FIN after what is queued.
  void close(stream_id id);

  /// Forgets the stream and sends RST. False when it is unknown. Beyond the
  /// limit of waiting answers the connection fails at the next `read`; see
  /// `flooded`.
  bool reset(stream_id id);

  /// Whether the stream exists, in at least one direction.
  bool has(stream_id id) const { return streams_.count(id) != 0; }

  /// Bytes queued on the stream.
  std::size_t buffered(stream_id id) const;

  /// Bytes queued on all streams.
  std::size_t total_buffered() const noexcept { return queued_; }

  /// How many streams are open, and how many of them the other side opened.
  std::size_t stream_count() const noexcept { return streams_.size(); }
  std::size_t inbound_count() const noexcept { return inbound_; }

  // -- connection -------------------------------------------------------------

  /// Asks the other side for a ping, when it is silent or has not been asked
  /// for long, and none is out. False when the last one was not answered in
  /// time and nothing else came either, or nothing but other data for as long
  /// as these excuse it.
  bool keep_alive(time_point now);

  /// When `keep_alive` is due next.
  time_point next_keep_alive() const noexcept;

  /// Asks for a ping at once, unless one is out. `keep_alive` fails if it is
  /// not answered within `timeout`, counted anew from whatever else comes, or
  /// within `pong_excuse`.
  void probe(time_point now, std::chrono::nanoseconds timeout);

  /// While held, silence is nobody's fault: input may wait unread.
  void hold(bool on, time_point now);

  /// Queues a go-away behind everything that may still be sent, and takes no
  /// more input.
  void go_away(yamux_go_away code);

  /// The last measured round trip; zero before the first.
  std::chrono::nanoseconds round_trip() const noexcept { return round_trip_; }

  // -- output -----------------------------------------------------------------

  /// Whether `next_frames` would give anything.
  bool has_output() const noexcept;

  /// Whether more answers would wait than the limit allows: the next `read`
  /// fails.
  bool flooded() const noexcept { return flooded_; }

  /// Bytes of waiting answers: pongs and resets.
  std::size_t control_buffered() const noexcept { return control_.size(); }

  /// Appends frames of together at most `limit` bytes (at least 4 KiB, or some
  /// would never fit) to `parts` and returns their size. The streams take turns
  /// of one frame each. The views are valid until the next call of
  /// `next_frames` or `release`.
  std::size_t next_frames(std::vector<bytes_view>& parts, std::size_t limit);

  /// Gives back what the last `next_frames` kept alive; its views end.
  void release();

private:
  enum class stage { header, payload, trailer, over };

  bool collect_header(bytes_view& in);
  yamux_event on_header();
  yamux_event on_stream_frame();
  yamux_event on_syn();
  yamux_event on_payload(bytes_view& in, time_point now);
  yamux_event on_trailer();
  yamux_event on_ping();
  yamux_event on_rst();
  void on_window_update(yamux_stream& stream);
  yamux_event fail(yamux_error why);

  yamux_stream* find(stream_id id);
  void erase(yamux_stream& stream);
  void schedule(yamux_stream& stream);
  void drop_streams();
  bool queue_control(const yamux_header& header);
  bool is_ours(stream_id id) const noexcept;
  void send_ping(time_point now);
  time_point next_ping_due() const noexcept;
  time_point probe_end() const noexcept;

  struct record;
  void emit_control(record& out);
  void emit_stream(yamux_stream& stream, record& out);
  void emit_data(yamux_stream& stream, std::size_t size, record& out);
  void emit_end(yamux_stream& stream, record& out);
  void emit_header(const yamux_header& header, record& out);
  bytes_view write_header(const yamux_header& header);
  std::uint16_t take_hello(yamux_stream& stream);

  session_limits limits_;
  role role_;
  stage stage_ = stage::header;
  std::array<std::uint8_t, yamux_header_size> partial_{};
  std::size_t partial_size_ = 0;
  yamux_header current_;
  /// Bytes of the current data frame that have not arrived.
  std::uint32_t remaining_ = 0;

  // Ordered: the other side chooses half of the numbers.
  std::map<stream_id, yamux_stream> streams_;
  yamux_turns turns_;
  stream_id next_id_;
  std::size_t inbound_ = 0;
  std::size_t unacknowledged_ = 0;
  std::size_t unsent_acks_ = 0;
  std::size_t queued_ = 0;

  /// Encoded frames that go before all streams' own.
  bytes control_;
  bool flooded_ = false;
  bool held_ = false;
  std::optional<yamux_go_away> leaving_;

  /// What the views of the last output lie in.
  bytes headers_;
  bytes sent_control_;
  std::vector<shared_bytes> kept_;

  time_point now_;
  time_point last_heard_;
  time_point last_ping_;
  // When the first ping goes; none once it has.
  std::optional<time_point> first_ping_;
  std::optional<std::uint32_t> waiting_ping_;
  /// Since the waiting ping was sent.
  fair_timer unanswered_;
  std::uint32_t next_ping_ = 1;
  /// When the ping that is out became urgent, and how urgent; until its pong.
  std::optional<time_point> probed_;
  std::chrono::nanoseconds probe_timeout_{};
  std::chrono::nanoseconds round_trip_{};
};

} // namespace grapevine::libp2p
