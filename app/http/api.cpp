#include "app/http/api.hpp"

#include "app/http/handlers.hpp"
#include "app/http/page.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace grapevine::app::http {

namespace {

enum class access {
  /// With the token, if there is one.
  guarded,
  /// For whoever looks after the node: it tells nothing of it.
  probe,
};

enum class body { none, words, message };

/// A path and what answers it.
struct route {
  std::string_view method;
  std::string_view path;
  access who;
  body takes;
  void (*answer)(const api_options&, const call_ptr&);
};

constexpr std::array routes_table{
    route{"GET", "/healthz", access::probe, body::none, answer_health},
    route{"GET", "/readyz", access::probe, body::none, answer_readiness},
    route{"GET", "/metrics", access::guarded, body::none, answer_metrics},
    route{"GET", "/api/v1/openapi.json", access::guarded, body::none,
          answer_openapi},
    route{"GET", "/api/v1/node", access::guarded, body::none, answer_node},
    route{"GET", "/api/v1/peers", access::guarded, body::none, answer_peers},
    route{"GET", "/api/v1/topics", access::guarded, body::none, answer_topics},
    route{"GET", "/api/v1/log-level", access::guarded, body::none,
          answer_log_level},
    route{"PUT", "/api/v1/log-level", access::guarded, body::words,
          answer_set_log_level},
    route{"POST", "/api/v1/publish", access::guarded, body::message,
          answer_publish},
    route{"GET", "/api/v1/subscribe", access::guarded, body::none,
          answer_subscribe},
    route{"GET", "/api/v1/events", access::guarded, body::none, answer_events},
    route{"POST", "/api/v1/connect", access::guarded, body::words,
          answer_connect},
    route{"POST", "/api/v1/disconnect", access::guarded, body::words,
          answer_disconnect},
    route{"POST", "/api/v1/block", access::guarded, body::words, answer_block},
    route{"POST", "/api/v1/unblock", access::guarded, body::words,
          answer_unblock},
    route{"POST", "/api/v1/allow", access::guarded, body::words, answer_allow},
    route{"POST", "/api/v1/disallow", access::guarded, body::words,
          answer_disallow},
};

// All files of the live page: what they show they ask for, as others do.
constexpr route page_route{"GET", {}, access::probe, body::none, answer_page};

// Of a few fields.
constexpr std::size_t words_size = std::size_t{16} * 1024;

// HEAD asks for what GET has, without the body.
std::string_view method_of(std::string_view method) {
  return method == "HEAD" ? "GET" : method;
}

const route* find_route(std::string_view method, std::string_view path) {
  for (const auto& one : routes_table)
    if (one.path == path && one.method == method_of(method))
      return &one;
  return method_of(method) == "GET" && find_page_file(path) != nullptr
             ? &page_route
             : nullptr;
}

// The methods of a path; none: there is no such path.
std::string methods_of(std::string_view path) {
  std::string all = find_page_file(path) == nullptr ? "" : "GET, HEAD";
  for (const auto& one : routes_table)
    if (one.path == path) {
      all += all.empty() ? "" : ", ";
      all += one.method;
      if (one.method == "GET")
        all += ", HEAD";
    }
  return all;
}

response no_route(const request& head, const std::string& path) {
  const auto methods = methods_of(path);
  if (methods.empty())
    return problem(404, "there is nothing at " + path
                            + "; what there is, is told by "
                              "/api/v1/openapi.json");
  auto answer =
      problem(405, path + " takes no " + head.method + ", but " + methods);
  answer.headers.emplace_back("Allow", methods);
  return answer;
}

} // namespace

api::api(api_options o) : options_{std::move(o)}, guard_{options_.who} {}

admission api::admit(const request& head) const {
  const auto where = parse_target(head.target);
  // Whoever may not use it learns nothing of it.
  const auto* found = where ? find_route(head.method, where->path) : nullptr;
  auto objection = found != nullptr && found->who == access::probe
                       ? guard_.objection_to_probe(head)
                       : guard_.objection(head);
  if (objection)
    return {0, std::move(objection)};
  if (!where)
    return {0, problem(400, where.error())};
  if (found == nullptr)
    return {0, no_route(head, where->path)};
  switch (found->takes) {
  case body::words:
    return {words_size};
  case body::message:
    return {options_.max_message_size};
  case body::none:
    break;
  }
  return {};
}

void api::handle(call one) const {
  auto where = parse_target(one.asked.target);
  // It was admitted.
  const auto* found =
      where ? find_route(one.asked.method, where->path) : nullptr;
  if (found == nullptr)
    return one.answer(problem(404, "there is nothing at this path"));
  one.where = *std::move(where);
  found->answer(options_, std::make_shared<call>(std::move(one)));
}

std::vector<std::string> api::routes() {
  std::vector<std::string> all;
  all.reserve(std::size(routes_table));
  for (const auto& one : routes_table)
    all.push_back(std::string{one.method} + ' ' + std::string{one.path});
  return all;
}

} // namespace grapevine::app::http
