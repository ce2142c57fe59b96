#include "gossip/parameter_rules.hpp"

#include <algorithm>

namespace grapevine::gossip {

std::string parameter_error::text_with(
    const std::function<std::string(std::string_view id)>& name_of) const {
  std::string result;
  std::size_t done = 0;
  for (const auto& one : mentions) {
    const auto name = name_of(one.id);
    result += text.substr(done, one.at - done);
    result += name.empty() ? text.substr(one.at, one.size) : name;
    done = one.at + one.size;
  }
  return result + text.substr(done);
}

namespace rules {

std::string parameter_name::id() const {
  if (!option_.empty())
    return std::string{option_};
  std::string id{field_.substr(0, field_.find(' '))};
  std::ranges::replace(id, '_', '-');
  return id;
}

error_text& error_text::operator<<(const parameter_name& name) {
  const auto field = name.field();
  error_.mentions.push_back({name.id(), error_.text.size(), field.size()});
  error_.text += field;
  return *this;
}

finding within(std::string_view where, finding error) {
  if (!error)
    return error;
  const auto prefix = std::string{where} + ": ";
  error->text.insert(0, prefix);
  for (auto& one : error->mentions)
    one.at += prefix.size();
  return error;
}

} // namespace rules

} // namespace grapevine::gossip
