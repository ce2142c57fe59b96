#include "app/http/connection.hpp"

#include "actors/host/coarse_deadline.hpp"
#include "actors/host/host_context.hpp"
#include "app/http/client_stream.hpp"
#include "app/http/wire.hpp"

#include <algorithm>
#include <array>
#include <sys/socket.h>
#include <utility>

namespace grapevine::app::http {

namespace {

// Buffers of the thread, not of the connection: idle ones then cost nothing.
std::array<std::uint8_t, std::size_t{64} * 1024>& read_buffer() {
  thread_local std::array<std::uint8_t, std::size_t{64} * 1024> buffer;
  return buffer;
}

class connection_state {
public:
  connection_state(connection_actor::pointer self, server_actor server,
                   std::shared_ptr<reactor_link> reactor, unique_fd accepted,
                   api_ptr with, body_budget bodies,
                   const session::limits& limits, const tls_context& tls)
      : self_{self}, server_{std::move(server)}, api_{std::move(with)},
        bodies_{std::move(bodies)}, body_{bodies_.get()},
        socket_{std::move(reactor), std::move(accepted),
                connection_actor{self}},
        session_{limits, [this](const request& head) { return admit(head); },
                 now(self)},
        wire_{session_, tls, now(self) + limits.head_time},
        source_{self, [this](const caf::actor_addr&, const caf::error&) {
                  tell_last();
                  session_.end_stream(now(self_));
                  settle();
                }} {}

  void ready(const socket_ready& msg) {
    confirmed_ = confirmed_ || (!msg.readable && !msg.writable);
    armed_read_ = armed_write_ = false;
    if (msg.readable)
      read();
    settle();
  }

  void tick() {
    timer_.reset();
    session_.tick(now(self_));
    failed_ = failed_ || wire_.is_late(now(self_));
    settle();
  }

  void tell_client(const stream_news& news) {
    if (!stream_ || !session_.is_streaming())
      return;
    stream_->take(news.batch);
    settle();
  }

  void end() {
    tell_last();
    session_.finish(now(self_));
    settle();
  }

private:
  // Room for a body is taken when its head has come, so that all of them
  // together are bounded.
  admission admit(const request& head) {
    auto result = api_->admit(head);
    const auto size =
        std::min(head.body_size.value_or(result.body_limit), result.body_limit);
    body_.set(0);
    if (result.refusal || size == 0)
      return result;
    if (bodies_->used() + size > bodies_->max())
      return {0, problem(503, "too many requests are under way")};
    body_.set(size);
    return result;
  }

  // As much as one turn may do, so that others get theirs; the rest is reported
  // again.
  void read() {
    if (!session_.wants_input())
      return;
    auto& buffer = read_buffer();
    const auto got = read_some(socket_.fd(), buffer);
    if (got.status == io_status::done)
      wire_.receive(as_text(std::span{buffer}.first(got.size)), now(self_));
    else if (got.status == io_status::end)
      wire_.end_of_input();
    else if (got.status == io_status::failed)
      failed_ = true;
  }

  void write() {
    while (!failed_) {
      const auto next = wire_.output(now(self_));
      if (next.empty())
        return;
      const auto sent = write_some(socket_.fd(), as_bytes(next));
      if (sent.status == io_status::failed)
        failed_ = true;
      if (sent.status != io_status::done)
        return;
      wire_.sent(sent.size, now(self_));
    }
  }

  void serve() {
    while (auto next = session_.take(now(self_))) {
      websocket_key_ = next->websocket ? next->websocket->key : std::string{};
      api_->handle({self_,
                    server_,
                    *std::move(next),
                    {},
                    [this](const response& with) {
                      body_.set(0);
                      session_.answer(with, now(self_));
                      settle();
                    },
                    [this](stream_form form, const caf::actor& source) {
                      begin_stream(form, source);
                    }});
    }
  }

  // Ends with its source, if it has one.
  void begin_stream(stream_form form, const caf::actor& source) {
    stream_.emplace(form, api_->options().stream_buffer);
    if (form == stream_form::websocket)
      session_.begin_websocket(websocket_key_, now(self_));
    else
      session_.begin_stream(content_type(form), now(self_));
    if (source)
      source_.watch(source);
    settle();
  }

  // As the client takes it: a burst, as after a cut of the network, is larger
  // than what a socket holds.
  void tell_more() {
    while (!failed_ && stream_ && session_.is_streaming()
           && session_.output().size() < client_stream::portion) {
      const auto text = stream_->next();
      if (text.empty())
        return;
      session_.stream(text, now(self_));
      write();
    }
  }

  // Before the end of a stream: some portions beyond what the client's system
  // takes, as each client has a text of its own of them, and what it misses.
  void tell_last() {
    constexpr int most = 4;
    if (!stream_ || !session_.is_streaming())
      return;
    tell_more();
    for (int i = 0; i < most; ++i)
      session_.stream(stream_->next(), now(self_));
    stream_->drop_all();
    session_.stream(stream_->next(), now(self_));
  }

  // Does what is to be done now, and waits for what is next.
  void settle() {
    // An answer may be there at once.
    if (std::exchange(settling_, true))
      return;
    do {
      serve();
      write();
      tell_more();
    } while (!failed_ && session_.has_request());
    settling_ = false;
    if (failed_ || session_.finished())
      return self_->quit();
    if (wire_.said_all() && !std::exchange(shut_, true))
      (void)::shutdown(socket_.fd(), SHUT_WR);
    arm();
    watch_deadline();
  }

  void arm() {
    const bool read = session_.wants_input();
    const bool write = wire_.has_output();
    if (!confirmed_ || (read == armed_read_ && write == armed_write_))
      return;
    socket_.arm(read, write);
    armed_read_ = read;
    armed_write_ = write;
  }

  // One timer: an earlier one finds out what is due by then.
  void watch_deadline() {
    const auto at = now(self_);
    const auto next =
        coarse_deadline(std::min(session_.deadline(), wire_.deadline()), at);
    if (next == time_point::max() || (timer_ && *timer_ <= next))
      return;
    timer_ = next;
    tell_self_later(self_, std::max(next - at, time_point::duration{0}),
                    connection_tick{});
  }

  connection_actor::pointer self_;
  server_actor server_;
  api_ptr api_;
  body_budget bodies_;
  gossip::budget_share body_;
  watched_socket socket_;
  session session_;
  wire wire_;
  // Of the request that is answered.
  std::string websocket_key_;
  std::optional<client_stream> stream_;
  down_watch<connection_actor::base> source_;
  // The reactor has said its first word; what it is to report.
  bool confirmed_ = false;
  bool armed_read_ = false;
  bool armed_write_ = false;
  bool settling_ = false;
  bool failed_ = false;
  bool shut_ = false;
  std::optional<time_point> timer_;
};

connection_actor::behavior_type
connection(connection_actor::pointer self, const server_actor& server,
           const std::shared_ptr<reactor_link>& reactor,
           const std::shared_ptr<unique_fd>& accepted, const api_ptr& with,
           const body_budget& bodies, const session::limits& limits,
           const tls_context& tls) {
  auto state = std::make_shared<connection_state>(
      self, server, reactor, std::move(*accepted), with, bodies, limits, tls);
  return {
      [state](const socket_ready& msg) { state->ready(msg); },
      [state](connection_tick) { state->tick(); },
      [state](end_connection) { state->end(); },
      [state](const stream_news& news) { state->tell_client(news); },
  };
}

} // namespace

connection_actor spawn_connection(caf::actor_system& sys, server_actor server,
                                  std::shared_ptr<reactor_link> reactor,
                                  unique_fd accepted, api_ptr with,
                                  body_budget bodies,
                                  const session::limits& limits,
                                  tls_context tls) {
  return sys.spawn(connection, std::move(server), std::move(reactor),
                   std::make_shared<unique_fd>(std::move(accepted)),
                   std::move(with), std::move(bodies), limits, std::move(tls));
}

} // namespace grapevine::app::http
