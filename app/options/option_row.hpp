#pragma once

#include "app/options/network_values.hpp"
#include "app/options/option_kind.hpp"
#include "app/options/score_values.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace grapevine::app {

/// A value of a `Target` that can be set by a name.
template <class Target>
struct option_row {
  /// Identifies it: `mesh-d`.
  std::string name;
  option_kind kind{};
  /// Can be set several times: each adds to a list.
  bool repeatable = false;
  /// All values, if these are few.
  std::vector<std::string> choices;
  /// A text as it is shown, or what is wrong with it.
  std::function<parsed<std::string>(std::string_view)> normalise;
  /// Sets it, or adds to a repeatable one; without a value, what is wrong.
  std::function<expected<void, std::string>(Target&, std::string_view)> set;
  /// Its values, as `set` reads them; none if it is not set.
  std::function<std::vector<std::string>(const Target&)> show;
};

// -- fields -------------------------------------------------------------------

/// Where a field is: members, from the outside in.
template <class... Members>
struct field_path {
  std::tuple<Members...> members;

  template <class Target>
  auto& in(Target& target) const {
    return std::apply(
        [&target](auto... member) -> auto& { return (target.*....*member); },
        members);
  }

  template <class Member>
  constexpr field_path<Members..., Member> operator/(Member member) const {
    return {std::tuple_cat(members, std::tuple{member})};
  }
};

/// `field(&settings::params) / &gossip::parameters::mesh`.
template <class Member>
constexpr field_path<Member> field(Member member) {
  return {std::tuple{member}};
}

template <class... Members>
constexpr field_path<Members...> field(field_path<Members...> path) {
  return path;
}

/// Whether a field is a list.
template <class T>
inline constexpr bool is_list = false;

template <class T>
inline constexpr bool is_list<std::vector<T>> = true;

template <class T>
inline constexpr bool is_optional = false;

template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

/// What one text is kept as, in a field of this type.
template <class T>
struct element {
  using type = T;
};

template <class T>
struct element<std::vector<T>> : element<T> {};

template <class T>
struct element<std::optional<T>> : element<T> {};

// -- kinds --------------------------------------------------------------------

/// The type that reads and writes texts of a kind, for what is kept as `T`.
template <option_kind Kind, class T>
constexpr auto text_type() {
  using enum option_kind;
  if constexpr (Kind == flag)
    return std::type_identity<bool>{};
  else if constexpr (Kind == number)
    return std::type_identity<std::size_t>{};
  else if constexpr (Kind == real)
    return std::type_identity<double>{};
  else if constexpr (Kind == size)
    return std::type_identity<byte_size>{};
  else if constexpr (Kind == duration)
    return std::type_identity<
        std::conditional_t<std::is_same_v<T, std::chrono::seconds>, T,
                           std::chrono::milliseconds>>{};
  else if constexpr (Kind == decay)
    return std::type_identity<fading>{};
  else if constexpr (Kind == address)
    return std::type_identity<libp2p::multiaddr>{};
  else if constexpr (Kind == peer_address)
    return std::type_identity<app::peer_address>{};
  else if constexpr (Kind == announced)
    return std::type_identity<announced_address>{};
  else if constexpr (Kind == address_range)
    return std::type_identity<libp2p::address_filter>{};
  else if constexpr (Kind == peer)
    return std::type_identity<libp2p::peer_id>{};
  else if constexpr (Kind == ip_range)
    return std::type_identity<libp2p::ip_prefix>{};
  else if constexpr (Kind == topic)
    return std::type_identity<topic_name>{};
  else if constexpr (Kind == pattern)
    return std::type_identity<topic_pattern>{};
  else if constexpr (Kind == path)
    return std::type_identity<std::filesystem::path>{};
  else if constexpr (Kind == digest)
    return std::type_identity<fork_digest>{};
  else
    return std::type_identity<T>{};
}

/// A value as a field of `T` keeps it. A decay's factor depends on how often
/// `decays_of(target)` has counters fade.
template <class T, class Text, class Target>
T kept(Text value, const Target& target) {
  if constexpr (std::is_same_v<Text, fading>) {
    return value.factor(decays_of(target));
  } else if constexpr (std::is_convertible_v<Text, T>) {
    return value;
  } else {
    auto& [only] = value;
    return std::move(only);
  }
}

/// What was given for the value that a field keeps.
template <class Text, class T, class Target>
Text given_for(const T& field, const Target& target) {
  if constexpr (std::is_same_v<Text, T>)
    return field;
  else if constexpr (std::is_same_v<Text, fading>)
    return fading::of(field, decays_of(target));
  else if constexpr (std::is_same_v<Text, std::chrono::milliseconds>)
    return std::chrono::round<Text>(field);
  else
    return Text{field};
}

/// Whether a flag says only that the field has a value.
template <class Field, class Text>
inline constexpr bool is_switched =
    is_optional<Field>&& std::is_same_v<
        Text, bool> && !std::is_same_v<typename element<Field>::type, bool>;

template <class Text, class Field, class Target>
void assign(Field& field, Text value, const Target& target) {
  using kept_type = typename element<Field>::type;
  if constexpr (is_list<Field>)
    field.push_back(kept<kept_type>(std::move(value), target));
  else if constexpr (is_switched<Field, Text>)
    field = value ? std::optional{kept_type{}} : std::nullopt;
  else
    field = kept<kept_type>(std::move(value), target);
}

template <class Text, class Field, class Target>
std::vector<std::string> shown(const Field& field, const Target& target) {
  const auto format = [&target](const auto& value) {
    return value_text<Text>::format(given_for<Text>(value, target));
  };
  std::vector<std::string> texts;
  if constexpr (is_list<Field>) {
    for (const auto& value : field)
      texts.push_back(format(value));
  } else if constexpr (is_switched<Field, Text>) {
    texts.push_back(value_text<bool>::format(field.has_value()));
  } else if constexpr (is_optional<Field>) {
    if (field)
      texts.push_back(format(*field));
  } else if constexpr (std::is_same_v<Field, std::string>) {
    if (!field.empty())
      texts.push_back(format(field));
  } else {
    texts.push_back(format(field));
  }
  return texts;
}

// -- rows ---------------------------------------------------------------------

/// The row of a field: `where` is a member of `Target` or a path to one.
template <class Target, option_kind Kind, class Where>
option_row<Target> make_row(std::string_view name, Where where) {
  const auto path = field(where);
  using field_type =
      std::remove_cvref_t<decltype(path.in(std::declval<Target&>()))>;
  using text =
      typename decltype(text_type<Kind,
                                  typename element<field_type>::type>())::type;
  option_row<Target> row;
  row.name = name;
  row.kind = Kind;
  row.repeatable = is_list<field_type>;
  if constexpr (requires { value_text<text>::choices(); })
    row.choices = value_text<text>::choices();
  row.normalise = [](std::string_view given) -> parsed<std::string> {
    const auto read = value_text<text>::parse(given);
    if (!read)
      return unexpected{read.error()};
    return value_text<text>::format(*read);
  };
  row.set = [path](Target& target,
                   std::string_view given) -> expected<void, std::string> {
    auto read = value_text<text>::parse(given);
    if (!read)
      return unexpected{read.error()};
    assign(path.in(target), *std::move(read), target);
    return {};
  };
  row.show = [path](const Target& target) {
    return shown<text>(path.in(target), target);
  };
  return row;
}

/// The row of that name, or null.
template <class Row>
const Row* find_row(const std::vector<Row>& rows, std::string_view name) {
  for (const auto& row : rows)
    if (row.name == name)
      return &row;
  return nullptr;
}

/// The names of all rows.
template <class Row>
std::vector<std::string> names_of(const std::vector<Row>& rows) {
  std::vector<std::string> names;
  names.reserve(rows.size());
  for (const auto& row : rows)
    names.push_back(row.name);
  return names;
}

} // namespace grapevine::app
