#include "app/options/score_values.hpp"

#include "app/options/choices.hpp"
#include "app/options/score_numbers.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <utility>

namespace grapevine::app {

namespace {

using std::chrono::milliseconds;

constexpr std::array<choice<gossip::score_profile>, 3> profiles{
    {{"off", gossip::score_profile::off},
     {"standard", gossip::score_profile::standard},
     {"ethereum", gossip::score_profile::ethereum}}};

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

std::vector<std::string> known_names() {
  std::vector<std::string> names;
  for (const auto& number : topic_score_numbers())
    names.push_back(number.name);
  return names;
}

// One number, `weight=0.5`.
parsed<std::pair<std::string, std::string>>
parse_number(std::string_view word) {
  const auto middle = word.find('=');
  const std::string name{word.substr(0, middle)};
  const auto* known = find_number(topic_score_numbers(), name);
  if (known == nullptr)
    return unexpected{fmt::format(
        "there is no \"{}\" in a topic's score; the nearest is \"{}\"", name,
        nearest(name, known_names()))};
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

// -- profiles -----------------------------------------------------------------

parsed<gossip::score_profile>
value_text<gossip::score_profile>::parse(std::string_view text) {
  return find_choice(profiles, text);
}

std::string
value_text<gossip::score_profile>::format(gossip::score_profile value) {
  return text_of(profiles, value);
}

std::vector<std::string> value_text<gossip::score_profile>::choices() {
  return texts_of(profiles);
}

parsed<fork_digest> value_text<fork_digest>::parse(std::string_view text) {
  constexpr std::size_t digits = 8;
  if (text.size() != digits
      || text.find_first_not_of("0123456789abcdef") != std::string_view::npos)
    return unexpected<std::string>{
        "must be 8 digits from 0 to 9 and a to f, such as 6a95a1a9"};
  return fork_digest{std::string{text}};
}

std::string value_text<fork_digest>::format(const fork_digest& value) {
  return value.text;
}

// -- fading -------------------------------------------------------------------

double fading::factor(const gossip::score_parameters& p) const {
  if (const auto* time = std::get_if<milliseconds>(&how))
    return gossip::decay_for(*time, p.decay_interval, p.decay_to_zero);
  return std::get<double>(how);
}

fading fading::of(double factor, const gossip::score_parameters& p) {
  if (factor <= 0 || factor >= 1)
    return {factor};
  const std::chrono::duration<double, std::milli> interval = p.decay_interval;
  const auto time = interval * (std::log(p.decay_to_zero) / std::log(factor));
  return {std::chrono::round<milliseconds>(time)};
}

parsed<fading> value_text<fading>::parse(std::string_view text) {
  if (const auto factor = value_text<double>::parse(text))
    return fading{*factor};
  if (const auto time = value_text<milliseconds>::parse(text))
    return fading{*time};
  return unexpected<std::string>{
      "must be the time in which it fades, such as 10m, or what is left of it "
      "at each decay, such as 0.95"};
}

std::string value_text<fading>::format(const fading& value) {
  if (const auto* time = std::get_if<milliseconds>(&value.how))
    return value_text<milliseconds>::format(*time);
  return value_text<double>::format(std::get<double>(value.how));
}

// -- topics -------------------------------------------------------------------

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

} // namespace grapevine::app
