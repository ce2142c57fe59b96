#include "app/options/score_values.hpp"

#include "app/options/choices.hpp"

#include <cmath>
#include <utility>

namespace grapevine::app {

namespace {

using std::chrono::milliseconds;

constexpr std::array<choice<gossip::score_profile>, 3> profiles{
    {{"off", gossip::score_profile::off},
     {"standard", gossip::score_profile::standard},
     {"ethereum", gossip::score_profile::ethereum}}};

} // namespace

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

} // namespace grapevine::app
