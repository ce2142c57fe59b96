#pragma once

#include "app/http/message.hpp"
#include "app/http/request_reader.hpp"
#include "app/http/websocket.hpp"
#include "libp2p/base/time_point.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace grapevine::app::http {

/// What is made of a request whose head has come.
struct admission {
  /// Bytes that its body may have.
  std::size_t body_limit = 0;
  /// The answer, if there is nothing more to know.
  std::optional<response> refusal{};
};

/// One client's connection: bytes in, requests and bytes out. Requests are
/// given out one at a time, the next when the answer to the last is on its way,
/// and nothing is read meanwhile that is not needed: what a client can make
/// this node keep is one request, one answer, and some bytes. No socket; the
/// time is given.
class session {
public:
  struct limits {
    request_reader::limits reader{};
    /// From a request's first byte to its head, and to its end.
    std::chrono::milliseconds head_time{10'000};
    std::chrono::milliseconds body_time{30'000};
    /// Between two requests.
    std::chrono::milliseconds idle_time{60'000};
    /// Until a request is answered: longer than any answer takes.
    std::chrono::milliseconds answer_time{630'000};
    /// While a client takes nothing of what waits for it.
    std::chrono::milliseconds write_time{30'000};
    /// For the last answer to be read, when a client still sends.
    std::chrono::milliseconds linger_time{2'000};
    /// The next of several requests is looked at when less than this waits.
    std::size_t output_bytes = std::size_t{64} * 1024;
  };

  using admit = std::function<admission(const request& head)>;

  session(const limits& l, admit judge, time_point now);

  // -- in ---------------------------------------------------------------------

  void receive(std::string_view data, time_point now);
  /// The client will send no more.
  void end_of_input();
  /// Whether it is to be read from now.
  bool wants_input() const noexcept;

  // -- requests ---------------------------------------------------------------

  /// The next request, which is to be answered, or whose stream is to be begun.
  std::optional<request> take(time_point now);
  bool has_request() const noexcept { return state_ == state::ready; }
  void answer(const response& with, time_point now);

  /// Answers with a body that has no end yet.
  void begin_stream(std::string_view content_type, time_point now);
  /// The same as a WebSocket, for a client with this key: what is streamed are
  /// frames.
  void begin_websocket(std::string_view key, time_point now);
  void stream(std::string_view data, time_point now);
  /// Nothing follows: the connection ends when all has been sent.
  void end_stream(time_point now);
  /// What comes cannot be understood: says nothing more.
  void abandon(time_point now);
  bool is_streaming() const noexcept { return state_ == state::streaming; }

  /// Takes no further request, and ends what is under way, soon: the node
  /// stops.
  void finish(time_point now);

  // -- out --------------------------------------------------------------------

  /// What is to be sent.
  std::string_view output() const noexcept {
    return std::string_view{output_}.substr(sent_);
  }
  void sent(std::size_t count, time_point now);

  /// All is said: close the sending direction, and read until the client
  /// closes. To close at once would take from it what it has not yet read.
  bool said_all() const noexcept;
  /// To be closed.
  bool finished() const noexcept { return state_ == state::ended; }

  // -- time -------------------------------------------------------------------

  /// When `tick` has something to do; never: `time_point::max()`.
  time_point deadline() const noexcept;
  void tick(time_point now);

private:
  enum class state {
    /// For a request to be there.
    reading,
    /// A request is there, to be taken.
    ready,
    /// It was taken, to be answered.
    answering,
    streaming,
    /// The last answer is on its way.
    closing,
    ended,
  };

  void read_on(time_point now);
  void hear(std::string_view frames, time_point now);
  void judge_head(time_point now);
  void say(std::string_view wire, time_point now);
  void close_with(const response& last, time_point now);
  void close(time_point now);
  void request_done(time_point now);

  limits limits_;
  admit admit_;
  request_reader reader_;
  state state_ = state::reading;
  // Of the request that is answered.
  bool keep_alive_ = false;
  bool is_head_ = false;
  bool chunked_ = false;
  // Known before its body has come.
  std::optional<response> refusal_;
  bool input_ended_ = false;
  // Of a stream that is one.
  std::unique_ptr<websocket> websocket_;
  std::string output_;
  std::size_t sent_ = 0;
  // Since when the client takes nothing; since when there is no request; when
  // the one at hand began; until when a last answer may be read.
  time_point stuck_since_;
  time_point idle_since_;
  std::optional<time_point> began_;
  // When the one at hand was taken.
  time_point taken_at_;
  bool head_came_ = false;
  time_point linger_until_;
};

} // namespace grapevine::app::http
