#include "app/http/wire.hpp"

#include <utility>

namespace grapevine::app::http {

wire::wire(session& with, const tls_context& context,
           time_point handshake_until)
    : session_{with}, handshake_until_{handshake_until} {
  if (context)
    tls_.emplace(context);
}

void wire::receive(std::string_view data, time_point now) {
  if (!tls_)
    return session_.receive(data, now);
  std::string plain;
  tls_->receive(data, plain);
  if (!plain.empty())
    session_.receive(plain, now);
  if (tls_->has_failed())
    session_.abandon(now);
  else if (tls_->has_ended())
    session_.end_of_input();
}

void wire::end_of_input() {
  session_.end_of_input();
}

std::string_view wire::output(time_point now) {
  if (!tls_)
    return session_.output();
  if (tls_->output().empty() && tls_->is_ready()
      && !session_.output().empty()) {
    const auto next = session_.output().substr(0, piece);
    tls_->send(next);
    session_.sent(next.size(), now);
  }
  if (session_.said_all() && !std::exchange(closed_, true))
    tls_->close();
  return tls_->output();
}

void wire::sent(std::size_t count, time_point now) {
  if (tls_)
    tls_->sent(count);
  else
    session_.sent(count, now);
}

bool wire::has_output() const noexcept {
  if (!tls_)
    return !session_.output().empty();
  return !tls_->output().empty()
         || (tls_->is_ready() && !session_.output().empty());
}

bool wire::said_all() const noexcept {
  return session_.said_all() && (!tls_ || (closed_ && tls_->output().empty()));
}

time_point wire::deadline() const noexcept {
  return tls_ && !tls_->is_ready() && !session_.said_all() ? handshake_until_
                                                           : time_point::max();
}

} // namespace grapevine::app::http
