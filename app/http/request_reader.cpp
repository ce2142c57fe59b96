#include "app/http/request_reader.hpp"

#include <algorithm>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/string_body.hpp>
#include <utility>

namespace grapevine::app::http {

namespace beast = boost::beast;

struct request_reader::parser {
  beast::http::request_parser<beast::http::string_body> beast{};
};

namespace {

std::string text_of(beast::string_view text) {
  return {text.data(), text.size()};
}

std::string value_of(const beast::http::fields& fields,
                     beast::http::field name) {
  return text_of(fields[name]);
}

std::optional<std::string> value_if_there(const beast::http::fields& fields,
                                          beast::http::field name) {
  const auto one = fields.find(name);
  return one == fields.end() ? std::nullopt
                             : std::optional{text_of(one->value())};
}

// Of a header that is a list.
bool has_token(const beast::http::fields& fields, beast::http::field name,
               beast::string_view token) {
  return beast::http::token_list{fields[name]}.exists(token);
}

} // namespace

request_reader::request_reader(const limits& l) : limits_{l} {}

request_reader::~request_reader() = default;

void request_reader::receive(std::string_view data) {
  input_.erase(0, std::exchange(read_, 0));
  input_.append(data);
}

bool request_reader::is_amid() const noexcept {
  return !failed_ && (head_done_ || !rest().empty());
}

request_reader::found request_reader::next() {
  if (failed_)
    return found::error;
  if (head_done_)
    return read_body();
  // An empty line before a request is none of it (RFC 9112, 2.2).
  read_ = std::min(input_.find_first_not_of("\r\n", read_), input_.size());
  if (!rest().empty())
    return read_head();
  // An idle connection holds no buffer.
  std::string{}.swap(input_);
  read_ = 0;
  return found::nothing;
}

request_reader::found request_reader::read_head() {
  if (!parser_) {
    parser_ = std::make_unique<parser>();
    parser_->beast.header_limit(
        static_cast<std::uint32_t>(limits_.header_bytes));
    parser_->beast.body_limit(limits_.body_bytes);
    parser_->beast.eager(false);
  }
  beast::error_code error;
  read_ += parser_->beast.put({rest().data(), rest().size()}, error);
  using code = beast::http::error;
  if (error == code::need_more)
    return waiting() >= limits_.header_bytes
               ? fail(431, "the request's headers are too large")
               : found::nothing;
  if (error == code::header_limit)
    return fail(431, "the request's headers are too large");
  if (error == code::body_limit)
    return fail(413, "the request's body is too large");
  if (error == code::bad_version)
    return fail(505, "only HTTP/1.1 and HTTP/1.0 are spoken here");
  if (error)
    return fail(400, "this is no HTTP request: " + error.message());
  return head_found();
}

// What may be read in more than one way is not read at all: between a client
// and this node there may be a proxy that reads it in the other.
request_reader::found request_reader::head_found() {
  using beast::http::field;
  const auto& beast = parser_->beast;
  const auto& head = beast.get();
  http11_ = head.version() >= 11;
  if (head.count(field::host) > 1 || (http11_ && head.count(field::host) == 0))
    return fail(400, "a request must have one Host header");
  if (head.count(field::origin) > 1 || head.count(field::authorization) > 1)
    return fail(400, "a header is there twice that may be there once");
  if (head.count(field::transfer_encoding) > 0
      && (!beast.chunked() || !http11_
          || !beast::iequals(head[field::transfer_encoding], "chunked")))
    return fail(501, "of transfer encodings only \"chunked\" is understood");
  request_ = {text_of(head.method_string()), text_of(head.target()),
              head.keep_alive()};
  request_.host = value_if_there(head, field::host);
  request_.origin = value_if_there(head, field::origin);
  request_.authorization = value_of(head, field::authorization);
  request_.accept = value_of(head, field::accept);
  if (http11_ && head.method() == beast::http::verb::get
      && has_token(head, field::connection, "upgrade")
      && has_token(head, field::upgrade, "websocket"))
    request_.websocket = {value_of(head, field::sec_websocket_version),
                          value_of(head, field::sec_websocket_key)};
  request_.accept_encoding = value_of(head, field::accept_encoding);
  request_.if_none_match = value_of(head, field::if_none_match);
  has_body_ = !beast.is_done();
  if (beast.chunked())
    request_.body_size.reset();
  else if (const auto size = beast.content_length())
    request_.body_size = static_cast<std::size_t>(*size);
  expects_continue_ = http11_ && has_body_
                      && beast::iequals(head[field::expect], "100-continue");
  head_done_ = true;
  body_limit_ = 0;
  return found::head;
}

request_reader::found request_reader::read_body() {
  auto& beast = parser_->beast;
  if (const auto size = beast.content_length(); size && *size > body_limit_)
    return fail(413, "the request's body is too large");
  beast.eager(true);
  // What is left of a body in chunks is never shorter; given less, Beast may
  // find an assertion of its own broken.
  while (!beast.is_done()
         && (!beast.chunked() || rest().size() >= last_chunk.size())) {
    beast::error_code error;
    read_ += beast.put({rest().data(), rest().size()}, error);
    using code = beast::http::error;
    if (error == code::body_limit || beast.get().body().size() > body_limit_)
      return fail(413, "the request's body is too large");
    if (error == code::need_more || (!error && rest().empty()))
      break;
    if (error)
      return fail(400, "the request's body is broken: " + error.message());
  }
  if (beast.is_done())
    return found::request;
  return waiting() > limits_.header_bytes
             ? fail(400, "a chunk's header or the trailers are too large")
             : found::nothing;
}

request request_reader::take() {
  request_.body = std::move(parser_->beast.get().body());
  parser_.reset();
  head_done_ = false;
  return std::move(request_);
}

std::string request_reader::take_rest() {
  input_.erase(0, std::exchange(read_, 0));
  return std::exchange(input_, {});
}

request_reader::found request_reader::fail(int status,
                                           std::string_view detail) {
  failed_ = true;
  error_ = problem(status, detail);
  parser_.reset();
  std::string{}.swap(input_);
  read_ = 0;
  return found::error;
}

} // namespace grapevine::app::http
