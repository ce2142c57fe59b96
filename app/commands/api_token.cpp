#include "app/commands/api_token.hpp"

#include "app/http/token_file.hpp"

#include <fmt/format.h>
#include <utility>

namespace grapevine::app {

outcome<std::optional<std::string>>
read_api_token(const std::optional<std::filesystem::path>& file) {
  if (!file)
    return std::optional<std::string>{};
  auto token = http::read_token(*file);
  if (!token)
    return runtime_error(fmt::format("--api-token-file: \"{}\": {}",
                                     file->string(), token.error()));
  return std::optional{*std::move(token)};
}

} // namespace grapevine::app
