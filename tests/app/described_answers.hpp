#pragma once

#include "tests/app/api_fixture.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <string>

namespace grapevine::app {

/// The part of JSON Schema that the description uses.
class schema_check {
public:
  explicit schema_check(const nlohmann::json& document) : document_{document} {}

  /// What is wrong with a value; empty: nothing.
  std::string problem(const nlohmann::json& value, const nlohmann::json& schema,
                      const std::string& where = "$") const {
    if (schema.contains("$ref"))
      return problem(value, resolved(schema["$ref"]), where);
    if (schema.contains("oneOf")) {
      for (const auto& one : schema["oneOf"])
        if (problem(value, one, where).empty())
          return {};
      return where + " is none of what is possible";
    }
    if (schema.contains("type") && !is_one_of(value, schema["type"]))
      return where + " is no " + schema["type"].dump();
    if (schema.contains("enum")
        && std::ranges::find(schema["enum"], value) == schema["enum"].end())
      return where + " is none of " + schema["enum"].dump();
    if (schema.contains("minimum") && value < schema["minimum"])
      return where + " is too small";
    if (value.is_array())
      for (const auto& one : value)
        if (auto found = problem(one, schema.at("items"), where + "[]");
            !found.empty())
          return found;
    return value.is_object() && schema.contains("properties")
               ? problem_of_object(value, schema, where)
               : std::string{};
  }

private:
  std::string problem_of_object(const nlohmann::json& value,
                                const nlohmann::json& schema,
                                const std::string& where) const {
    for (const auto& name : schema.at("required"))
      if (!value.contains(name.get<std::string>()))
        return where + " lacks " + name.dump();
    for (const auto& [name, one] : value.items()) {
      if (!schema["properties"].contains(name))
        return where + '.' + name + " is not described";
      if (auto found =
              problem(one, schema["properties"][name], where + '.' + name);
          !found.empty())
        return found;
    }
    return {};
  }

  static bool is_a(const nlohmann::json& value, const std::string& type) {
    return type == "null"      ? value.is_null()
           : type == "string"  ? value.is_string()
           : type == "integer" ? value.is_number_integer()
           : type == "number"  ? value.is_number()
           : type == "boolean" ? value.is_boolean()
           : type == "array"   ? value.is_array()
                               : value.is_object();
  }

  static bool is_one_of(const nlohmann::json& value,
                        const nlohmann::json& types) {
    if (types.is_string())
      return is_a(value, types);
    return std::ranges::any_of(
        types, [&](const nlohmann::json& one) { return is_a(value, one); });
  }

  const nlohmann::json& resolved(const std::string& reference) const {
    return document_.at(nlohmann::json::json_pointer{reference.substr(1)});
  }

  const nlohmann::json& document_;
};

inline nlohmann::json description(const api_node& node) {
  return nlohmann::json::parse(node.get("/api/v1/openapi.json").body);
}

inline std::string lower(std::string text) {
  for (auto& c : text)
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

/// Asks, and holds the answer against the description.
inline nlohmann::json described(const api_node& node, int status,
                                const std::string& method,
                                const std::string& target,
                                const std::string& body = {},
                                const std::string& headers = {}) {
  const auto document = description(node);
  const auto answer = node.ask(method, target, body, headers);
  const auto path = target.substr(0, target.find('?'));
  INFO(method << ' ' << target << ": " << answer.body);
  CHECK(answer.status == status);
  const auto& responses =
      document.at("paths").at(path).at(lower(method)).at("responses");
  REQUIRE(responses.contains(std::to_string(answer.status)));
  const auto& content = responses[std::to_string(answer.status)].at("content");
  REQUIRE(content.contains(answer.header("Content-Type")));
  const auto value = nlohmann::json::parse(answer.body);
  CHECK(schema_check{document}.problem(
            value, content[answer.header("Content-Type")].at("schema"))
        == "");
  return value;
}

inline std::string peer_id_in(const std::string& address) {
  return address.substr(address.rfind('/') + 1);
}

} // namespace grapevine::app
