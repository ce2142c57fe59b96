#include "app/console/input.hpp"

#include "actors/host/socket.hpp"
#include "app/console/input_reader.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <functional>
#include <optional>
#include <unistd.h>
#include <utility>

namespace grapevine::app {

namespace {

using source = std::function<next_input()>;

caf::behavior reading(caf::event_based_actor* self, const caf::actor& asker,
                      const source& read) {
  return {[=](read_next) { tell(self, asker, read()); }};
}

// Reading blocks, so the actor has a thread of its own.
caf::actor spawn_input(caf::actor_system& sys, caf::actor asker, source read) {
  return sys.spawn<caf::detached>(reading, std::move(asker), std::move(read));
}

// A file, from being opened by the first read on.
class file_source {
public:
  file_source(std::filesystem::path file, std::shared_ptr<const stop_flag> stop,
              std::size_t largest)
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

} // namespace

caf::actor spawn_line_input(caf::actor_system& sys, caf::actor asker,
                            const std::shared_ptr<const stop_flag>& stop,
                            std::size_t largest) {
  const auto reader = std::make_shared<input_reader>(
      STDIN_FILENO, "standard input", *stop, largest);
  return spawn_input(sys, std::move(asker),
                     [reader, stop] { return reader->line(); });
}

caf::actor spawn_file_input(caf::actor_system& sys, caf::actor asker,
                            std::shared_ptr<const stop_flag> stop,
                            std::size_t largest, std::filesystem::path file) {
  const auto opened =
      std::make_shared<file_source>(std::move(file), std::move(stop), largest);
  return spawn_input(sys, std::move(asker),
                     [opened] { return opened->read(); });
}

caf::actor spawn_text_input(caf::actor_system& sys, caf::actor asker,
                            std::string text) {
  const auto left =
      std::make_shared<std::optional<std::string>>(std::move(text));
  return spawn_input(sys, std::move(asker), [left]() -> next_input {
    if (const auto taken = std::exchange(*left, std::nullopt))
      return {to_bytes(as_bytes(*taken)), {}};
    return {};
  });
}

} // namespace grapevine::app
