#pragma once

#include "proto/expected.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace grapevine::app::http {

/// What a request is for: `/api/v1/publish?topic=news`, decoded.
struct target {
  std::string path;
  /// Of names that are there twice, the first.
  std::map<std::string, std::string, std::less<>> query{};

  std::optional<std::string> value(std::string_view name) const;
};

/// Without a value, what is wrong with it.
expected<target, std::string> parse_target(std::string_view text);

} // namespace grapevine::app::http
