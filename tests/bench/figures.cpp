#include "tests/bench/figures.hpp"

#include <algorithm>
#include <cstdio>
#include <stdexcept>

namespace grapevine::bench {

namespace {

figure_summary summarise_one(const std::vector<figures>& runs,
                             std::size_t index) {
  std::vector<double> values;
  for (const auto& run : runs)
    values.push_back(run.at(index).value);
  std::sort(values.begin(), values.end());
  const auto count = values.size();
  const auto median = (values[(count - 1) / 2] + values[count / 2]) / 2;
  const auto& first = runs.front().at(index);
  return {first.key, first.text,     first.unit,
          median,    values.front(), values.back()};
}

/// Few digits, whatever the size.
std::string short_number(double value) {
  char text[32];
  const int digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  std::snprintf(text, sizeof(text), "%.*f", digits, value);
  return text;
}

} // namespace

std::vector<figure_summary> summarise(const std::vector<figures>& runs) {
  std::vector<figure_summary> result;
  for (std::size_t i = 0; i < runs.at(0).size(); ++i)
    result.push_back(summarise_one(runs, i));
  return result;
}

double median_of(const std::vector<figure_summary>& all,
                 const std::string& key) {
  for (const auto& one : all)
    if (one.key == key)
      return one.median;
  throw std::out_of_range{"no figure " + key};
}

void print_table(const std::string& title,
                 const std::vector<figure_summary>& all, bool at_least) {
  std::printf("\n%-42s %12s  %s\n", title.c_str(), "median", "min - max");
  for (const auto& one : all) {
    const bool bound = at_least && one.unit == "/s";
    const auto median = (bound ? ">=" : "") + short_number(one.median);
    std::printf("  %-40s %12s  %s - %s %s\n", one.text.c_str(), median.c_str(),
                short_number(one.least).c_str(), short_number(one.most).c_str(),
                one.unit.c_str());
  }
  std::fflush(stdout);
}

} // namespace grapevine::bench
