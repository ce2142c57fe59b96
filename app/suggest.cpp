#include "app/suggest.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

namespace grapevine::app {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  // Rows of the table: for the prefixes of `a` that end one and two letters
  // before the current one, and for the current one.
  std::vector<std::size_t> before;
  std::vector<std::size_t> above(b.size() + 1);
  std::iota(above.begin(), above.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::vector<std::size_t> row(b.size() + 1);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t differs = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + differs});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before = std::exchange(above, std::move(row));
  }
  return above.back();
}

std::string nearest(std::string_view text,
                    const std::vector<std::string>& candidates) {
  const auto best =
      std::min_element(candidates.begin(), candidates.end(),
                       [text](const std::string& a, const std::string& b) {
                         return edit_distance(text, a) < edit_distance(text, b);
                       });
  return best == candidates.end() ? std::string{} : *best;
}

std::string any_of(const std::vector<std::string>& choices) {
  std::string text;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    if (i > 0)
      text += i + 1 == choices.size() ? " or " : ", ";
    text += choices[i];
  }
  return text;
}

} // namespace grapevine::app
