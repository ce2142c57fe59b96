// The protocols that a session serves by itself: identify, identify push, ping.
#include "libp2p/session/session_streams.hpp"

#include <algorithm>
#include <utility>

namespace grapevine::libp2p {

namespace {

/// Pushes that are read at once: each holds up to max_identify_total bytes, and
/// an honest peer sends one after the other.
constexpr std::size_t max_inbound_pushes = 2;

} // namespace

session_streams::purpose
session_streams::purpose_of(std::string_view protocol) const {
  if (protocol == identify_protocol)
    return purpose::identify;
  if (protocol == identify_push_protocol)
    return purpose::push;
  if (protocol == ping_protocol)
    return purpose::ping;
  return purpose::application;
}

std::size_t session_streams::inbound_services(purpose what) const {
  // Without those that merely wait for their last bytes to be sent.
  return static_cast<std::size_t>(
      std::count_if(services_.begin(), services_.end(), [&](const auto& item) {
        const auto& entry = item.second;
        return entry.inbound && entry.what == what
               && (entry.negotiation || entry.reader || entry.echo);
      }));
}

void session_streams::ask_identify() {
  dial({std::string{identify_protocol}}, purpose::identify);
}

void session_streams::announce(std::vector<multiaddr> addrs,
                               bytes signed_record) {
  if (addrs == self_.listen_addrs && signed_record == self_.signed_record)
    return;
  self_.listen_addrs = std::move(addrs);
  self_.signed_record = std::move(signed_record);
  // A push that is not agreed yet will tell the newest state.
  const bool under_way =
      std::any_of(services_.begin(), services_.end(), [](const auto& item) {
        const auto& entry = item.second;
        return !entry.inbound && entry.what == purpose::push
               && entry.negotiation != nullptr;
      });
  if (!under_way)
    dial({std::string{identify_push_protocol}}, purpose::push);
}

/// A stream of the session's own has been negotiated.
void session_streams::begin_service(stream_id id, service& entry,
                                    bytes_view rest) {
  const auto& limits = config_->limits;
  entry.deadline = now_ + limits.identify_timeout;
  switch (entry.what) {
  case purpose::undecided:
  case purpose::application:
    break;
  case purpose::identify:
    if (entry.inbound) {
      send_identity(id);
    } else {
      entry.reader = std::make_unique<identify_reader>(limits);
      mux_.close(id); // there is nothing to say
    }
    break;
  case purpose::push:
    if (!entry.inbound)
      send_identity(id);
    else if (inbound_services(purpose::push) < max_inbound_pushes)
      entry.reader = std::make_unique<identify_reader>(limits);
    else
      return drop(id);
    break;
  case purpose::ping:
    if (inbound_services(purpose::ping) >= limits.max_inbound_ping_streams)
      return drop(id);
    entry.deadline = time_point::max();
    entry.echo = std::make_unique<ping_responder>();
    break;
  }
  if (!rest.empty())
    serve(id, entry, rest);
}

void session_streams::serve(stream_id id, service& entry, bytes_view data) {
  if (entry.reader && !entry.reader->feed(data))
    return drop(id);
  if (!entry.echo)
    return;
  bytes echo;
  entry.echo->feed(data, echo);
  reply(id, std::move(echo));
}

/// The other side has ended a stream of the session's own.
void session_streams::end_service(stream_id id, service& entry,
                                  session_observer& observer) {
  if (entry.reader)
    report_identify(entry, observer);
  entry.reader.reset();
  entry.echo.reset();
  mux_.close(id);
  if (mux_.has(id)) // until what is queued has been sent
    entry.deadline = now_ + config_->limits.identify_timeout;
  else
    services_.erase(id);
}

void session_streams::report_identify(const service& entry,
                                      session_observer& observer) {
  auto info = entry.reader->finish();
  if (!info)
    return;
  // The handshake has proven who the peer is: another key is a lie.
  if (info->key && !(*info->key == remote_key_))
    return;
  observer.on_event(
      peer_identified{std::move(*info), entry.what == purpose::push});
}

void session_streams::send_identity(stream_id id) {
  identify_info info;
  info.key = config_->identity->key().public_part();
  info.listen_addrs = self_.listen_addrs;
  info.protocols = protocols_;
  if (!self_.observed.empty())
    info.observed_addr = self_.observed;
  info.protocol_version = config_->protocol_version;
  info.agent_version = config_->agent_version;
  info.signed_peer_record = self_.signed_record;
  reply(id, encode_identify(info));
  // Readers wait for the end of the stream.
  mux_.close(id);
}

void session_streams::drop(stream_id id) {
  services_.erase(id);
  mux_.reset(id);
}

/// Sends what the other side has caused. It must not be able to make this side
/// store answers that it never reads.
void session_streams::reply(stream_id id, bytes data) {
  if (data.empty())
    return;
  mux_.write(id, std::make_shared<const bytes>(std::move(data)));
  auto waiting = mux_.control_buffered();
  for (const auto& [other, entry] : services_)
    waiting += entry.inbound ? mux_.buffered(other) : 0;
  if (waiting > config_->limits.max_reply_buffered)
    failed_ = session_error::limit_exceeded;
}

/// Forgets services whose streams have gone quietly: after both sides closed.
void session_streams::sweep() {
  if (services_.size() < sweep_at_)
    return;
  std::erase_if(services_,
                [&](const auto& item) { return !mux_.has(item.first); });
  sweep_at_ = std::max<std::size_t>(16, services_.size() * 2);
}

} // namespace grapevine::libp2p
