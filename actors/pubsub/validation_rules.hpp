#pragma once

#include "messages/api.hpp"
#include "messages/load_gauge.hpp"
#include "messages/validator.hpp"

#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine {

/// A validation, and what is known of its actors.
struct judge_panel {
  const topic_validation* how = nullptr;
  /// Questions to each of its actors that are not answered yet.
  std::vector<std::shared_ptr<load_gauge>> loads;

  /// An actor with so many of them is not asked.
  std::size_t most_unanswered() const noexcept;
};

/// Whom a message's way leads past: of a table of validations, those of a topic
/// in the order in which they are asked.
class validation_rules {
public:
  /// All topics' validation, then the topic's own; null where there is none.
  using stages = std::array<const judge_panel*, 2>;

  /// Judges without a gauge in `loads` get one of their own.
  validation_rules(std::shared_ptr<const validation_table> table,
                   const judge_loads& loads);
  validation_rules(const validation_rules&) = delete;
  validation_rules& operator=(const validation_rules&) = delete;

  stages of(std::string_view topic) const;

private:
  std::shared_ptr<const validation_table> table_;
  std::map<std::string_view, judge_panel> panels_;
  const judge_panel* all_ = nullptr;
};

/// Bytes of data that a message of the topic may have, by the topic's own
/// validation or by that of all topics; 0: what fits into an RPC.
std::size_t max_data_size(const validation_table& table,
                          std::string_view topic);

/// The same of what `validation_rules` found.
std::size_t max_data_size(const validation_rules::stages& stages);

/// Whether anybody is to be asked about the topic's messages.
bool is_judged(const validation_table& table, std::string_view topic);

} // namespace grapevine
