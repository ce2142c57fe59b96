#pragma once

#include "app/failure.hpp"
#include "app/options/settings.hpp"

namespace grapevine::app {

/// Checks what can be checked of a host's complete settings without running a
/// node: its files can be used, its addresses are this machine's. Changes
/// nothing; that a running node uses key and addresses is no fault.
outcome<exit_code> test_config(const settings& s);

} // namespace grapevine::app
