#pragma once

#include "libp2p/base/time_point.hpp"
#include "libp2p/mux/yamux.hpp"
#include "libp2p/services/identify.hpp"
#include "libp2p/services/ping.hpp"
#include "libp2p/session/session.hpp"
#include "libp2p/session/session_negotiation.hpp"
#include "proto/bytes.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace grapevine::libp2p {

/// What identify tells one peer about this node, besides the configuration.
struct session_identity {
  /// The address from which the peer was seen to connect.
  multiaddr observed;
  std::vector<multiaddr> listen_addrs;
  bytes signed_record;
};

/// The streams of one secure connection: yamux, each stream's negotiation, and
/// the protocols that the session serves by itself: identify, identify push and
/// ping. Plaintext in, events out; the output is yamux's.
///
/// Its members are in `session_streams.cpp`, those about its own protocols in
/// `session_services.cpp`.
class session_streams {
public:
  session_streams(std::shared_ptr<const session_config> config, role who,
                  const peer_id& remote, public_key remote_key,
                  session_identity self, time_point now);
  session_streams(const session_streams&) = delete;
  session_streams& operator=(const session_streams&) = delete;

  /// Takes decrypted bytes and reports what they mean. An error ends the
  /// session; the go-away is in the output.
  std::optional<session_error> receive(bytes_view plaintext, time_point now,
                                       session_observer& observer);

  /// Does what is due: deadlines, keepalive, and events that had to wait.
  std::optional<session_error> tick(time_point now, session_observer& observer);
  time_point next_tick() const;

  /// Asks the other side to identify itself.
  void ask_identify();

  /// Tells the other side what has changed about this one.
  void announce(std::vector<multiaddr> addrs, bytes signed_record);

  // As `session` has them.
  std::optional<stream_id> open(std::vector<std::string> protocols,
                                time_point now);
  void write(stream_id id, shared_bytes data);
  void write(stream_id id, std::span<shared_bytes> data);
  void close(stream_id id);
  void reset(stream_id id);

  yamux& mux() noexcept { return mux_; }
  const yamux& mux() const noexcept { return mux_; }

private:
  /// What a stream that is not (yet) the application's is for.
  enum class purpose { undecided, application, identify, push, ping };

  /// A stream of the session's own, or one that still negotiates.
  struct service {
    purpose what = purpose::undecided;
    bool inbound = false;
    /// Then the stream is reset.
    time_point deadline{};
    /// While negotiating.
    std::unique_ptr<session_negotiation> negotiation;
    /// While the other side's identify is read.
    std::unique_ptr<identify_reader> reader;
    /// While the other side's pings are answered.
    std::unique_ptr<ping_responder> echo;
  };

  void on_event(const yamux_event& event, session_observer& observer);
  void on_opened(stream_id id);
  void on_data(stream_id id, bytes_view data, session_observer& observer);
  void on_ended(stream_id id, session_observer& observer);
  void on_reset(stream_id id, session_observer& observer);
  void on_deadline(stream_id id, session_observer& observer);

  void negotiate(stream_id id, service& entry, bytes_view data,
                 session_observer& observer);
  void on_agreed(stream_id id, service& entry, bytes_view rest,
                 session_observer& observer);
  void hand_over(stream_id id, bool inbound, std::string protocol,
                 bytes_view rest, session_observer& observer);
  void give_up(stream_id id, session_observer& observer);
  std::optional<stream_id> dial(std::vector<std::string> protocols,
                                purpose what);

  void begin_service(stream_id id, service& entry, bytes_view rest);
  void serve(stream_id id, service& entry, bytes_view data);
  void end_service(stream_id id, service& entry, session_observer& observer);
  void report_identify(const service& entry, session_observer& observer);
  void send_identity(stream_id id);
  void drop(stream_id id);
  purpose purpose_of(std::string_view protocol) const;
  /// How many streams of the other side are being served as `what`.
  std::size_t inbound_services(purpose what) const;

  void reply(stream_id id, bytes data);
  void report_late_resets(session_observer& observer);
  std::optional<session_error> end_if_failed();
  void sweep();

  std::shared_ptr<const session_config> config_;
  public_key remote_key_;
  session_identity self_;
  /// All that the other side may open, the session's own protocols first.
  std::vector<std::string> protocols_;
  yamux mux_;
  std::map<stream_id, service> services_;
  std::size_t sweep_at_ = 16;
  time_point now_;
  /// Streams that were reset where no observer was at hand.
  std::vector<stream_id> late_resets_;
  std::optional<session_error> failed_;
};

} // namespace grapevine::libp2p
