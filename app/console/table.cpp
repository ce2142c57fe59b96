#include "app/console/table.hpp"

#include "app/console/terminal_text.hpp"
#include "app/console/text_width.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace grapevine::app {

namespace {

using widths = std::vector<std::size_t>;

// Between two columns.
constexpr std::size_t gap = 2;

std::size_t total(const widths& all) {
  return std::accumulate(all.begin(), all.end(), std::size_t{0})
         + gap * (all.empty() ? 0 : all.size() - 1);
}

// A tab would make a hole in its column.
std::string cell_text(const std::string& text) {
  auto result = for_terminal(text);
  for (auto at = result.find('\t'); at != std::string::npos;
       at = result.find('\t', at))
    result.replace(at, 1, "\\x09");
  return result.empty() ? "-" : result;
}

// Takes what is too much from the widest of the columns that may lose it.
void shrink(widths& all, const std::vector<table_column>& columns,
            std::size_t width) {
  const auto least_of = [&](std::size_t i) {
    return std::max(columns[i].least, text_width(columns[i].title));
  };
  for (auto have = total(all); have > width; --have) {
    std::optional<std::size_t> widest;
    for (std::size_t i = 0; i < all.size(); ++i)
      if (columns[i].least != 0 && all[i] > least_of(i)
          && (!widest || all[i] > all[*widest]))
        widest = i;
    if (!widest)
      return;
    --all[*widest];
  }
}

// The widths of the columns that are shown.
widths fitted(widths all, const std::vector<table_column>& columns,
              std::size_t width) {
  const auto natural = all;
  for (auto count = natural.size();; --count) {
    all.assign(natural.begin(),
               natural.begin() + static_cast<std::ptrdiff_t>(count));
    shrink(all, columns, width);
    if (total(all) <= width || count == 1)
      return all;
  }
}

std::string line_of(const std::vector<std::string>& cells,
                    const std::vector<table_column>& columns,
                    const widths& all) {
  std::string line;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto text = cut_to_width(cells[i], all[i]);
    const std::string padding(all[i] - text_width(text), ' ');
    if (i > 0)
      line.append(gap, ' ');
    line += columns[i].to_the_right ? padding + text : text + padding;
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

} // namespace

void text_table::add(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  for (auto& cell : cells)
    cell = cell_text(cell);
  rows_.push_back(std::move(cells));
}

std::vector<std::string>
text_table::lines(std::optional<std::size_t> width) const {
  auto shown = natural_widths();
  if (width)
    shown = fitted(std::move(shown), columns_, *width);
  std::vector<std::string> titles;
  titles.reserve(columns_.size());
  for (const auto& column : columns_)
    titles.push_back(column.title);
  std::vector<std::string> lines{line_of(titles, columns_, shown)};
  for (const auto& row : rows_)
    lines.push_back(line_of(row, columns_, shown));
  if (shown.size() == columns_.size())
    return lines;
  std::string missing;
  for (auto i = shown.size(); i < titles.size(); ++i)
    missing += (missing.empty() ? "" : ", ") + titles[i];
  lines.push_back(cut_to_width("(too narrow for: " + missing + ")",
                               std::max(*width, total(shown))));
  return lines;
}

std::vector<std::size_t> text_table::natural_widths() const {
  widths all;
  all.reserve(columns_.size());
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    all.push_back(text_width(columns_[i].title));
    for (const auto& row : rows_)
      all.back() = std::max(all.back(), text_width(row[i]));
  }
  return all;
}

} // namespace grapevine::app
