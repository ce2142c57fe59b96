#include "app/http/token_file.hpp"

#include "actors/host/socket.hpp"
#include "actors/secret_access.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace grapevine::app::http {

namespace {

// Fewer letters could be guessed.
constexpr std::size_t shortest = 16;
constexpr std::size_t longest = 1024;

bool is_plain(char c) {
  return c > ' ' && c <= '~';
}

} // namespace

expected<std::string, std::string>
read_token(const std::filesystem::path& file) {
  const unique_fd fd{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  struct stat status {};
  if (!fd || ::fstat(fd.get(), &status) != 0)
    return unexpected<std::string>{std::string{"cannot be read: "}
                                   + std::strerror(errno)};
  if (!S_ISREG(status.st_mode))
    return unexpected<std::string>{"is not a regular file"};
  // A Secret of Kubernetes is root's, and its group's to read.
  const auto access = access_to(status, process_ids::own());
  if (access != secret_access::owner
      && access != secret_access::handed_to_group)
    return unexpected<std::string>{
        "lets others than its owner at the token; mend it with: chmod 600"};
  std::array<char, longest + 2> text{};
  const auto count = ::read(fd.get(), text.data(), text.size());
  if (count < 0)
    return unexpected<std::string>{std::string{"cannot be read: "}
                                   + std::strerror(errno)};
  std::string_view token{text.data(), static_cast<std::size_t>(count)};
  while (token.ends_with('\n') || token.ends_with('\r'))
    token.remove_suffix(1);
  if (token.size() < shortest || token.size() > longest
      || !std::ranges::all_of(token, is_plain))
    return unexpected<std::string>{
        "must have one line of 16 to 1024 letters, digits and signs without "
        "spaces; make it with: head -c 32 /dev/urandom | base64"};
  return std::string{token};
}

} // namespace grapevine::app::http
