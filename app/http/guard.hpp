#pragma once

#include "app/http/message.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace grapevine::app::http {

/// Who may use the API. A page of the web must not, though a browser on this
/// machine may be made to ask in its name: by another origin's request, or by
/// a name that suddenly stands for 127.0.0.1 (DNS rebinding).
class guard {
public:
  struct options {
    /// Listens on loopback, so that nobody calls it by another name.
    bool loopback = true;
    /// Of `Authorization: Bearer`; nothing: none is asked for.
    std::optional<std::string> token{};
    /// Its pages are at https.
    bool secure = false;
  };

  explicit guard(options o) : options_{std::move(o)} {}

  /// Why a request is refused; nothing if it is not.
  std::optional<response> objection(const request& head) const;

  /// The same of what tells nothing but whether the node is well, for which no
  /// token is asked.
  std::optional<response> objection_to_probe(const request& head) const;

private:
  bool is_own(std::string_view origin, const request& head) const;
  bool has_token(std::string_view authorization) const;

  options options_;
};

} // namespace grapevine::app::http
