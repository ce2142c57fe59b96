#pragma once

#include "libp2p/base/limits.hpp"
#include "libp2p/base/types.hpp"
#include "libp2p/session/multistream.hpp"
#include "proto/bytes.hpp"

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace grapevine::libp2p {

/// The bounds of a negotiation among a session's limits.
inline multistream_limits negotiation_limits(const session_limits& limits) {
  return {limits.max_multistream_message, limits.max_multistream_rounds};
}

/// One multistream-select negotiation from either end: of a connection's
/// security or muxer, or of a stream's protocol.
class session_negotiation {
public:
  /// Proposes `protocols`, the preferred one first; at least one.
  static session_negotiation dial(std::vector<std::string> protocols,
                                  const session_limits& limits) {
    return session_negotiation{
        multistream_dialer{std::move(protocols), negotiation_limits(limits)}};
  }

  /// Answers; `supported` must outlive the negotiation.
  static session_negotiation listen(std::span<const std::string> supported,
                                    const session_limits& limits) {
    return session_negotiation{
        multistream_listener{supported, negotiation_limits(limits)}};
  }

  /// A connection's: the dialer proposes, the listener answers. `protocols`
  /// must outlive the negotiation.
  static session_negotiation begin(role who,
                                   const std::vector<std::string>& protocols,
                                   const session_limits& limits) {
    return who == role::dialer ? dial(protocols, limits)
                               : listen(protocols, limits);
  }

  /// Appends what is sent unasked: the header, and by a dialer its proposal.
  void start(bytes& out) {
    std::visit([&](auto& end) { end.start(out); }, end_);
  }

  /// Takes bytes of the other side, shortens `in` by what was used, and appends
  /// answers to `out`.
  multistream_state feed(bytes_view& in, bytes& out) {
    const auto used =
        std::visit([&](auto& end) { return end.feed(in, out); }, end_);
    in = in.subspan(used);
    return std::visit([](auto& end) { return end.state(); }, end_);
  }

  /// What was agreed.
  std::string_view protocol() const {
    return std::visit(
        [](auto& end) -> std::string_view { return end.protocol(); }, end_);
  }

  /// For people: what keeps the two from agreeing, as far as is known; `ours`
  /// are this node's protocols.
  std::string problem(const std::vector<std::string>& ours) const;

private:
  using either = std::variant<multistream_dialer, multistream_listener>;
  explicit session_negotiation(either end) : end_{std::move(end)} {}

  either end_;
};

} // namespace grapevine::libp2p
