#pragma once

#include "app/options/options.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace grapevine::app {

/// Makes the table of the options: a row each, and what is particular about
/// the last one.
class option_table {
public:
  option_table& heading(std::string text) {
    group_ = std::move(text);
    return *this;
  }

  /// `where` is the setting's member of `settings`, or a path to it; its type
  /// says whether the option is a list.
  template <option_kind Kind, class Where>
  option_table& add(std::string name, Where where, std::string help) {
    option entry;
    static_cast<option_row<settings>&>(entry) =
        make_row<settings, Kind>(std::move(name), where);
    entry.group = group_;
    entry.help = std::move(help);
    entry.placeholder = placeholder_of(Kind);
    options.push_back(std::move(entry));
    return *this;
  }

  option_table& only(scope where) {
    options.back().where = where;
    return *this;
  }

  /// It, and all that `rows` adds, can be changed while the node runs.
  option_table& live() {
    options.back().live = true;
    return *this;
  }
  option_table& each_live(void (*rows)(option_table&));

  option_table& placeholder(std::string text) {
    options.back().placeholder = std::move(text);
    return *this;
  }

  /// What is in force without it, for run, and for sub and pub.
  option_table& fallback(std::string host, std::string guest) {
    options.back().host_fallback = std::move(host);
    options.back().guest_fallback = std::move(guest);
    return *this;
  }

  /// The smallest number that it takes.
  option_table& at_least(std::size_t least);

  /// What follows when it has been set.
  option_table& then(void (*follow)(settings&));

  /// Shown as it was given, and only if it was: without it another setting
  /// decides. `whose` stands before its default.
  option_table& if_given(const std::string& whose = {});

  /// The same of all that `rows` adds.
  option_table& each_if_given(const std::string& whose,
                              void (*rows)(option_table&));

  std::vector<option> options;

private:
  static void show_if_given(option& row, const std::string& whose);

  std::string group_;
};

/// The options of whose subscriptions, and what messages, are taken.
void add_filter_options(option_table& t);

/// The options of the gateway.
void add_gateway_options(option_table& t);

/// The options of scores.
void add_score_options(option_table& t);

} // namespace grapevine::app
