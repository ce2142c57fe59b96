#pragma once

#include "app/options/assignments.hpp"

namespace grapevine::app {

/// Whether the settings, made of `given`, go together. Errors name what was
/// given.
outcome<void> check_settings(const settings& s, const assignments& given);

} // namespace grapevine::app
