#include "libp2p/session/multistream.hpp"

#include "proto/varint.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace grapevine::libp2p {

namespace {

constexpr std::string_view not_available = "na";
constexpr std::string_view list_command = "ls";

// Of a proposal that is shown to people.
constexpr std::size_t longest_shown = 64;

} // namespace

std::string to_string(multistream_error code) {
  switch (code) {
  case multistream_error::too_long:
    return "negotiation message too long";
  case multistream_error::malformed:
    return "malformed negotiation message";
  case multistream_error::bad_header:
    return "wrong negotiation header";
  case multistream_error::unexpected_answer:
    return "unexpected negotiation answer";
  case multistream_error::too_many_rounds:
    return "too many proposals";
  }
  return "unknown error";
}

void append_multistream(bytes& out, std::string_view text) {
  append_varint(out, text.size() + 1);
  append(out, as_bytes(text));
  out.push_back('\n');
}

// -- multistream_reader -------------------------------------------------------

expected<std::optional<std::size_t>, multistream_error>
multistream_reader::read_length(bytes_view& in) {
  while (!in.empty()) {
    held_.push_back(in.front());
    in = in.subspan(1);
    auto read = read_varint(held_);
    if (read.malformed)
      return unexpected{multistream_error::malformed};
    if (read.size == 0)
      continue;
    held_.clear();
    if (read.value > max_message_)
      return unexpected{multistream_error::too_long};
    // A newline and something before it.
    if (read.value < 2)
      return unexpected{multistream_error::malformed};
    return std::optional{static_cast<std::size_t>(read.value)};
  }
  return std::optional<std::size_t>{};
}

expected<std::optional<std::string_view>, multistream_error>
multistream_reader::next(bytes_view& in) {
  if (length_ && held_.size() == *length_) {
    // The message that the last call gave.
    held_.clear();
    length_.reset();
  }
  if (!length_) {
    auto length = read_length(in);
    if (!length)
      return unexpected{length.error()};
    length_ = *length;
  }
  if (!length_)
    return std::optional<std::string_view>{};
  auto take = std::min(*length_ - held_.size(), in.size());
  append(held_, in.first(take));
  in = in.subspan(take);
  if (held_.size() < *length_)
    return std::optional<std::string_view>{};
  if (held_.back() != '\n')
    return unexpected{multistream_error::malformed};
  auto text = as_text(held_);
  text.remove_suffix(1);
  return std::optional{text};
}

/// Gives each message that is whole to an end, as long as it negotiates;
/// returns how many bytes were used.
struct multistream_feed {
  template <class End>
  static std::size_t run(End& end, bytes_view in, bytes& out) {
    auto rest = in;
    while (end.state_ == multistream_state::negotiating) {
      auto message = end.reader_.next(rest);
      if (!message)
        end.fail(message.error());
      else if (message->has_value())
        end.on_message(**message, out);
      else
        break;
    }
    return in.size() - rest.size();
  }
};

// -- multistream_dialer -------------------------------------------------------

multistream_dialer::multistream_dialer(std::vector<std::string> protocols,
                                       multistream_limits limits)
    : protocols_{std::move(protocols)}, limits_{limits},
      reader_{limits.max_message} {
  if (protocols_.empty())
    throw std::invalid_argument("a negotiation needs a protocol");
}

void multistream_dialer::start(bytes& out) {
  append_multistream(out, multistream_protocol);
  append_multistream(out, protocol());
}

std::size_t multistream_dialer::feed(bytes_view in, bytes& out) {
  return multistream_feed::run(*this, in, out);
}

void multistream_dialer::on_message(std::string_view text, bytes& out) {
  auto is_header = text == multistream_protocol;
  if (is_header == header_seen_)
    return fail(multistream_error::bad_header);
  if (is_header) {
    header_seen_ = true;
  } else if (text == protocol()) {
    state_ = multistream_state::agreed;
  } else if (text != not_available) {
    fail(multistream_error::unexpected_answer);
  } else if (current_ + 1 == protocols_.size()) {
    state_ = multistream_state::refused;
  } else if (current_ + 1 == limits_.max_rounds) {
    fail(multistream_error::too_many_rounds);
  } else {
    ++current_;
    append_multistream(out, protocol());
  }
}

void multistream_dialer::fail(multistream_error why) {
  state_ = multistream_state::failed;
  error_ = why;
}

// -- multistream_listener -----------------------------------------------------

multistream_listener::multistream_listener(
    std::span<const std::string> supported, multistream_limits limits)
    : supported_{supported}, limits_{limits}, reader_{limits.max_message} {}

void multistream_listener::start(bytes& out) {
  if (std::exchange(header_sent_, true))
    return;
  append_multistream(out, multistream_protocol);
}

std::size_t multistream_listener::feed(bytes_view in, bytes& out) {
  return multistream_feed::run(*this, in, out);
}

void multistream_listener::on_message(std::string_view text, bytes& out) {
  auto is_header = text == multistream_protocol;
  if (is_header == header_seen_)
    return fail(multistream_error::bad_header);
  if (is_header) {
    header_seen_ = true;
    return start(out);
  }
  if (++rounds_ > limits_.max_rounds)
    return fail(multistream_error::too_many_rounds);
  if (text == list_command)
    return list_protocols(out);
  auto found = std::find(supported_.begin(), supported_.end(), text);
  if (found == supported_.end()) {
    refused_ = text.substr(0, longest_shown);
    return append_multistream(out, not_available);
  }
  append_multistream(out, text);
  protocol_ = *found;
  state_ = multistream_state::agreed;
}

/// One message whose body is the protocols, each as a message of its own.
void multistream_listener::list_protocols(bytes& out) const {
  bytes body;
  for (const auto& protocol : supported_)
    append_multistream(body, protocol);
  append_multistream(out, as_text(body));
}

void multistream_listener::fail(multistream_error why) {
  state_ = multistream_state::failed;
  error_ = why;
}

} // namespace grapevine::libp2p
