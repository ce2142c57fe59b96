#include "libp2p/session/session_impl.hpp"

#include <utility>

namespace grapevine::libp2p {

session::impl::impl(std::shared_ptr<const session_config> config, role who,
                    multiaddr remote, std::optional<peer_id> expected,
                    std::span<const std::uint8_t, 32> ephemeral_seed,
                    time_point now)
    : config_{std::move(config)}, role_{who},
      remote_peer_{expected.value_or(peer_id{})}, now_{now},
      handshake_deadline_{now + config_->limits.handshake_timeout} {
  self_.observed = std::move(remote);
  if (config_->network)
    network_ =
        std::make_unique<private_network>(config_->network, ephemeral_seed);
  upgrade_ = std::make_unique<session_upgrade>(*config_, who, expected,
                                               ephemeral_seed);
  upgrade_->start(output_);
}

// -- input --------------------------------------------------------------------

void session::impl::receive(bytes_view data, std::span<std::uint8_t> in_place,
                            time_point now, session_observer& observer) {
  now_ = now;
  if (closed_)
    return;
  if (network_ && !open_network(data, in_place, observer))
    return;
  if (upgrade_)
    upgrade(data, observer);
  if (!channel_)
    return;
  receive_records(data, in_place, observer);
  channel_->shrink();
}

// In place where that may be: the bytes of a private network are only XORed.
bool session::impl::open_network(bytes_view& data,
                                 std::span<std::uint8_t>& in_place,
                                 session_observer& observer) {
  if (in_place.empty()) {
    input_ = to_bytes(data);
    in_place = input_;
  }
  in_place = network_->open(in_place);
  data = in_place;
  if (!network_->stranger())
    return !data.empty();
  // Who it is it does not hear, nor what went wrong.
  output_.clear();
  fail(session_error::wrong_network, observer);
  return false;
}

void session::impl::upgrade(bytes_view& data, session_observer& observer) {
  auto secure = upgrade_->feed(data, output_);
  if (!secure)
    fail(secure.error(), observer);
  else if (secure->has_value())
    on_secure(std::move(**secure), observer);
}

void session::impl::on_secure(secure_result secure,
                              session_observer& observer) {
  upgrade_.reset();
  remote_peer_ = secure.peer;
  if (remote_peer_ == config_->identity->peer())
    return fail(session_error::self_dial, observer);
  remote_key_ = std::move(secure.key);
  channel_ = std::move(secure.channel);
  if (!secure.muxer)
    start_muxer_round();
  else if (*secure.muxer == yamux_protocol)
    start_streams(observer);
  else
    fail(session_error::no_common_protocol, observer);
}

void session::impl::receive_records(bytes_view data,
                                    std::span<std::uint8_t> in_place,
                                    session_observer& observer) {
  while (!closed_) {
    const auto plaintext = channel_->next(data, in_place);
    if (!plaintext)
      return fail(to_session_error(plaintext.error()), observer);
    if (!plaintext->has_value())
      return;
    on_plaintext(**plaintext, observer);
  }
}

void session::impl::on_plaintext(bytes_view plaintext,
                                 session_observer& observer) {
  if (muxer_round_)
    choose_muxer(plaintext, observer);
  if (closed_ || !streams_)
    return;
  if (const auto error = streams_->receive(plaintext, now_, observer))
    fail(*error, observer);
}

// -- the muxer ----------------------------------------------------------------

void session::impl::start_muxer_round() {
  muxers_ = offered_muxers();
  muxer_round_ = std::make_unique<session_negotiation>(
      session_negotiation::begin(role_, muxers_, config_->limits));
  bytes hello;
  muxer_round_->start(hello);
  send_muxer_round(hello);
}

void session::impl::send_muxer_round(bytes_view message) {
  // The first records of a channel cannot use up its key, and the rounds of a
  // negotiation are too few to fill one.
  if (!message.empty())
    static_cast<void>(channel_->encrypt(std::span{&message, 1}, output_));
}

void session::impl::choose_muxer(bytes_view& plaintext,
                                 session_observer& observer) {
  bytes answer;
  const auto state = muxer_round_->feed(plaintext, answer);
  send_muxer_round(answer);
  if (state == multistream_state::negotiating)
    return;
  if (state != multistream_state::agreed)
    return fail(to_session_error(state), observer);
  muxer_round_.reset();
  start_streams(observer);
}

void session::impl::start_streams(session_observer& observer) {
  session_ready ready{remote_peer_, *remote_key_};
  streams_ = std::make_unique<session_streams>(config_, role_, remote_peer_,
                                               std::move(*remote_key_),
                                               std::move(self_), now_);
  remote_key_.reset();
  observer.on_event(ready);
  streams_->ask_identify();
}

std::string session::impl::handshake_problem() const {
  if (network_ && !network_->proven())
    return network_->stranger() ? std::string{}
                                : "it has not shown that it holds this private "
                                  "network's key; it "
                                  "may have another one, or none";
  if (upgrade_)
    return upgrade_->problem();
  return muxer_round_ ? muxer_round_->problem(muxers_) : std::string{};
}

// -- the end ------------------------------------------------------------------

void session::impl::fail(session_error why, session_observer& observer) {
  if (std::exchange(closed_, true))
    return;
  observer.on_event(session_closed{why});
}

void session::impl::close() {
  if (std::exchange(closed_, true))
    return;
  if (streams_)
    streams_->mux().go_away(yamux_go_away::normal);
  else
    output_.clear();
}

// -- time ---------------------------------------------------------------------

void session::impl::tick(time_point now, session_observer& observer) {
  now_ = now;
  if (closed_)
    return;
  if (!streams_) {
    if (now >= handshake_deadline_)
      fail(session_error::handshake_timeout, observer);
    return;
  }
  if (const auto error = streams_->tick(now, observer))
    fail(*error, observer);
}

time_point session::impl::next_tick() const {
  if (closed_)
    return time_point::max();
  return streams_ ? streams_->next_tick() : handshake_deadline_;
}

void session::impl::set_listen_addrs(std::vector<multiaddr> addrs,
                                     bytes signed_record) {
  if (streams_) {
    if (!closed_)
      streams_->announce(std::move(addrs), std::move(signed_record));
    return;
  }
  self_.listen_addrs = std::move(addrs);
  self_.signed_record = std::move(signed_record);
}

// -- output -------------------------------------------------------------------

bool session::impl::has_output() const {
  if (network_ && role_ == role::listener && !network_->greeted())
    return false;
  return !output_.empty() || (streams_ && streams_->mux().has_output());
}

void session::impl::take_output(bytes& out, std::size_t budget) {
  if (!network_)
    return take_records(out, budget);
  if (!has_output())
    return;
  network_->start(out);
  const auto before = out.size();
  take_records(out, budget);
  network_->protect(std::span{out}.subspan(before));
}

void session::impl::take_records(bytes& out, std::size_t budget) {
  if (!output_.empty()) {
    append(out, output_);
    output_ = bytes{};
  }
  while (streams_ && out.size() < budget && encrypt_record(out)) {
  }
  if (!streams_)
    return;
  if (closed_ && !streams_->mux().has_output())
    channel_->finish(out);
  streams_->mux().release();
}

bool session::impl::encrypt_record(bytes& out) {
  // Of the thread: an idle session has none.
  thread_local std::vector<bytes_view> parts;
  parts.clear();
  const auto size =
      streams_->mux().next_frames(parts, channel_->max_plaintext());
  if (size == 0)
    return false;
  if (channel_->encrypt(parts, out))
    return true;
  // The channel's key is used up: nothing more can be said.
  closed_ = true;
  streams_.reset();
  return false;
}

} // namespace grapevine::libp2p
