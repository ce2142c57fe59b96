#pragma once

#include "app/http/session.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace grapevine::app::http {

inline const time_point start{std::chrono::seconds{1000}};

/// A session whose requests may have bodies of 10 bytes, and one that is
/// refused.
struct session_fixture {
  explicit session_fixture(const session::limits& l = {})
      : tested{l,
               [](const request& head) -> admission {
                 if (head.target == "/refused")
                   return {0, problem(404, "not here")};
                 return {10, std::nullopt};
               },
               start} {}

  void hear(std::string_view text) { tested.receive(text, now); }

  std::string take_output() {
    const std::string said{tested.output()};
    tested.sent(said.size(), now);
    return said;
  }

  // The target and body of the request that is there.
  std::string taken() {
    const auto one = tested.take(now);
    return one ? one->target + " " + one->body : "nothing";
  }

  void answer(const std::string& body) {
    tested.answer({200, "text/plain", body}, now);
  }

  time_point now = start;
  session tested;
};

} // namespace grapevine::app::http
