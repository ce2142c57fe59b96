#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace grapevine::interop {

/// A program that speaks the line protocol.
struct implementation {
  /// `go`, `rust`, `js`, `py`, or the subject's name.
  std::string name;
  /// The executable.
  std::filesystem::path program;
};

/// The implementation under test: the program that `INTEROP_SUBJECT` names,
/// else the `grapevine_peer` this was built with. Nothing when there is none.
std::optional<implementation> find_subject();

/// The peer of a language: the program that `GRAPEVINE_INTEROP_<LANGUAGE>`
/// names; when that is not set, `$INTEROP_BUILD_DIR/<language>/peer`, which is
/// where `build.sh` puts it. Nothing when there is none.
std::optional<implementation> find_peer(const std::string& language);

/// Whether `CI=true`: nothing may be left out silently.
bool in_continuous_integration();

} // namespace grapevine::interop
