#pragma once

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

} // namespace grapevine::gossip
