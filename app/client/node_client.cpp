#include "app/client/node_client.hpp"

#include "app/console/terminal_text.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <utility>

namespace grapevine::app::client {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Until it is connected: a node takes connections at once.
constexpr std::chrono::seconds connect_time{10};

// A node closes a connection that is idle for twice as long.
constexpr std::chrono::seconds idle_time{30};

constexpr std::size_t read_size = std::size_t{64} * 1024;

std::string text_of(milliseconds time) {
  return value_text<milliseconds>::format(time);
}

// What an error of the API says.
std::string detail_of(const std::string& body) {
  const auto problem = nlohmann::json::parse(body, nullptr, false);
  if (!problem.is_object() || !problem.contains("detail")
      || !problem["detail"].is_string())
    return {};
  return for_terminal(problem["detail"].get<std::string>());
}

} // namespace

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view unreserved = "abcdefghijklmnopqrstuvwxyz"
                                          "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                          "0123456789-._~";
  std::string result;
  for (const char c : text)
    if (unreserved.find(c) != std::string_view::npos)
      result += c;
    else
      result += fmt::format("%{:02X}", static_cast<std::uint8_t>(c));
  return result;
}

// -- line_stream --------------------------------------------------------------

bool line_stream::fill() {
  bool goes_on = fill_once();
  while (goes_on && stream_.can_read())
    goes_on = fill_once();
  return goes_on;
}

bool line_stream::fill_once() {
  std::array<char, read_size> buffer;
  const auto got = stream_.read(buffer, steady_clock::now());
  if (!got)
    return got.error().what == stream_error::kind::late;
  if (*got == 0)
    return false;
  const auto found = reader_.receive({buffer.data(), *got});
  lines_ += reader_.take_body();
  return found == answer_reader::found::nothing;
}

std::optional<std::string> line_stream::next() {
  const auto end = lines_.find('\n', searched_);
  if (end == std::string::npos) {
    searched_ = lines_.size();
    return std::nullopt;
  }
  auto line = lines_.substr(0, end);
  lines_.erase(0, end + 1);
  searched_ = 0;
  return line;
}

// -- node_client --------------------------------------------------------------

std::string node_client::place() const {
  return value_text<node_place>::format(node_.where);
}

outcome<std::string> node_client::ask(const node_request& asked) {
  auto answer = exchange(asked, steady_clock::now() + asked.patience);
  if (!answer)
    return unexpected{answer.error()};
  if (auto trouble = trouble_with(asked, *answer))
    return unexpected{*std::move(trouble)};
  return answer->take_body();
}

outcome<line_stream> node_client::open_stream(const node_request& asked) {
  stream_.reset();
  auto answer =
      exchange_once(asked, steady_clock::now() + asked.patience, wanted::head);
  if (!answer)
    return unexpected{answer.error()};
  if (auto trouble = trouble_with(asked, *answer))
    return unexpected{*std::move(trouble)};
  line_stream made{*std::move(stream_), *std::move(answer)};
  stream_.reset();
  return made;
}

// A connection that was idle may end just when it is used again. What only
// reads is then asked again.
outcome<answer_reader> node_client::exchange(const node_request& asked,
                                             deadline until) {
  const bool reused = stream_ && !stream_->is_stale()
                      && steady_clock::now() - used_ < idle_time;
  if (!reused)
    stream_.reset();
  auto answer = exchange_once(asked, until, wanted::all);
  if (answer || !reused || asked.method != "GET" || stop_->raised())
    return answer;
  stream_.reset();
  return exchange_once(asked, until, wanted::all);
}

outcome<answer_reader> node_client::exchange_once(const node_request& asked,
                                                  deadline until, wanted what) {
  last_status_ = 0;
  if (auto connected = connect(until); !connected)
    return unexpected{connected.error()};
  const auto fail = [&](failure why) {
    stream_.reset();
    return unexpected{std::move(why)};
  };
  // A node that refuses a body may answer before it has read it.
  const auto written = stream_->write(head_of(asked) + asked.body, until);
  if (!written && written.error().what != stream_error::kind::failed)
    return fail(broken(written.error(), asked.patience));
  answer_reader reader;
  auto found = answer_reader::found::nothing;
  std::array<char, read_size> buffer;
  while (found == answer_reader::found::nothing) {
    const auto got = stream_->read(buffer, until);
    if (!got)
      return fail(broken(got.error(), asked.patience));
    if (*got == 0 && !reader.has_head())
      return fail(broken({stream_error::kind::failed, 0}, asked.patience));
    found = *got == 0 ? reader.end_of_input()
                      : reader.receive({buffer.data(), *got});
    const bool streams = reader.has_head() && reader.status() == 200;
    if (what == wanted::head && streams && found != answer_reader::found::error)
      return reader;
  }
  if (found == answer_reader::found::error)
    return fail(not_understood());
  used_ = steady_clock::now();
  last_status_ = reader.status();
  if (!reader.keep_alive())
    stream_.reset();
  return reader;
}

outcome<void> node_client::connect(deadline until) {
  if (stream_)
    return {};
  auto opened = byte_stream::open(
      node_.where, node_.tls,
      std::min(until, steady_clock::now() + connect_time), *stop_);
  if (!opened)
    return unexpected{unreachable(opened.error())};
  stream_.emplace(*std::move(opened));
  return {};
}

std::string node_client::head_of(const node_request& asked) const {
  const bool tcp = node_.where.where.what == api_address::kind::tcp;
  auto head =
      fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: "
                  "grapevine/" GRAPEVINE_VERSION "\r\nAccept: {}\r\n",
                  asked.method, asked.target,
                  tcp ? node_.where.authority() : "localhost", asked.accept);
  if (node_.token)
    head += "Authorization: Bearer " + *node_.token + "\r\n";
  if (asked.method != "GET")
    head += fmt::format("Content-Length: {}\r\n", asked.body.size());
  return head + "\r\n";
}

// -- what went wrong ----------------------------------------------------------

std::optional<failure> node_client::trouble_with(const node_request& asked,
                                                 answer_reader& answer) const {
  const auto type = answer.content_type();
  if (answer.status() == 200)
    return type == asked.accept ? std::nullopt
                                : std::optional{not_understood()};
  const auto detail = detail_of(answer.take_body());
  if (type != "application/problem+json" || detail.empty())
    return not_understood();
  return explain(asked, answer.status(), detail);
}

failure node_client::explain(const node_request& asked, int status,
                             const std::string& detail) const {
  const auto says = [](std::string text) {
    return failure{runtime_failure, std::move(text)};
  };
  if (status == 401)
    return says(node_.token
                    ? "the node at " + place()
                          + " has another token than that of --api-token-file"
                    : "the node at " + place()
                          + " asks for a token: give the file with "
                            "--api-token-file");
  if (!node_.where.tls && detail.starts_with("this port speaks HTTPS"))
    return says("the node at " + place() + " speaks HTTPS: ask for https://"
                + place());
  const auto path = asked.target.substr(0, asked.target.find('?'));
  if (status == 405
      || (status == 404 && detail.starts_with("there is nothing at ")))
    return says(fmt::format("the node at {} does not know {} {}: is it older "
                            "than this program ({})?",
                            place(), asked.method, path, GRAPEVINE_VERSION));
  return says(detail);
}

failure node_client::unreachable(const stream_error& why) const {
  if (why.what != stream_error::kind::failed || why.code == 0)
    return broken(why, connect_time);
  // Where a node was killed, its socket is still there.
  if (why.code == ECONNREFUSED || why.code == ENOENT)
    return {runtime_failure, "nothing answers at " + place()
                                 + ": is a node running, and has it its API "
                                   "there (--api)?"};
  return {runtime_failure,
          fmt::format("cannot reach {}: {}", place(), std::strerror(why.code))};
}

failure node_client::broken(const stream_error& why,
                            milliseconds patience) const {
  switch (why.what) {
  case stream_error::kind::late:
    return {runtime_failure,
            fmt::format("what is at {} does not answer within {}", place(),
                        text_of(patience))};
  case stream_error::kind::stopped:
    return {runtime_failure, "stopped before the node answered"};
  case stream_error::kind::no_such_name:
    return {runtime_failure, why.text};
  case stream_error::kind::no_tls:
    return {runtime_failure, "what is at " + place() + " " + why.text};
  case stream_error::kind::failed:
    break;
  }
  return {
      runtime_failure,
      fmt::format(
          "what is at {} ends the connection without an answer{}", place(),
          why.code == 0 ? "" : std::string{": "} + std::strerror(why.code))};
}

failure node_client::not_understood() const {
  return {runtime_failure,
          "what answers at " + place() + " is no grapevine node's API"};
}

} // namespace grapevine::app::client
