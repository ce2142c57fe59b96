#include "actors/node/peer_store_schema.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <filesystem>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <optional>
#include <sys/stat.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

namespace grapevine {

namespace {

namespace fs = std::filesystem;
using store_reason = peer_store_error::reason;

// "GVPS", in SQLite's header: no other program's file is taken for ours.
constexpr std::int64_t application = 0x47565053;

// What leads from each version of the tables to the next one; a file's version
// (`user_version`) is how many of these it has. Never changed, only added to.
constexpr std::array<const char*, 1> migrations{R"(
  CREATE TABLE peers (
    peer TEXT NOT NULL PRIMARY KEY,
    chosen INTEGER NOT NULL,    -- this node dialled it by its own choice
    seen INTEGER NOT NULL,      -- when it was connected last, as Unix time
    origin TEXT NOT NULL,       -- from where, as bounds per address have it
    addresses TEXT NOT NULL,    -- one in a line, those that worked first
    sealed BLOB NOT NULL);      -- what it signed of them (RFC 0003)
  CREATE INDEX peers_by_age ON peers (chosen, seen);
  CREATE TABLE bans (
    peer TEXT NOT NULL PRIMARY KEY,
    since INTEGER NOT NULL);    -- Unix time
)"};

constexpr auto latest = static_cast<std::int64_t>(migrations.size());

unexpected<peer_store_error> fail_store(store_reason code, std::string why) {
  return unexpected{peer_store_error{code, std::move(why)}};
}

unexpected<peer_store_error> fail_store(const sqlite_error& why) {
  return unexpected{peer_store_error::of(why)};
}

std::string last_error() {
  return std::generic_category().message(errno);
}

// Makes the file if there is none. One that is there is not opened: to close it
// would end the locks that another node of this process has on it.
expected<void, std::string> make_file(const std::string& path) {
  std::error_code failed;
  if (const auto folder = fs::path{path}.parent_path(); !folder.empty())
    fs::create_directories(folder, failed);
  if (failed)
    return unexpected{"its folder cannot be made: " + failed.message()};
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    const int made = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC,
                            S_IRUSR | S_IWUSR);
    if (made >= 0)
      ::close(made);
    else if (errno != EEXIST)
      return unexpected{last_error()};
    return {};
  }
  if (!S_ISREG(status.st_mode))
    return unexpected<std::string>{"not a regular file"};
  // Whom a node talks to is nobody else's business.
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0
      && ::chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0)
    return unexpected{"its mode cannot be made 0600: " + last_error()};
  return {};
}

std::int64_t as_number(const std::string& text) {
  return text.empty() ? 0 : std::stoll(text);
}

// -- opening ------------------------------------------------------------------

// What speaks against a file that SQLite has opened; the version of its tables.
expected<std::int64_t, peer_store_error> examine(sqlite_file& file) {
  const auto checked = file.ask("PRAGMA quick_check(1)");
  if (!checked)
    return fail_store(checked.error());
  if (*checked != "ok")
    return fail_store(store_reason::unusable, *checked);
  const auto owner = file.ask("PRAGMA application_id");
  if (!owner)
    return fail_store(owner.error());
  const auto version = file.ask("PRAGMA user_version");
  if (!version)
    return fail_store(version.error());
  const auto tables = file.ask("SELECT count(*) FROM sqlite_master");
  if (!tables)
    return fail_store(tables.error());
  if (as_number(*owner) == 0 && as_number(*tables) == 0)
    return 0;
  if (as_number(*owner) != application)
    return fail_store(store_reason::unusable,
                      "it is another program's database");
  if (as_number(*version) > latest)
    return fail_store(
        store_reason::unusable,
        fmt::format("it was written by a newer version (its tables are "
                    "of version {}, and this one knows {})",
                    *version, latest));
  return as_number(*version);
}

// Readers and the writer do not wait for each other, a process that is killed
// loses at most what was not committed, and only a checkpoint waits for the
// disk. Where the file system cannot have that, each commit does.
expected<void, sqlite_error> use_wal(sqlite_file& file) {
  const auto mode = file.ask("PRAGMA journal_mode = WAL");
  if (!mode)
    return unexpected{mode.error()};
  return file.run(*mode == "wal" ? "PRAGMA synchronous = NORMAL"
                                 : "PRAGMA synchronous = FULL");
}

// Another process may do the same.
expected<void, peer_store_error> migrate(sqlite_file& file) {
  std::optional<peer_store_error> problem;
  const auto done = file.transact([&]() -> expected<void, sqlite_error> {
    const auto version = examine(file);
    if (!version) {
      problem = version.error();
      return unexpected{sqlite_error{}};
    }
    for (auto next = *version; next < latest; ++next)
      if (auto step = file.run(migrations.at(static_cast<std::size_t>(next)));
          !step)
        return step;
    if (*version == latest)
      return {};
    return file.run(fmt::format("PRAGMA application_id = {};"
                                "PRAGMA user_version = {}",
                                application, latest)
                        .c_str());
  });
  if (problem)
    return unexpected{std::move(*problem)};
  if (!done)
    return fail_store(done.error());
  return {};
}

// As it is at one moment: another process may be making its tables.
expected<std::int64_t, peer_store_error> examine_at_once(sqlite_file& file) {
  if (const auto begun = file.run("BEGIN"); !begun)
    return fail_store(begun.error());
  auto version = examine(file);
  if (const auto ended = file.run("END"); !ended && version)
    return fail_store(ended.error());
  return version;
}

expected<void, peer_store_error> make_ready(sqlite_file& file) {
  // Before anything is written to it.
  const auto version = examine_at_once(file);
  if (!version)
    return unexpected{version.error()};
  if (const auto used = use_wal(file); !used)
    return fail_store(used.error());
  // Little memory, and a short log, as it is little that is written.
  if (const auto set = file.run("PRAGMA cache_size = -256;"
                                "PRAGMA wal_autocheckpoint = 64;"
                                "PRAGMA journal_size_limit = 1048576;"
                                "PRAGMA temp_store = MEMORY;"
                                "PRAGMA trusted_schema = OFF;"
                                "PRAGMA cell_size_check = ON");
      !set)
    return fail_store(set.error());
  if (*version == latest)
    return {};
  return migrate(file);
}

} // namespace

peer_store_error peer_store_error::of(const sqlite_error& why) {
  return {why.is_corrupt() ? store_reason::unusable
          : why.is_busy()  ? store_reason::busy
                           : store_reason::failed,
          why.text};
}

namespace {

expected<sqlite_file, peer_store_error>
try_to_open(const std::string& path, std::chrono::milliseconds patience) {
  auto file = sqlite_file::open(path, patience);
  if (!file)
    return fail_store(file.error());
  if (auto ready = make_ready(*file); !ready)
    return unexpected{std::move(ready.error())};
  return *std::move(file);
}

} // namespace

// To change a file to a write-ahead log, and to end that, nobody else may be at
// it: SQLite does not wait for it.
expected<sqlite_file, peer_store_error>
open_peer_store(const std::string& path, std::chrono::milliseconds patience) {
  if (const auto made = make_file(path); !made)
    return fail_store(store_reason::failed, made.error());
  const auto until = std::chrono::steady_clock::now() + patience;
  for (;;) {
    auto file = try_to_open(path, patience);
    if (file || file.error().code != store_reason::busy
        || std::chrono::steady_clock::now() >= until)
      return file;
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
}

expected<std::string, std::string>
set_aside(const std::string& path, std::chrono::system_clock::time_point now) {
  const auto name =
      fmt::format("{}.corrupt-{:%Y%m%dT%H%M%SZ}", path,
                  fmt::gmtime(std::chrono::system_clock::to_time_t(now)));
  auto free = name;
  for (int i = 2; ::access(free.c_str(), F_OK) == 0; ++i)
    free = fmt::format("{}-{}", name, i);
  // Its log goes first: a new file must not find it.
  for (const auto* part : {"-wal", "-shm", ""})
    if (::rename((path + part).c_str(), (free + part).c_str()) != 0
        && errno != ENOENT)
      return unexpected{last_error()};
  return free;
}

} // namespace grapevine
