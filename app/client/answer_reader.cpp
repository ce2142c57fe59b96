#include "app/client/answer_reader.hpp"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstdint>
#include <limits>
#include <utility>

namespace grapevine::app::client {

namespace beast = boost::beast;

namespace {

// Of a head. A node sends much less.
constexpr std::uint32_t head_size = 64 * 1024;

// Of what waits to be taken: the peers of a very large node, or one message.
constexpr std::size_t body_size = std::size_t{256} * 1024 * 1024;

} // namespace

struct answer_reader::parser {
  parser() {
    beast.header_limit(head_size);
    // A stream has no end. Without a limit, Boost 1.74 refuses every body
    // that has a length.
    beast.body_limit(std::numeric_limits<std::uint64_t>::max());
    beast.eager(true);
  }

  beast::http::response_parser<beast::http::string_body> beast{};
};

answer_reader::answer_reader() : parser_{std::make_unique<parser>()} {}
answer_reader::answer_reader(answer_reader&& other) noexcept = default;
answer_reader&
answer_reader::operator=(answer_reader&& other) noexcept = default;
answer_reader::~answer_reader() = default;

answer_reader::found answer_reader::receive(std::string_view data) {
  input_.append(data);
  return read_on();
}

answer_reader::found answer_reader::end_of_input() {
  auto& beast = parser_->beast;
  beast::error_code error;
  if (has_head() && !beast.is_done())
    beast.put_eof(error);
  return beast.is_done() && !error ? found::answer : found::error;
}

answer_reader::found answer_reader::read_on() {
  auto& beast = parser_->beast;
  std::string_view rest = input_;
  beast::error_code error;
  while (!beast.is_done() && !rest.empty() && !error)
    rest.remove_prefix(beast.put({rest.data(), rest.size()}, error));
  input_.erase(0, input_.size() - rest.size());
  if (error && error != beast::http::error::need_more)
    return found::error;
  if (beast.get().body().size() > body_size || input_.size() > head_size)
    return found::error;
  // What follows an answer, nobody has asked for.
  if (beast.is_done())
    return input_.empty() ? found::answer : found::error;
  return found::nothing;
}

bool answer_reader::has_head() const {
  return parser_->beast.is_header_done();
}

int answer_reader::status() const {
  return static_cast<int>(parser_->beast.get().result_int());
}

std::string answer_reader::content_type() const {
  const auto type = parser_->beast.get()[beast::http::field::content_type];
  const auto end = type.find(';');
  return {type.data(), end == beast::string_view::npos ? type.size() : end};
}

bool answer_reader::keep_alive() const {
  return parser_->beast.get().keep_alive();
}

std::string answer_reader::take_body() {
  return std::exchange(parser_->beast.get().body(), {});
}

} // namespace grapevine::app::client
