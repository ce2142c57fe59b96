#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <optional>
#include <string>

// Fields of a node's answers, any of which an older node may not tell.

namespace grapevine::app::client {

/// A field; null if it is not there.
const nlohmann::json& at(const nlohmann::json& of, const char* name);

/// A text; empty if there is none.
std::string text_at(const nlohmann::json& of, const char* name);

std::optional<double> real_at(const nlohmann::json& of, const char* name);
double real_or_zero(const nlohmann::json& of, const char* name);

// As people see it; `-` if it is not there.

/// A count.
std::string count_at(const nlohmann::json& of, const char* name);
/// `yes` or `no`.
std::string flag_at(const nlohmann::json& of, const char* name);
/// How many a list has.
std::string size_at(const nlohmann::json& of, const char* name);
/// A number with so many digits behind the point.
std::string real_text(std::optional<double> value, int digits);

/// `1.5 MiB`.
std::string bytes_text(double bytes);

/// `3d 4h`: the two largest units.
std::string time_text(double seconds);

} // namespace grapevine::app::client
