#include "app/options/suggest.hpp"

#include "libp2p/base/edit_distance.hpp"

#include <algorithm>
#include <cstddef>

namespace grapevine::app {

std::string nearest(std::string_view text,
                    const std::vector<std::string>& candidates) {
  const auto best = std::min_element(
      candidates.begin(), candidates.end(),
      [text](const std::string& a, const std::string& b) {
        return libp2p::edit_distance(text, a) < libp2p::edit_distance(text, b);
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
