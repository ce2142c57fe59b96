#include "app/options/option_values.hpp"

#include "app/options/choices.hpp"
#include "gossip/parameters.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <optional>
#include <utility>

namespace grapevine::app {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Far beyond what makes sense, and far from overflowing anything.
constexpr std::size_t largest_count = 1'000'000'000;
constexpr std::size_t largest_size = std::size_t{1} << 30U;
constexpr milliseconds longest_time = std::chrono::hours{24 * 365};

constexpr std::array<choice<bool>, 4> switches{
    {{"on", true}, {"off", false}, {"true", true}, {"false", false}}};

constexpr std::array<choice<gossip::signing_policy>, 2> policies{
    {{"strict-sign", gossip::signing_policy::strict_sign},
     {"strict-no-sign", gossip::signing_policy::strict_no_sign}}};

constexpr std::array<choice<gossip::trace_format>, 2> trace_formats{
    {{"json", gossip::trace_format::json},
     {"protobuf", gossip::trace_format::protobuf}}};

constexpr std::array<choice<gossip::seen_strategy>, 2> seen_strategies{
    {{"first-seen", gossip::seen_strategy::first_seen},
     {"last-seen", gossip::seen_strategy::last_seen}}};

constexpr std::array<choice<spdlog::level::level_enum>, 6> levels{
    {{"trace", spdlog::level::trace},
     {"debug", spdlog::level::debug},
     {"info", spdlog::level::info},
     {"warn", spdlog::level::warn},
     {"error", spdlog::level::err},
     {"off", spdlog::level::off}}};

constexpr std::array<choice<log_format>, 2> log_formats{
    {{"text", log_format::text}, {"json", log_format::json}}};

constexpr std::array<choice<libp2p::key_type>, 4> key_types{
    {{"ed25519", libp2p::key_type::ed25519},
     {"secp256k1", libp2p::key_type::secp256k1},
     {"ecdsa", libp2p::key_type::ecdsa},
     {"rsa", libp2p::key_type::rsa}}};

constexpr std::array<choice<double>, 4> time_units{
    {{"ms", 1.0}, {"s", 1e3}, {"m", 60e3}, {"h", 3600e3}}};

constexpr std::array<choice<double>, 4> size_units{
    {{"", 1.0}, {"B", 1.0}, {"KiB", 1024.0}, {"MiB", 1024.0 * 1024.0}}};

struct quantity {
  double number;
  std::string_view unit;
};

// A number that is not negative, and what follows it.
std::optional<quantity> split_quantity(std::string_view text) {
  double number = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || !std::isfinite(number) || std::signbit(number))
    return std::nullopt;
  return quantity{number, {rest, static_cast<std::size_t>(end - rest)}};
}

// The number in the smallest unit, if the unit is one of the table.
template <std::size_t N>
std::optional<double> in_smallest(const std::array<choice<double>, N>& units,
                                  std::string_view text) {
  const auto split = split_quantity(text);
  if (!split)
    return std::nullopt;
  for (const auto& unit : units)
    if (unit.text == split->unit)
      return split->number * unit.value;
  return std::nullopt;
}

} // namespace

parsed<std::size_t> value_text<std::size_t>::parse(std::string_view text) {
  std::size_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || rest != end || error == std::errc::invalid_argument)
    return unexpected<std::string>{"must be a whole number that is not "
                                   "negative, such as 8"};
  if (error != std::errc{} || value > largest_count)
    return unexpected{fmt::format("must not exceed {}", largest_count)};
  return value;
}

std::string value_text<std::size_t>::format(std::size_t value) {
  return std::to_string(value);
}

parsed<double> value_text<double>::parse(std::string_view text) {
  double value = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || rest != end || !std::isfinite(value))
    return unexpected<std::string>{"must be a number, such as 0.25"};
  return value;
}

std::string value_text<double>::format(double value) {
  return fmt::format("{}", value);
}

parsed<bool> value_text<bool>::parse(std::string_view text) {
  if (auto found = find_choice(switches, text))
    return *found;
  return unexpected<std::string>{"must be on or off"};
}

std::string value_text<bool>::format(bool value) {
  return text_of(switches, value);
}

std::vector<std::string> value_text<bool>::choices() {
  return {"on", "off"};
}

parsed<milliseconds> value_text<milliseconds>::parse(std::string_view text) {
  auto count = in_smallest(time_units, text);
  if (const auto plain = split_quantity(text); plain && plain->unit.empty())
    count = plain->number * 1e3;
  if (!count)
    return unexpected<std::string>{
        "must be a time such as 700ms, 1.5s, 2m or 1h"};
  if (*count > static_cast<double>(longest_time.count()))
    return unexpected<std::string>{"must not exceed a year"};
  const auto whole = std::round(*count);
  if (whole == 0.0 && *count > 0.0)
    return unexpected<std::string>{"must not be less than 1ms, unless it is 0"};
  return milliseconds{static_cast<milliseconds::rep>(whole)};
}

std::string value_text<milliseconds>::format(milliseconds value) {
  if (value.count() % 1000 == 0)
    return fmt::format("{}s", value.count() / 1000);
  return fmt::format("{}ms", value.count());
}

parsed<seconds> value_text<seconds>::parse(std::string_view text) {
  const auto value = value_text<milliseconds>::parse(text);
  if (!value)
    return unexpected{value.error()};
  if (value->count() % 1000 != 0)
    return unexpected<std::string>{"must be whole seconds, such as 60s or 1m"};
  return std::chrono::duration_cast<seconds>(*value);
}

std::string value_text<seconds>::format(seconds value) {
  return fmt::format("{}s", value.count());
}

parsed<byte_size> value_text<byte_size>::parse(std::string_view text) {
  const auto count = in_smallest(size_units, text);
  if (!count || *count != std::floor(*count) || *count < 1)
    return unexpected<std::string>{
        "must be a number of bytes such as 65536, 64KiB or 1MiB"};
  if (*count > static_cast<double>(largest_size))
    return unexpected<std::string>{"must not exceed 1024MiB"};
  return byte_size{static_cast<std::size_t>(*count)};
}

std::string value_text<byte_size>::format(byte_size value) {
  constexpr std::size_t kibi = 1024;
  if (value.count % (kibi * kibi) == 0)
    return fmt::format("{}MiB", value.count / (kibi * kibi));
  if (value.count % kibi == 0)
    return fmt::format("{}KiB", value.count / kibi);
  return std::to_string(value.count);
}

parsed<topic_name> value_text<topic_name>::parse(std::string_view text) {
  const auto longest = gossip::mesh_limits{}.topic_size;
  if (text.empty())
    return unexpected<std::string>{"a topic must have a name"};
  if (text.size() > longest)
    return unexpected{
        fmt::format("a topic's name must not exceed {} bytes", longest)};
  return topic_name{std::string{text}};
}

std::string value_text<topic_name>::format(const topic_name& value) {
  return value.text;
}

parsed<std::filesystem::path>
value_text<std::filesystem::path>::parse(std::string_view text) {
  if (text.empty())
    return unexpected<std::string>{"must name a file"};
  return std::filesystem::path{text};
}

std::string
value_text<std::filesystem::path>::format(const std::filesystem::path& value) {
  return value.string();
}

parsed<libp2p::multiaddr>
value_text<libp2p::multiaddr>::parse(std::string_view text) {
  auto address = libp2p::multiaddr::from_text(text);
  if (!address)
    return unexpected{address.error().reason};
  return *std::move(address);
}

std::string
value_text<libp2p::multiaddr>::format(const libp2p::multiaddr& value) {
  return value.to_text();
}

parsed<gossip::signing_policy>
value_text<gossip::signing_policy>::parse(std::string_view text) {
  return find_choice(policies, text);
}

std::string
value_text<gossip::signing_policy>::format(gossip::signing_policy value) {
  return text_of(policies, value);
}

std::vector<std::string> value_text<gossip::signing_policy>::choices() {
  return texts_of(policies);
}

parsed<gossip::trace_format>
value_text<gossip::trace_format>::parse(std::string_view text) {
  return find_choice(trace_formats, text);
}

std::string
value_text<gossip::trace_format>::format(gossip::trace_format value) {
  return text_of(trace_formats, value);
}

std::vector<std::string> value_text<gossip::trace_format>::choices() {
  return texts_of(trace_formats);
}

parsed<gossip::seen_strategy>
value_text<gossip::seen_strategy>::parse(std::string_view text) {
  return find_choice(seen_strategies, text);
}

std::string
value_text<gossip::seen_strategy>::format(gossip::seen_strategy value) {
  return text_of(seen_strategies, value);
}

std::vector<std::string> value_text<gossip::seen_strategy>::choices() {
  return texts_of(seen_strategies);
}

parsed<spdlog::level::level_enum>
value_text<spdlog::level::level_enum>::parse(std::string_view text) {
  return find_choice(levels, text);
}

std::string
value_text<spdlog::level::level_enum>::format(spdlog::level::level_enum value) {
  return text_of(levels, value);
}

std::vector<std::string> value_text<spdlog::level::level_enum>::choices() {
  return texts_of(levels);
}

parsed<log_format> value_text<log_format>::parse(std::string_view text) {
  return find_choice(log_formats, text);
}

std::string value_text<log_format>::format(log_format value) {
  return text_of(log_formats, value);
}

std::vector<std::string> value_text<log_format>::choices() {
  return texts_of(log_formats);
}

parsed<libp2p::key_type>
value_text<libp2p::key_type>::parse(std::string_view text) {
  return find_choice(key_types, text);
}

std::string value_text<libp2p::key_type>::format(libp2p::key_type value) {
  return text_of(key_types, value);
}

std::vector<std::string> value_text<libp2p::key_type>::choices() {
  return texts_of(key_types);
}

} // namespace grapevine::app
