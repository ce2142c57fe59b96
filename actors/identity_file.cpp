#include "actors/identity_file.hpp"

#include "actors/identity_lock.hpp"
#include "actors/secret_access.hpp"
#include "libp2p/base/secret.hpp"

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

// An RSA key of 8192 bits takes 4.7 KB.
constexpr std::size_t max_file_size = std::size_t{16} * 1024;
constexpr mode_t others = S_IRWXG | S_IRWXO;

unexpected<identity_file_error> fail(reason code, const fs::path& file,
                                     const std::string& why) {
  return unexpected{identity_file_error{code, file.string() + ": " + why}};
}

/// The error that the last system call left in errno.
unexpected<identity_file_error> system_failure(const fs::path& file,
                                               const std::string& what) {
  const int code = errno;
  return fail(code == ENOENT ? reason::missing : reason::system, file,
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
std::string overlook_group(int file, struct stat& status,
                           const fs::path& name) {
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
    return said + " let " + group
           + " at the private key; it is 0600 now. If anyone else is in that "
             "group, make a new key";
  return said + " lets " + group
         + " read the private key, as this node does: nobody else may be in it";
}

/// What speaks against reading a secret from a file in this state.
std::optional<identity_file_error> objection(const struct stat& status,
                                             const fs::path& file) {
  if (!S_ISREG(status.st_mode))
    return fail(reason::malformed, file, "not a regular file").value();
  if ((status.st_mode & others) != 0)
    return fail(reason::exposed, file,
                "mode " + octal(status.st_mode)
                    + " lets others than its owner at the private key; mend it "
                      "with: chmod 600 "
                    + shell_quoted(file.string()))
        .value();
  if (status.st_size <= 0)
    return fail(reason::malformed, file, "the file is empty").value();
  if (static_cast<std::size_t>(status.st_size) > max_file_size)
    return fail(reason::malformed, file, "too large for a private key").value();
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

enum class group_access { refused, overlooked };

expected<loaded_identity, identity_file_error> load(const fs::path& file,
                                                    group_access access) {
  // O_NONBLOCK: a pipe of that name must not make the program wait.
  const descriptor opened{
      ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (!opened)
    return system_failure(file, "cannot be opened");
  struct stat status {};
  if (::fstat(opened.number(), &status) != 0)
    return system_failure(file, "cannot be examined");
  std::string warning;
  if (access == group_access::overlooked)
    warning = overlook_group(opened.number(), status, file);
  if (auto wrong = objection(status, file))
    return unexpected{std::move(*wrong)};
  libp2p::secret_bytes content{static_cast<std::size_t>(status.st_size)};
  const auto size = read_all(opened.number(), content);
  if (!size)
    return system_failure(file, "cannot be read");
  auto key = libp2p::private_key::from_protobuf(content.view().first(*size));
  if (!key)
    return fail(reason::malformed, file,
                "not a libp2p private key: " + to_string(key.error()));
  return loaded_identity{std::move(*key), false, std::move(warning)};
}

} // namespace

expected<libp2p::private_key, identity_file_error>
load_identity(const fs::path& file) {
  return load(file, group_access::refused).map([](loaded_identity&& found) {
    return std::move(found.key);
  });
}

expected<void, identity_file_error>
save_identity(const libp2p::private_key& key, const fs::path& file) {
  const auto directory = directory_of(file);
  if (!make_private_directories(directory))
    return system_failure(file, "its directory cannot be made");
  const temporary_file temporary{file};
  if (!temporary)
    return system_failure(file, "cannot be created");
  const libp2p::secret_bytes content{key.to_protobuf()};
  if (!write_all(temporary.number(), content.view())
      || ::fsync(temporary.number()) != 0)
    return system_failure(file, "cannot be written");
  if (!publish(temporary.name(), file)) {
    if (errno == EEXIST)
      return fail(reason::exists, file, "there is such a file already");
    return system_failure(file, "cannot be given its name");
  }
  sync_directory(directory);
  return {};
}

expected<loaded_identity, identity_file_error>
load_or_create_identity(const fs::path& file, libp2p::key_type type) {
  auto found = load(file, group_access::overlooked);
  if (found || found.error().code != reason::missing)
    return found;
  auto key = libp2p::private_key::generate(type);
  const auto saved = save_identity(key, file);
  if (saved)
    return loaded_identity{std::move(key), true, {}};
  if (saved.error().code != reason::exists)
    return unexpected{saved.error()};
  // Another process was faster: its key counts.
  return load(file, group_access::overlooked);
}

expected<loaded_identity, identity_file_error>
use_identity(const fs::path& file, libp2p::key_type type) {
  auto found = load_or_create_identity(file, type);
  if (!found)
    return found;
  auto lock = identity_lock::take(file);
  if (!lock && lock.error() == identity_lock::failure::impossible) {
    if (found->warning.empty())
      found->warning = file.string()
                       + ": cannot be locked here: take care that no second "
                         "node uses it";
    return found;
  }
  if (!lock)
    return fail(reason::in_use, file,
                "another node is using this key" + identity_lock::holder(file)
                    + ", and a network takes two nodes with one key for one "
                      "peer");
  found->lock = std::move(*lock);
  return found;
}

} // namespace grapevine
