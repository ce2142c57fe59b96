#include "app/console/input.hpp"

#include "actors/host/socket.hpp"
#include "app/console/input_reader.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <optional>
#include <unistd.h>
#include <utility>

namespace grapevine::app {

namespace {

caf::behavior reading(caf::event_based_actor* self, const caf::actor& asker,
                      const message_source& read) {
  return {[=](read_next) { tell(self, asker, read()); }};
}

// A file, from being opened by the first read on.
class message_file {
public:
  message_file(std::filesystem::path file,
               std::shared_ptr<const stop_flag> stop, std::size_t largest)
      : file_{std::move(file)}, stop_{std::move(stop)}, largest_{largest} {}

  next_input read() {
    if (!reader_ && file_ != "-") {
      fd_ = unique_fd{::open(file_.c_str(), O_RDONLY | O_CLOEXEC)};
      if (!fd_)
        return {std::nullopt, fmt::format("--file: \"{}\": {}", file_.string(),
                                          std::strerror(errno))};
    }
    if (!reader_)
      reader_.emplace(fd_ ? fd_.get() : STDIN_FILENO,
                      fd_ ? file_.string() : "standard input", *stop_,
                      largest_);
    return reader_->everything();
  }

private:
  std::filesystem::path file_;
  std::shared_ptr<const stop_flag> stop_;
  std::size_t largest_;
  unique_fd fd_;
  std::optional<input_reader> reader_;
};

message_source line_source(std::shared_ptr<const stop_flag> stop,
                           std::size_t largest) {
  const auto reader = std::make_shared<input_reader>(
      STDIN_FILENO, "standard input", *stop, largest);
  return [reader, stop = std::move(stop)] { return reader->line(); };
}

message_source file_source(std::shared_ptr<const stop_flag> stop,
                           std::size_t largest, std::filesystem::path file) {
  const auto opened =
      std::make_shared<message_file>(std::move(file), std::move(stop), largest);
  return [opened] { return opened->read(); };
}

message_source text_source(std::string text) {
  const auto left =
      std::make_shared<std::optional<std::string>>(std::move(text));
  return [left]() -> next_input {
    if (const auto taken = std::exchange(*left, std::nullopt))
      return {to_bytes(as_bytes(*taken)), {}};
    return {};
  };
}

} // namespace

message_source source_of(const std::optional<std::string>& text,
                         const std::optional<std::filesystem::path>& file,
                         std::shared_ptr<const stop_flag> stop,
                         std::size_t largest) {
  if (text)
    return text_source(*text);
  if (file)
    return file_source(std::move(stop), largest, *file);
  return line_source(std::move(stop), largest);
}

// Reading blocks, so the actor has a thread of its own.
caf::actor spawn_input(caf::actor_system& sys, caf::actor asker,
                       message_source source) {
  return sys.spawn<caf::detached>(reading, std::move(asker), std::move(source));
}

} // namespace grapevine::app
