#include "app/options/topic_scores.hpp"

#include "app/options/suggest.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace grapevine::app {

namespace {

template <option_kind Kind, class Where>
option_row<scored_topic> row(std::string name, Where where) {
  return make_row<scored_topic, Kind>(std::move(name), where);
}

std::vector<option_row<scored_topic>> make_rows() {
  using enum option_kind;
  using numbers = gossip::topic_score_parameters;
  using p1 = gossip::time_in_mesh_parameters;
  using p2 = gossip::first_delivery_parameters;
  using p3 = gossip::mesh_delivery_parameters;
  using p3b = gossip::mesh_failure_parameters;
  using p4 = gossip::invalid_message_parameters;
  constexpr auto own = field(&scored_topic::own);
  constexpr auto in_mesh = own / &numbers::time_in_mesh;
  constexpr auto first = own / &numbers::first_deliveries;
  constexpr auto mesh = own / &numbers::mesh_deliveries;
  constexpr auto failures = own / &numbers::mesh_failures;
  constexpr auto invalid = own / &numbers::invalid_messages;
  return {
      row<real>("weight", own / &numbers::weight),
      row<real>("time-in-mesh-weight", in_mesh / &p1::weight),
      row<duration>("time-in-mesh-quantum", in_mesh / &p1::quantum),
      row<real>("time-in-mesh-cap", in_mesh / &p1::cap),
      row<real>("first-deliveries-weight", first / &p2::weight),
      row<decay>("first-deliveries-decay", first / &p2::decay),
      row<real>("first-deliveries-cap", first / &p2::cap),
      row<real>("mesh-deliveries-weight", mesh / &p3::weight),
      row<decay>("mesh-deliveries-decay", mesh / &p3::decay),
      row<real>("mesh-deliveries-cap", mesh / &p3::cap),
      row<real>("mesh-deliveries-threshold", mesh / &p3::threshold),
      row<duration>("mesh-deliveries-window", mesh / &p3::window),
      row<duration>("mesh-deliveries-activation", mesh / &p3::activation),
      row<real>("mesh-failures-weight", failures / &p3b::weight),
      row<decay>("mesh-failures-decay", failures / &p3b::decay),
      row<real>("invalid-messages-weight", invalid / &p4::weight),
      row<decay>("invalid-messages-decay", invalid / &p4::decay),
  };
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    if (end > 0)
      words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

// One number, `weight=0.5`.
parsed<std::pair<std::string, std::string>>
parse_number(std::string_view word) {
  const auto middle = word.find('=');
  const std::string name{word.substr(0, middle)};
  const auto* known = find_row(topic_score_rows(), name);
  if (known == nullptr)
    return unexpected{fmt::format(
        "there is no \"{}\" in a topic's score; the nearest is \"{}\"", name,
        nearest(name, names_of(topic_score_rows())))};
  if (middle == std::string_view::npos)
    return unexpected{
        fmt::format("{0} has no value; write it as {0}=VALUE", name)};
  const auto value = word.substr(middle + 1);
  auto read = known->normalise(value);
  if (!read)
    return unexpected{fmt::format("{}=\"{}\": {}", name, value, read.error())};
  return std::pair{name, *std::move(read)};
}

} // namespace

parsed<topic_score_changes>
value_text<topic_score_changes>::parse(std::string_view text) {
  topic_score_changes result;
  for (const auto word : words_of(text)) {
    auto number = parse_number(word);
    if (!number)
      return unexpected{number.error()};
    const auto same = [&](const auto& other) {
      return other.first == number->first;
    };
    if (std::ranges::any_of(result.numbers, same))
      return unexpected{number->first + " is given twice"};
    result.numbers.push_back(*std::move(number));
  }
  if (result.numbers.empty())
    return unexpected<std::string>{
        "must say what is different, such as weight=0.5 "
        "first-deliveries-weight=1"};
  return result;
}

std::string
value_text<topic_score_changes>::format(const topic_score_changes& value) {
  std::string text;
  for (const auto& [name, number] : value.numbers)
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", name, number);
  return text;
}

parsed<named_topic_score>
value_text<named_topic_score>::parse(std::string_view text) {
  // No number has the separator, but the name may.
  constexpr std::string_view separator = ": ";
  const auto end = text.rfind(separator);
  if (end == std::string_view::npos)
    return unexpected<std::string>{
        "must be a topic, a colon, a space and what is different in its score, "
        "such as news: weight=0.5"};
  auto topic = value_text<topic_name>::parse(text.substr(0, end));
  if (!topic)
    return unexpected{topic.error()};
  auto changes = value_text<topic_score_changes>::parse(
      text.substr(end + separator.size()));
  if (!changes)
    return unexpected{changes.error()};
  return named_topic_score{*std::move(topic), *std::move(changes)};
}

std::string
value_text<named_topic_score>::format(const named_topic_score& value) {
  return value.topic.text + ": "
         + value_text<topic_score_changes>::format(value.changes);
}

const std::vector<option_row<scored_topic>>& topic_score_rows() {
  static const auto rows = make_rows();
  return rows;
}

gossip::topic_score_parameters changed(const scored_topic& topic,
                                       const topic_score_changes& changes) {
  auto result = topic;
  // The texts were found to be good.
  for (const auto& [name, text] : changes.numbers)
    static_cast<void>(find_row(topic_score_rows(), name)->set(result, text));
  return result.own;
}

} // namespace grapevine::app
