#include "libp2p/session/session_impl.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace grapevine::libp2p {

namespace {

/// Bytes of a buffer that an idle connection keeps. Gossip's usual frames fit,
/// so that a connection in steady use allocates nothing.
constexpr std::size_t kept_memory = 4096;

} // namespace

session::impl::impl(std::shared_ptr<const session_config> config, role who,
                    multiaddr remote, std::optional<peer_id> expected,
                    std::span<const std::uint8_t, 32> ephemeral_seed,
                    time_point now)
    : config_{std::move(config)}, role_{who},
      remote_peer_{expected.value_or(peer_id{})}, now_{now},
      handshake_deadline_{now + config_->limits.handshake_timeout} {
  self_.observed = std::move(remote);
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
  const auto whole = data.size();
  if (upgrade_)
    upgrade(data, observer);
  if (!in_place.empty())
    in_place = in_place.subspan(whole - data.size());
  if (!closed_ && channel_)
    receive_records(data, in_place, observer);
  release_memory();
}

void session::impl::upgrade(bytes_view& data, session_observer& observer) {
  const auto secure = upgrade_->feed(data, output_);
  if (!secure)
    fail(secure.error(), observer);
  else if (*secure)
    on_secure(observer);
}

void session::impl::on_secure(session_observer& observer) {
  auto result = upgrade_->take_result();
  upgrade_.reset();
  remote_peer_ = result.remote.peer;
  if (remote_peer_ == config_->identity->peer())
    return fail(session_error::self_dial, observer);
  channel_ = std::make_unique<channel>(channel{std::move(result.send),
                                               std::move(result.receive),
                                               std::move(result.remote.key)});
  if (!result.agreed_muxer)
    start_muxer_round();
  else if (*result.agreed_muxer == yamux_protocol)
    start_streams(observer);
  else
    fail(session_error::no_common_protocol, observer);
}

void session::impl::receive_records(bytes_view data,
                                    std::span<std::uint8_t> in_place,
                                    session_observer& observer) {
  while (!closed_) {
    const auto record = channel_->reader.next(data);
    if (!record)
      return fail(session_error::bad_record, observer);
    if (!record->has_value())
      return;
    channel_->largest = std::max(channel_->largest, (*record)->size());
    const auto plaintext = decrypt(**record, in_place);
    if (!plaintext)
      return fail(session_error::bad_record, observer);
    on_plaintext(*plaintext, observer);
  }
}

expected<bytes_view, noise_error>
session::impl::decrypt(bytes_view record, std::span<std::uint8_t> in_place) {
  // A record that came in pieces lies in the reader, not in the caller's data.
  const std::less_equal<const std::uint8_t*> not_after;
  const bool within = !in_place.empty()
                      && not_after(in_place.data(), record.data())
                      && not_after(record.data() + record.size(),
                                   in_place.data() + in_place.size());
  if (!within)
    return channel_->receive.decrypt(record, channel_->scratch);
  const auto start = static_cast<std::size_t>(record.data() - in_place.data());
  auto result = channel_->receive.decrypt_in_place(
      in_place.subspan(start, record.size()));
  if (!result)
    return unexpected{result.error()};
  return bytes_view{*result};
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
  muxers_ = {std::string{yamux_protocol}};
  muxer_round_ = std::make_unique<session_negotiation>(
      role_ == role::dialer
          ? session_negotiation::dial(muxers_, config_->limits)
          : session_negotiation::listen(muxers_, config_->limits));
  bytes hello;
  muxer_round_->start(hello);
  send_muxer_round(hello);
}

void session::impl::send_muxer_round(bytes_view message) {
  // The first records of a channel cannot run out of nonces, and the rounds of
  // a negotiation are too few to fill one.
  if (!message.empty())
    static_cast<void>(channel_->send.encrypt(message, output_));
}

void session::impl::choose_muxer(bytes_view& plaintext,
                                 session_observer& observer) {
  bytes answer;
  const auto state = muxer_round_->feed(plaintext, answer);
  send_muxer_round(answer);
  if (state == multistream_state::negotiating)
    return;
  muxer_round_.reset();
  if (state == multistream_state::agreed)
    start_streams(observer);
  else
    fail(to_session_error(state), observer);
}

void session::impl::start_streams(session_observer& observer) {
  streams_ = std::make_unique<session_streams>(
      config_, role_, channel_->remote_key, std::move(self_), now_);
  observer.on_event(session_ready{remote_peer_, channel_->remote_key});
  streams_->ask_identify();
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
  return !output_.empty() || (streams_ && streams_->mux().has_output());
}

void session::impl::take_output(bytes& out, std::size_t budget) {
  if (!output_.empty()) {
    append(out, output_);
    output_ = bytes{};
  }
  while (streams_ && out.size() < budget && encrypt_record(out)) {
  }
  if (!streams_)
    return;
  streams_->mux().release();
}

bool session::impl::encrypt_record(bytes& out) {
  // Of the thread: an idle session has none.
  thread_local std::vector<bytes_view> parts;
  parts.clear();
  const auto size =
      streams_->mux().next_frames(parts, noise_cipher::max_plaintext);
  if (size == 0)
    return false;
  if (channel_->send.encrypt(parts, out))
    return true;
  // No nonce is left after 2^64 records: nothing more can be said.
  closed_ = true;
  streams_.reset();
  return false;
}

void session::impl::release_memory() {
  // A large record passed and none is under way: back to an idle one's size.
  if (!channel_ || channel_->reader.buffered() > 0
      || channel_->largest <= kept_memory)
    return;
  channel_->scratch = bytes{};
  channel_->reader.shrink();
  channel_->largest = 0;
}

} // namespace grapevine::libp2p
