#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace grapevine::app {

/// A column of a table.
struct table_column {
  std::string title;
  /// Numbers are.
  bool to_the_right = false;
  /// Its cells may be cut to so many columns of a terminal; 0: they never are.
  std::size_t least = 0;
};

/// Rows for people: strangers' texts are escaped, each row is one line. Columns
/// stand in the order of their importance: where not all fit, cells that may be
/// cut are, and then the last columns are left out.
class text_table {
public:
  explicit text_table(std::vector<table_column> columns)
      : columns_{std::move(columns)} {}

  /// A cell for each column.
  void add(std::vector<std::string> cells);

  std::size_t rows() const noexcept { return rows_.size(); }

  /// Its lines, the first being the titles; `width`: of the terminal. A last
  /// line tells which columns are missing.
  std::vector<std::string>
  lines(std::optional<std::size_t> width = std::nullopt) const;

private:
  std::vector<std::size_t> natural_widths() const;

  std::vector<table_column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

} // namespace grapevine::app
