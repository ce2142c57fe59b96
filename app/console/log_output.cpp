#include "app/console/log_output.hpp"

#include "app/console/journal.hpp"
#include "app/console/log_line.hpp"

#include <spdlog/details/os.h>
#include <spdlog/pattern_formatter.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fmt/format.h>
#include <memory>
#include <unistd.h>
#include <utility>

namespace grapevine::app {

namespace {

using level_enum = spdlog::level::level_enum;

// RFC 3339.
std::unique_ptr<spdlog::formatter> time_formatter() {
  return std::make_unique<spdlog::pattern_formatter>(
      "%Y-%m-%dT%H:%M:%S.%e%z", spdlog::pattern_time_type::local, "");
}

constexpr std::string_view colour_off = "\033[m";

std::string_view colour_of(level_enum level) {
  switch (level) {
  case spdlog::level::critical:
    return "\033[1m\033[41m";
  case spdlog::level::err:
    return "\033[31m\033[1m";
  case spdlog::level::warn:
    return "\033[33m\033[1m";
  case spdlog::level::info:
    return "\033[32m";
  case spdlog::level::debug:
    return "\033[36m";
  default:
    return "\033[37m";
  }
}

// Whoever logs waits so long for whoever reads a pipe that does not block.
constexpr std::chrono::milliseconds patience{100};

std::string_view view_of(spdlog::string_view_t text) {
  return {text.data(), text.size()};
}

} // namespace

log_output::log_output(log_format format, std::optional<log_file> file)
    : base_sink{time_formatter()}, format_{format}, file_{std::move(file)},
      journal_{stderr_is_journal()},
      coloured_{spdlog::details::os::in_terminal(stderr)
                && spdlog::details::os::is_color_terminal()} {}

log_output::~log_output() {
  say_all_counts();
}

void log_output::set_format(log_format format) {
  const std::lock_guard lock{mutex_};
  say_all_counts();
  format_ = format;
}

void log_output::move_to(std::optional<log_file> file) {
  const std::lock_guard lock{mutex_};
  say_all_counts();
  file_ = std::move(file);
  lost_ = 0;
  torn_ = false;
}

void log_output::reopen() {
  const std::lock_guard lock{mutex_};
  say_all_counts();
  if (!file_)
    return;
  auto opened = log_file::open(file_->path());
  if (opened) {
    file_ = *std::move(opened);
    torn_ = false;
  } else {
    warn(opened.error() + "; the log goes on in the one that was open");
  }
}

std::optional<std::filesystem::path> log_output::path() {
  const std::lock_guard lock{mutex_};
  return file_ ? std::optional{file_->path()} : std::nullopt;
}

void log_output::when_counted(std::function<void()> counted) {
  const std::lock_guard lock{mutex_};
  counted_ = std::move(counted);
  told_ = false;
}

void log_output::say_repeats() {
  const std::lock_guard lock{mutex_};
  repeats_.due(std::chrono::steady_clock::now(),
               [this](const repeated_line& line) { say_count(line); });
  told_ = repeats_.counting() && counted_;
  if (told_)
    counted_();
}

void log_output::sink_it_(const spdlog::details::log_msg& msg) {
  const auto text = view_of(msg.payload);
  if (repeats_.take(msg.level, text, std::chrono::steady_clock::now(),
                    [this](const repeated_line& line) { say_count(line); }))
    return put(msg.time, msg.level, text, {});
  if (counted_ && !std::exchange(told_, true))
    counted_();
}

void log_output::say_count(const repeated_line& line) {
  put(spdlog::log_clock::now(), static_cast<level_enum>(line.level), line.text,
      {line.count, line.within});
}

void log_output::say_all_counts() {
  repeats_.all([this](const repeated_line& line) { say_count(line); });
}

void log_output::put(spdlog::log_clock::time_point time, level_enum level,
                     std::string_view text, const repeats& more) {
  if (file_)
    write_to_file(line_of(time, level, text, more, true));
  else // that it fails could be said nowhere
    write(STDERR_FILENO, line_of(time, level, text, more, false));
}

// Of the log itself: in the file, if that can be, and on standard error.
void log_output::warn(const std::string& text) {
  const auto now = spdlog::log_clock::now();
  if (file_)
    write(file_->descriptor(),
          line_of(now, spdlog::level::warn, text, {}, true));
  write_all(STDERR_FILENO, line_of(now, spdlog::level::warn, text, {}, false),
            patience);
}

std::string log_output::line_of(spdlog::log_clock::time_point time,
                                level_enum level, std::string_view text,
                                const repeats& more, bool to_file) {
  const bool to_journal = journal_ && !to_file;
  const auto prefix = to_journal ? journal_prefix(level) : std::string_view{};
  if (format_ == log_format::json)
    return fmt::format("{}{}\n", prefix,
                       json_log_line(time_text(time), level, text, more));
  const bool coloured = coloured_ && !to_file;
  return fmt::format("{}{}{}{}{} {}\n", prefix,
                     to_journal ? "" : fmt::format("{} ", time_text(time)),
                     coloured ? colour_of(level) : "",
                     view_of(spdlog::level::to_string_view(level)),
                     coloured ? colour_off : "", plain_log_text(text, more));
}

std::string_view log_output::time_text(spdlog::log_clock::time_point time) {
  time_.clear();
  formatter_->format({time, {}, {}, spdlog::level::off, {}}, time_);
  return {time_.data(), time_.size()};
}

written log_output::write(int fd, std::string_view text) {
  const auto done =
      write_all(fd, text, stuck_ ? std::chrono::milliseconds{0} : patience);
  stuck_ = done.error == EAGAIN;
  return done;
}

void log_output::write_to_file(const std::string& line) {
  std::string text = torn_ ? "\n" : "";
  if (lost_ > 0)
    text += line_of(spdlog::log_clock::now(), spdlog::level::warn,
                    fmt::format("the log file can be written again, lines are "
                                "lost count={}",
                                lost_),
                    {}, true);
  text += line;
  const auto done = write(file_->descriptor(), text);
  if (done.size > 0)
    torn_ = text[done.size - 1] != '\n';
  if (done.error == 0) {
    lost_ = 0;
    return;
  }
  if (lost_++ == 0)
    write_all(
        STDERR_FILENO,
        line_of(spdlog::log_clock::now(), spdlog::level::warn,
                fmt::format("cannot write to the log file {}: {}; lines "
                            "are lost until it takes them",
                            file_->path().string(), std::strerror(done.error)),
                {}, false),
        patience);
}

} // namespace grapevine::app
