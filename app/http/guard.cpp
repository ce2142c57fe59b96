#include "app/http/guard.hpp"

#include "libp2p/address/ip_address.hpp"

#include <openssl/crypto.h>

#include <algorithm>

namespace grapevine::app::http {

namespace {

bool equal_letters(std::string_view a, std::string_view b) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::ranges::equal(a, b, {}, lower, lower);
}

// Of `[::1]:4080`, `localhost:4080` or a name alone.
std::string_view name_in(std::string_view host) {
  if (host.starts_with('['))
    return host.substr(1, std::max<std::size_t>(host.find(']'), 1) - 1);
  return host.substr(0, host.rfind(':'));
}

// The port may be another one: a tunnel's.
bool is_this_machine(std::string_view host) {
  const auto name = name_in(host);
  if (equal_letters(name, "localhost"))
    return true;
  const auto ip = libp2p::ip_address::from_text(name);
  return ip && ip->is_loopback();
}

// A page of another origin cannot read the answer, but for a WebSocket's.
bool only_reads(const request& head) {
  return (head.method == "GET" || head.method == "HEAD") && !head.websocket;
}

} // namespace

std::optional<response> guard::objection_to_probe(const request& head) const {
  if (options_.loopback && head.host && !is_this_machine(*head.host))
    return problem(403, "the Host header names another machine; this address "
                        "is called 127.0.0.1, [::1] or localhost");
  if (head.origin && !only_reads(head) && !is_own(*head.origin, head))
    return problem(403, "pages of other origins may not do this");
  return std::nullopt;
}

std::optional<response> guard::objection(const request& head) const {
  if (auto found = objection_to_probe(head))
    return found;
  if (options_.token && !has_token(head.authorization)) {
    auto answer = problem(401, "the header \"Authorization: Bearer TOKEN\" is "
                               "missing, or its token is not the one of "
                               "--api-token-file");
    answer.headers.emplace_back("WWW-Authenticate", "Bearer");
    return answer;
  }
  return std::nullopt;
}

// Whether a page that this node served itself asks. That of another origin can
// read no answer, but could have the node do things.
bool guard::is_own(std::string_view origin, const request& head) const {
  const std::string_view scheme = options_.secure ? "https://" : "http://";
  return head.host && origin.starts_with(scheme)
         && equal_letters(origin.substr(scheme.size()), *head.host);
}

bool guard::has_token(std::string_view authorization) const {
  constexpr std::string_view scheme = "bearer ";
  if (!equal_letters(authorization.substr(0, scheme.size()), scheme))
    return false;
  const auto given = authorization.substr(scheme.size());
  return given.size() == options_.token->size()
         && CRYPTO_memcmp(given.data(), options_.token->data(), given.size())
                == 0;
}

} // namespace grapevine::app::http
