#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace grapevine::app {

/// One line of a chart: points by x, ascending.
struct chart_line {
  std::string name;
  std::vector<std::pair<double, double>> points;
};

/// Lines over a common x. Axes begin at 0.
struct line_chart {
  std::string x_label;
  std::string y_label;
  std::vector<chart_line> lines;
  /// What y ends at; 0: as the lines have it.
  double y_end = 0;
};

/// The chart as an element `svg`. Its classes `grid`, `l0` to `l3` and `text`
/// are for the page's style.
std::string svg_of(const line_chart& chart);

/// A text in HTML or SVG.
std::string html_text(std::string_view text);

/// Where an axis up to `end` has its marks: up to seven round numbers, the last
/// of which is not below `end`.
std::vector<double> axis_marks(double end);

} // namespace grapevine::app
