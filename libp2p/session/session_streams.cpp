#include "libp2p/session/session_streams.hpp"

#include <algorithm>
#include <utility>

namespace grapevine::libp2p {

namespace {

std::vector<std::string> all_protocols(const session_config& config) {
  std::vector<std::string> result{std::string{identify_protocol},
                                  std::string{identify_push_protocol},
                                  std::string{ping_protocol}};
  result.insert(result.end(), config.inbound_protocols.begin(),
                config.inbound_protocols.end());
  return result;
}

session_error to_session_error(yamux_error code) {
  return code == yamux_error::flood ? session_error::limit_exceeded
                                    : session_error::bad_frame;
}

// Peers that connect together would be pinged together for as long as they are
// idle. The first ping goes early, by how much both ids say: the next ones
// follow it in the same intervals.
std::chrono::nanoseconds first_ping(const session_config& config,
                                    const peer_id& remote) {
  const auto own = config.identity->peer().view().back();
  const unsigned part = own ^ remote.view().back();
  const std::chrono::nanoseconds whole = config.limits.ping_interval;
  return whole / 4 + whole * 3 / 4 * part / 256;
}

} // namespace

session_streams::session_streams(std::shared_ptr<const session_config> config,
                                 role who, const peer_id& remote,
                                 public_key remote_key, session_identity self,
                                 time_point now)
    : config_{std::move(config)}, remote_key_{std::move(remote_key)},
      self_{std::move(self)}, protocols_{all_protocols(*config_)},
      mux_{who, config_->limits, now, first_ping(*config_, remote)}, now_{now} {
}

// -- input --------------------------------------------------------------------

std::optional<session_error>
session_streams::receive(bytes_view plaintext, time_point now,
                         session_observer& observer) {
  now_ = now;
  report_late_resets(observer);
  while (!failed_) {
    const auto event = mux_.read(plaintext, now);
    if (event.what == yamux_event::kind::none)
      break;
    on_event(event, observer);
  }
  return end_if_failed();
}

void session_streams::on_event(const yamux_event& event,
                               session_observer& observer) {
  switch (event.what) {
  case yamux_event::kind::none:
    break;
  case yamux_event::kind::opened:
    on_opened(event.stream);
    break;
  case yamux_event::kind::data:
    on_data(event.stream, event.data, observer);
    break;
  case yamux_event::kind::ended:
    on_ended(event.stream, observer);
    break;
  case yamux_event::kind::reset:
    on_reset(event.stream, observer);
    break;
  case yamux_event::kind::pong:
    observer.on_event(ping_measured{event.round_trip});
    break;
  case yamux_event::kind::go_away:
    failed_ = session_error::go_away;
    break;
  case yamux_event::kind::failed:
    failed_ = to_session_error(event.error);
    break;
  }
}

void session_streams::on_opened(stream_id id) {
  sweep();
  const auto pending = inbound_services(purpose::undecided);
  if (pending >= config_->limits.max_pending_negotiations) {
    mux_.reset(id);
    return;
  }
  auto& entry = services_[id];
  entry = {};
  entry.inbound = true;
  entry.deadline = now_ + config_->limits.negotiation_timeout;
  entry.negotiation = std::make_unique<session_negotiation>(
      session_negotiation::listen(protocols_, config_->limits));
}

void session_streams::on_data(stream_id id, bytes_view data,
                              session_observer& observer) {
  const auto found = services_.find(id);
  if (found == services_.end())
    observer.on_event(stream_data{id, data});
  else if (found->second.negotiation)
    negotiate(id, found->second, data, observer);
  else
    serve(id, found->second, data);
}

void session_streams::on_ended(stream_id id, session_observer& observer) {
  const auto found = services_.find(id);
  if (found == services_.end())
    observer.on_event(stream_ended{id});
  else if (found->second.negotiation)
    give_up(id, observer);
  else
    end_service(id, found->second, observer);
}

void session_streams::on_reset(stream_id id, session_observer& observer) {
  const auto found = services_.find(id);
  if (found == services_.end())
    observer.on_event(stream_reset{id});
  else
    give_up(id, observer);
}

// -- negotiation --------------------------------------------------------------

void session_streams::negotiate(stream_id id, service& entry, bytes_view data,
                                session_observer& observer) {
  bytes answer;
  const auto state = entry.negotiation->feed(data, answer);
  reply(id, std::move(answer));
  if (state == multistream_state::agreed)
    on_agreed(id, entry, data, observer);
  else if (state != multistream_state::negotiating)
    give_up(id, observer);
}

void session_streams::on_agreed(stream_id id, service& entry, bytes_view rest,
                                session_observer& observer) {
  std::string protocol{entry.negotiation->protocol()};
  entry.negotiation.reset();
  if (entry.inbound)
    entry.what = purpose_of(protocol);
  if (entry.what == purpose::application)
    hand_over(id, entry.inbound, std::move(protocol), rest, observer);
  else
    begin_service(id, entry, rest);
}

void session_streams::hand_over(stream_id id, bool inbound,
                                std::string protocol, bytes_view rest,
                                session_observer& observer) {
  services_.erase(id);
  if (inbound)
    observer.on_event(stream_accepted{id, std::move(protocol)});
  else
    observer.on_event(stream_opened{id, std::move(protocol)});
  if (!rest.empty())
    observer.on_event(stream_data{id, rest});
}

void session_streams::give_up(stream_id id, session_observer& observer) {
  const auto& entry = services_.at(id);
  const bool wanted = !entry.inbound && entry.what == purpose::application;
  drop(id);
  if (wanted)
    observer.on_event(stream_refused{id});
}

std::optional<stream_id>
session_streams::dial(std::vector<std::string> protocols, purpose what) {
  auto negotiation = std::make_unique<session_negotiation>(
      session_negotiation::dial(std::move(protocols), config_->limits));
  const auto id = mux_.open();
  if (!id)
    return std::nullopt;
  bytes hello;
  negotiation->start(hello);
  mux_.write(*id, std::make_shared<const bytes>(std::move(hello)));
  service entry;
  entry.what = what;
  entry.deadline = now_ + config_->limits.negotiation_timeout;
  entry.negotiation = std::move(negotiation);
  services_[*id] = std::move(entry);
  return id;
}

// -- the application's streams ------------------------------------------------

std::optional<stream_id>
session_streams::open(std::vector<std::string> protocols, time_point now) {
  now_ = now;
  return dial(std::move(protocols), purpose::application);
}

void session_streams::write(stream_id id, shared_bytes data) {
  if (data != nullptr)
    write(id, std::span{&data, 1});
}

void session_streams::write(stream_id id, std::span<shared_bytes> data) {
  if (data.empty() || (!services_.empty() && services_.contains(id)))
    return;
  std::size_t size = mux_.total_buffered();
  for (const auto& one : data)
    size += one->size();
  if (size > config_->limits.max_buffered) {
    if (mux_.reset(id))
      late_resets_.push_back(id);
    return;
  }
  mux_.write(id, data);
}

void session_streams::close(stream_id id) {
  if (services_.count(id) == 0)
    mux_.close(id);
}

void session_streams::reset(stream_id id) {
  drop(id);
}

// -- time ---------------------------------------------------------------------

std::optional<session_error> session_streams::tick(time_point now,
                                                   session_observer& observer) {
  now_ = now;
  report_late_resets(observer);
  std::vector<stream_id> due;
  for (const auto& [id, entry] : services_)
    if (entry.deadline <= now)
      due.push_back(id);
  for (const auto id : due)
    on_deadline(id, observer);
  if (!mux_.keep_alive(now) && !failed_) {
    failed_ = session_error::ping_timeout;
    mux_.go_away(yamux_go_away::internal_error);
  }
  return end_if_failed();
}

void session_streams::on_deadline(stream_id id, session_observer& observer) {
  const auto& entry = services_.at(id);
  // Some peers forget to close; what they said is whole nevertheless.
  if (entry.reader && entry.reader->complete())
    report_identify(entry, observer);
  give_up(id, observer);
}

time_point session_streams::next_tick() const {
  if (failed_ || mux_.flooded() || !late_resets_.empty())
    return now_;
  auto result = mux_.next_keep_alive();
  for (const auto& [id, entry] : services_)
    result = std::min(result, entry.deadline);
  return result;
}

void session_streams::report_late_resets(session_observer& observer) {
  for (const auto id : std::exchange(late_resets_, {}))
    observer.on_event(stream_reset{id});
}

std::optional<session_error> session_streams::end_if_failed() {
  if (!failed_ && mux_.flooded())
    failed_ = session_error::limit_exceeded;
  if (failed_)
    mux_.go_away(yamux_go_away::internal_error);
  return failed_;
}

} // namespace grapevine::libp2p
