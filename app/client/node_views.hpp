#pragma once

#include "app/console/table.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <vector>

// What a node's answers look like to people. An answer may lack what an older
// node does not tell: that is shown as `-`.

namespace grapevine::app::client {

using text_lines = std::vector<std::string>;

/// The node, of `GET /api/v1/node`; `not_ready` is the reason why it is not.
text_lines status_lines(const nlohmann::json& node,
                        const std::optional<std::string>& not_ready);

/// Its peers, of `GET /api/v1/peers`, those with the lowest scores last.
text_table peers_table(const nlohmann::json& peers);

/// Its topics, of `GET /api/v1/topics`, in the order of their names.
text_table topics_table(const nlohmann::json& topics);

} // namespace grapevine::app::client
