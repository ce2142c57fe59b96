#pragma once

#include <string>
#include <vector>

namespace grapevine::bench {

/// One measured number.
struct figure {
  /// Its name in JSON.
  std::string key;
  /// What people read.
  std::string text;
  std::string unit;
  double value = 0;
};

/// The figures of one run, always the same ones in the same order.
using figures = std::vector<figure>;

/// A figure over several runs: the median, and between what it lay.
struct figure_summary {
  std::string key;
  std::string text;
  std::string unit;
  double median = 0;
  double least = 0;
  double most = 0;
};

/// Summarises runs; at least one.
std::vector<figure_summary> summarise(const std::vector<figures>& runs);

/// The median of the figure named `key`; throws if there is none.
double median_of(const std::vector<figure_summary>& all,
                 const std::string& key);

/// Prints a table to standard output. The rates in it are marked as lower
/// bounds if `at_least`.
void print_table(const std::string& title,
                 const std::vector<figure_summary>& all, bool at_least);

} // namespace grapevine::bench
