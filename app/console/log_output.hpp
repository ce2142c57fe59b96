#pragma once

#include "app/console/line_repeats.hpp"
#include "app/console/log_file.hpp"
#include "app/options/log_format.hpp"

#include <spdlog/sinks/base_sink.h>

#include <cstddef>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace grapevine::app {

struct repeats;

/// Where the program's log goes: lines on standard error or in a file, as text
/// or JSON, each in one write. Lines that come again within ten seconds are
/// counted (`line_repeats`), and the count is written: when the next line
/// comes, when `say_repeats` is called, and at the end.
///
/// May be used by all threads, as sinks of spdlog may.
class log_output : public spdlog::sinks::base_sink<std::mutex> {
public:
  /// Without a file: standard error.
  explicit log_output(log_format format = log_format::text,
                      std::optional<log_file> file = std::nullopt);
  log_output(const log_output&) = delete;
  log_output& operator=(const log_output&) = delete;
  ~log_output() override;

  /// From the next line on. Counts are said before.
  void set_format(log_format format);

  /// Goes on in the file, or on standard error; likewise.
  void move_to(std::optional<log_file> file);

  /// Opens the file again, for whoever has renamed it; there may be none. If
  /// that fails, it is said on standard error and in the old file, which is
  /// kept. Counts are said, and lines that come again written.
  void reopen();

  /// Where the file is, if there is one.
  std::optional<std::filesystem::path> path();

  /// `counted` is called when a line is counted: `say_repeats` is to be called
  /// in `repeat_window`. Not again until that has been. It must not log.
  void when_counted(std::function<void()> counted);
  static constexpr std::chrono::seconds repeat_window{10};

  /// Writes the counts that are due.
  void say_repeats();

private:
  void sink_it_(const spdlog::details::log_msg& msg) override;
  void flush_() override {}

  void say_count(const repeated_line& line);
  void say_all_counts();
  void put(spdlog::log_clock::time_point time, spdlog::level::level_enum level,
           std::string_view text, const repeats& more);
  void warn(const std::string& text);
  std::string line_of(spdlog::log_clock::time_point time,
                      spdlog::level::level_enum level, std::string_view text,
                      const repeats& more, bool to_file);
  std::string_view time_text(spdlog::log_clock::time_point time);
  written write(int fd, std::string_view text);
  void write_to_file(const std::string& line);

  log_format format_;
  std::optional<log_file> file_;
  bool journal_;
  bool coloured_;
  line_repeats repeats_;
  std::function<void()> counted_;
  bool told_ = false;
  // That the file did not take.
  std::size_t lost_ = 0;
  // It took a part of the last line.
  bool torn_ = false;
  // Whoever reads the log does not, so nobody waits for it again.
  bool stuck_ = false;
  spdlog::memory_buf_t time_;
};

} // namespace grapevine::app
