#include "actors/secret_file.hpp"

#include "actors/secret_access.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <optional>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace grapevine {

namespace {

namespace fs = std::filesystem;
using reason = identity_file_error::reason;

constexpr mode_t others = S_IRWXG | S_IRWXO;

/// The error that the last system call left in errno.
unexpected<identity_file_error> system_failure(const fs::path& file,
                                               const std::string& what) {
  const int code = errno;
  return secret_file_failure(
      code == ENOENT ? reason::missing : reason::system, file,
      what + ": " + std::generic_category().message(code));
}

/// Closes a file when its scope ends.
class descriptor {
public:
  explicit descriptor(int number) noexcept : number_{number} {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() {
    if (number_ >= 0)
      ::close(number_);
  }

  explicit operator bool() const noexcept { return number_ >= 0; }
  int number() const noexcept { return number_; }

private:
  int number_;
};

std::string octal(mode_t mode) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%04o",
                static_cast<unsigned>(mode & 07777u));
  return text.data();
}

/// In the shell's single quotes, so that the command can be copied as it is.
std::string shell_quoted(const std::string& text) {
  std::string out = "'";
  for (const char letter : text)
    out += letter == '\'' ? std::string{"'\\''"} : std::string{letter};
  return out + "'";
}

/// Has nobody but its owner at a secret where nothing worse than a group of
/// ours is wrong with it, and says so. Nothing if that was not to be done.
///
/// To refuse such a key would keep the node from starting ever again. Where the
/// file is not ours, or on a file system that nobody writes, it stays as it is.
std::string overlook_group(int file, struct stat& status, const fs::path& name,
                           const std::string& what) {
  const auto access = access_to(status, process_ids::own());
  if (!S_ISREG(status.st_mode)
      || (access != secret_access::own_group
          && access != secret_access::handed_to_group))
    return {};
  const bool mended = access == secret_access::own_group
                      && ::fchmod(file, S_IRUSR | S_IWUSR) == 0;
  if (!mended && access == secret_access::own_group && errno != EROFS)
    return {};
  const auto said = name.string() + ": mode " + octal(status.st_mode);
  const auto group = "group " + std::to_string(status.st_gid);
  status.st_mode &= ~others;
  if (mended)
    return said + " let " + group + " at the " + what
           + "; it is 0600 now. If anyone else is in that group, make a new "
             "key";
  return said + " lets " + group + " read the " + what
         + ", as this node does: nobody else may be in it";
}

/// What speaks against reading a secret from a file in this state.
std::optional<identity_file_error> objection(const struct stat& status,
                                             const fs::path& file,
                                             const std::string& what,
                                             std::size_t max_size) {
  if (!S_ISREG(status.st_mode))
    return secret_file_failure(reason::malformed, file, "not a regular file")
        .value();
  if ((status.st_mode & others) != 0)
    return secret_file_failure(reason::exposed, file,
                               "mode " + octal(status.st_mode)
                                   + " lets others than its owner at the "
                                   + what + "; mend it with: chmod 600 "
                                   + shell_quoted(file.string()))
        .value();
  if (status.st_size <= 0)
    return secret_file_failure(reason::malformed, file, "the file is empty")
        .value();
  if (static_cast<std::size_t>(status.st_size) > max_size)
    return secret_file_failure(reason::malformed, file,
                               "too large for a " + what)
        .value();
  return std::nullopt;
}

/// Reads until the buffer is full or the file ends; how much it was, or nothing
/// and errno.
std::optional<std::size_t> read_all(int from, libp2p::secret_bytes& into) {
  std::size_t done = 0;
  while (done < into.size()) {
    const auto count = ::read(from, into.data() + done, into.size() - done);
    if (count == 0)
      break;
    if (count > 0)
      done += static_cast<std::size_t>(count);
    else if (errno != EINTR)
      return std::nullopt;
  }
  return done;
}

bool write_all(int to, bytes_view data) {
  while (!data.empty()) {
    const auto count = ::write(to, data.data(), data.size());
    if (count >= 0)
      data = data.subspan(static_cast<std::size_t>(count));
    else if (errno != EINTR)
      return false;
  }
  return true;
}

/// A file that is removed again when its scope ends.
class temporary_file {
public:
  /// Next to `target`, hence on the same file system. mkostemp makes it with
  /// mode 0600 and O_EXCL, under a name that nobody can guess.
  explicit temporary_file(const fs::path& target)
      : name_{target.string() + ".XXXXXX"}, file_{::mkostemp(name_.data(),
                                                             O_CLOEXEC)} {}
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;
  ~temporary_file() {
    if (file_)
      ::unlink(name_.c_str());
  }

  explicit operator bool() const noexcept { return static_cast<bool>(file_); }
  int number() const noexcept { return file_.number(); }
  const char* name() const noexcept { return name_.c_str(); }

private:
  std::string name_;
  descriptor file_;
};

/// Gives the file its final name unless that is taken; errno says why not.
bool publish(const char* temporary, const fs::path& file) {
  if (::link(temporary, file.c_str()) == 0)
    return true;
  // Some file systems (FAT, some mounted volumes) have no hard links.
  if (errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS)
    return ::renameat2(AT_FDCWD, temporary, AT_FDCWD, file.c_str(),
                       RENAME_NOREPLACE)
           == 0;
  return false;
}

fs::path directory_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path{"."};
}

/// Makes what is missing of a path of directories; errno says why not.
bool make_private_directories(const fs::path& directory) {
  std::error_code ignored;
  if (directory.empty() || fs::is_directory(directory, ignored))
    return true;
  if (!make_private_directories(directory.parent_path()))
    return false;
  return ::mkdir(directory.c_str(), S_IRWXU) == 0 || errno == EEXIST;
}

/// Without it the name may be lost when the power fails. Not every file system
/// can; then there is nothing to be done.
void sync_directory(const fs::path& directory) {
  const descriptor opened{
      ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (opened)
    ::fsync(opened.number());
}

} // namespace

unexpected<identity_file_error>
secret_file_failure(reason code, const fs::path& file, const std::string& why) {
  return unexpected{identity_file_error{code, file.string() + ": " + why}};
}

expected<secret_file, identity_file_error>
read_secret_file(const fs::path& file, const secret_file_rules& rules) {
  const std::string what{rules.what};
  // O_NONBLOCK: a pipe of that name must not make the program wait.
  const descriptor opened{
      ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (!opened)
    return system_failure(file, "cannot be opened");
  struct stat status {};
  if (::fstat(opened.number(), &status) != 0)
    return system_failure(file, "cannot be examined");
  std::string warning;
  if (rules.group == group_access::overlooked)
    warning = overlook_group(opened.number(), status, file, what);
  if (auto wrong = objection(status, file, what, rules.max_size))
    return unexpected{std::move(*wrong)};
  libp2p::secret_bytes content{static_cast<std::size_t>(status.st_size)};
  const auto size = read_all(opened.number(), content);
  if (!size)
    return system_failure(file, "cannot be read");
  // It was made shorter meanwhile.
  if (*size < content.size())
    return secret_file_failure(reason::malformed, file,
                               "changed while it was read");
  return secret_file{std::move(content), std::move(warning)};
}

expected<void, identity_file_error> write_secret_file(const fs::path& file,
                                                      bytes_view content) {
  const auto directory = directory_of(file);
  if (!make_private_directories(directory))
    return system_failure(file, "its directory cannot be made");
  const temporary_file temporary{file};
  if (!temporary)
    return system_failure(file, "cannot be created");
  if (!write_all(temporary.number(), content)
      || ::fsync(temporary.number()) != 0)
    return system_failure(file, "cannot be written");
  if (!publish(temporary.name(), file)) {
    if (errno == EEXIST)
      return secret_file_failure(reason::exists, file,
                                 "there is such a file already");
    return system_failure(file, "cannot be given its name");
  }
  sync_directory(directory);
  return {};
}

} // namespace grapevine
