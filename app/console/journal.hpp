#pragma once

#include <spdlog/common.h>

#include <string>
#include <string_view>
#include <sys/stat.h>

namespace grapevine::app {

/// Whether that file, a program's standard error, is what systemd's journal
/// reads: as its variable JOURNAL_STREAM, `DEVICE:INODE`, has it. Whoever
/// starts a program with another standard error leaves the variable as it was.
bool is_journal(std::string_view journal_stream, const struct stat& file);

/// The same of this process.
bool stderr_is_journal();

/// What a line for the journal begins with, so that it knows how serious it is:
/// `<4>`, sd-daemon(3).
std::string_view journal_prefix(spdlog::level::level_enum level);

} // namespace grapevine::app
