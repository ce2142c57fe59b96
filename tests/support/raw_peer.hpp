#pragma once

#include "libp2p/base/time_point.hpp"
#include "libp2p/secure/noise.hpp"
#include "libp2p/session/multistream.hpp"
#include "tests/support/session_pair.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace grapevine::test {

/// How a `raw_peer`'s bytes move.
struct raw_line {
  /// Brings bytes to the other side.
  std::function<void(bytes_view)> deliver;
  /// Takes what the other side has said; nothing if it is silent.
  std::function<bytes()> take;
};

/// The other end of one session's connection, without rules of its own: dials
/// it, proves an identity, and then says whatever a test wants.
class raw_peer {
public:
  /// Dials `target`, which listens. `security` are its proposals in order.
  raw_peer(session_end& target, const time_point& now,
           std::vector<std::string> security = {"/noise"})
      : raw_peer{{[&target, &now](bytes_view data) {
                    target.session.receive(data, now, target.events);
                  },
                  [&target] {
                    bytes wire;
                    while (target.session.has_output())
                      target.session.take_output(wire, wire.size() + 65'536);
                    return wire;
                  }},
                 std::move(security)} {}

  /// The same on any connection.
  explicit raw_peer(raw_line line,
                    std::vector<std::string> security = {"/noise"})
      : line_{std::move(line)}, negotiation_{std::move(security)},
        handshake_{libp2p::noise_credentials::create(
                       numbered_identity(9)->key(), numbered_random(9)(),
                       libp2p::offered_muxers()),
                   libp2p::noise_role::initiator,
                   session_end::ephemeral(0x99)} {
    bytes out;
    negotiation_.start(out);
    deliver(out);
    while (negotiation_.state() == libp2p::multistream_state::negotiating)
      answer([&](bytes_view in, bytes& reply) {
        return negotiation_.feed(in, reply);
      });
    if (negotiation_.protocol() != libp2p::noise_protocol)
      throw std::runtime_error{"not the expected protocol"};
    out.clear();
    handshake_.start(out);
    deliver(out);
    while (!handshake_.done())
      answer([&](bytes_view in, bytes& reply) {
        return handshake_.feed(in, reply).value();
      });
    auto result = handshake_.take_result();
    send_.emplace(std::move(result.send));
    receive_.emplace(std::move(result.receive));
    deliver(last_);
  }

  /// Encrypts `plaintext` and hands it to the session; nothing is an empty
  /// record.
  void say(bytes_view plaintext) {
    bytes record;
    do {
      const auto size =
          std::min(plaintext.size(), libp2p::noise_cipher::max_plaintext);
      record.clear();
      static_cast<void>(send_->encrypt(plaintext.first(size), record));
      plaintext = plaintext.subspan(size);
      deliver(record);
    } while (!plaintext.empty());
  }

  /// What the session has to say, decrypted.
  bytes hear() {
    bytes result;
    bytes wire = take();
    bytes_view rest{wire};
    while (auto record = reader_.next(rest).value())
      append(result, receive_->decrypt(*record, scratch_).value());
    return result;
  }

private:
  bytes take() {
    bytes wire = std::exchange(early_, {});
    append(wire, line_.take());
    return wire;
  }

  void deliver(bytes_view data) { line_.deliver(data); }

  template <class Feed>
  void answer(Feed feed) {
    const auto wire = take();
    if (wire.empty())
      throw std::runtime_error{"the session does not answer"};
    last_.clear();
    const auto used = feed(bytes_view{wire}, last_);
    early_ = to_bytes(bytes_view{wire}.subspan(used));
    if (!handshake_.done()) {
      deliver(last_);
      last_.clear();
    }
  }

  raw_line line_;
  libp2p::multistream_dialer negotiation_;
  libp2p::noise_handshake handshake_;
  std::optional<libp2p::noise_cipher> send_;
  std::optional<libp2p::noise_cipher> receive_;
  libp2p::noise_record_reader reader_;
  bytes scratch_;
  bytes early_;
  bytes last_;
};

} // namespace grapevine::test
