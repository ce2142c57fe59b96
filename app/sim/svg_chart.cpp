#include "app/sim/svg_chart.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace grapevine::app {

namespace {

constexpr double width = 720;
constexpr double height = 260;
constexpr double left = 64;
constexpr double right = 20;
constexpr double top = 28;
constexpr double bottom = 40;
constexpr std::size_t colours = 4;

/// Draws one chart.
class chart_drawing {
public:
  explicit chart_drawing(const line_chart& chart) : chart_{chart} {
    double x_end = 0;
    double y_end = chart.y_end;
    for (const auto& line : chart.lines)
      for (const auto& [x, y] : line.points) {
        x_end = std::max(x_end, x);
        if (chart.y_end <= 0)
          y_end = std::max(y_end, y);
      }
    x_marks_ = axis_marks(x_end);
    y_marks_ = axis_marks(y_end);
  }

  std::string draw() const {
    auto svg =
        fmt::format("<svg viewBox=\"0 0 {} {}\" role=\"img\">", width, height);
    for (const auto mark : y_marks_)
      svg += fmt::format(
          "<path class=\"grid\" d=\"M{} {:.1f}H{}\"/><text class=\"text\" "
          "x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{:.10g}</text>",
          left, y(mark), width - right, left - 6, y(mark) + 4, mark);
    for (const auto mark : x_marks_)
      svg += fmt::format("<text class=\"text\" x=\"{:.1f}\" y=\"{}\" "
                         "text-anchor=\"middle\">{:.10g}</text>",
                         x(mark), height - bottom + 16, mark);
    svg += fmt::format(
        "<text class=\"text\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>"
        "<text class=\"text\" x=\"4\" y=\"16\">{}</text>",
        width - right, height - 6, html_text(chart_.x_label),
        html_text(chart_.y_label));
    for (std::size_t i = 0; i < chart_.lines.size(); ++i)
      svg += line(i);
    return svg + "</svg>";
  }

private:
  double x(double value) const {
    return left + value / x_marks_.back() * (width - left - right);
  }
  double y(double value) const {
    return height - bottom
           - std::min(value / y_marks_.back(), 1.0) * (height - top - bottom);
  }

  std::string line(std::size_t index) const {
    const auto& one = chart_.lines[index];
    std::string path;
    for (const auto& [at, value] : one.points)
      path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : "L", x(at),
                          y(value));
    return fmt::format(
        "<path class=\"line l{0}\" d=\"{1}\"/><text class=\"name l{0}\" "
        "x=\"{2}\" y=\"16\" text-anchor=\"end\">{3}</text>",
        index % colours, path,
        width - right
            - 130.0 * static_cast<double>(chart_.lines.size() - 1 - index),
        html_text(one.name));
  }

  const line_chart& chart_;
  std::vector<double> x_marks_;
  std::vector<double> y_marks_;
};

} // namespace

std::vector<double> axis_marks(double end) {
  if (!(end > 0))
    return {0, 1};
  const auto power = std::pow(10, std::floor(std::log10(end)));
  double step = 2 * power;
  for (const auto part : {0.2, 0.5, 1.0})
    if (end <= 6 * part * power) {
      step = part * power;
      break;
    }
  std::vector<double> marks{0};
  while (marks.back() < end)
    marks.push_back(static_cast<double>(marks.size()) * step);
  return marks;
}

std::string svg_of(const line_chart& chart) {
  return chart_drawing{chart}.draw();
}

std::string html_text(std::string_view text) {
  std::string result;
  for (const char c : text)
    switch (c) {
    case '<':
      result += "&lt;";
      break;
    case '>':
      result += "&gt;";
      break;
    case '&':
      result += "&amp;";
      break;
    case '"':
      result += "&quot;";
      break;
    default:
      result += c;
    }
  return result;
}

} // namespace grapevine::app
