#pragma once

#include "gossip/trace/trace_event.hpp"
#include "gossip/trace/trace_format.hpp"
#include "libp2p/identity/peer_id.hpp"

#include <memory>
#include <string>

namespace grapevine::pb {
class TraceEvent;
}

namespace grapevine::gossip {

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
