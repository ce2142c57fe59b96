#pragma once

#include "gossip/trace/trace_event.hpp"
#include "libp2p/identity/peer_id.hpp"

#include <memory>
#include <string>

namespace grapevine::pb {
class TraceEvent;
}

namespace grapevine::gossip {

/// What a trace is written as.
enum class trace_format {
  /// One object per line, as go's JSONTracer has it: `type` is a number, bytes
  /// are in base64, the time is in nanoseconds since 1970. Bytes of a topic
  /// that are not UTF-8 become U+FFFD.
  json,
  /// `TraceEvent`s of proto/trace.proto, each with its length as a varint
  /// before it, as go's PBTracer has it.
  protobuf,
};

/// Writes events as go-libp2p-pubsub does, so that its tools read them. A trace
/// is whole after each event: traces may be appended to each other.
class trace_encoder {
public:
  /// `self` writes the trace.
  trace_encoder(const libp2p::peer_id& self, trace_format format);
  ~trace_encoder();
  trace_encoder(trace_encoder&&) noexcept;
  trace_encoder& operator=(trace_encoder&&) noexcept;

  /// Appends an event to `out`.
  void append(const trace_event& event, std::string& out);

private:
  void append_json(std::string& out) const;
  void append_protobuf(std::string& out) const;

  std::string self_;
  trace_format format_;
  // Used again for its memory.
  std::unique_ptr<pb::TraceEvent> scratch_;
};

} // namespace grapevine::gossip
