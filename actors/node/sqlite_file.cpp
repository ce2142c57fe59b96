#include "actors/node/sqlite_file.hpp"

#include <sqlite3.h>

namespace grapevine {

namespace {

// The low byte of an extended code is the primary one.
constexpr int primary = 0xff;

unexpected<sqlite_error> failure(sqlite3* file) {
  return unexpected{
      sqlite_error{sqlite3_extended_errcode(file) & primary,
                   file == nullptr ? "out of memory" : sqlite3_errmsg(file)}};
}

} // namespace

bool sqlite_error::is_corrupt() const noexcept {
  return code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
}

bool sqlite_error::is_busy() const noexcept {
  return code == SQLITE_BUSY || code == SQLITE_LOCKED;
}

// -- statements ---------------------------------------------------------------

void sqlite_statement::closer::operator()(
    sqlite3_stmt* statement) const noexcept {
  sqlite3_finalize(statement);
}

void sqlite_statement::bind(int at, std::int64_t value) {
  sqlite3_bind_int64(held_.get(), at, value);
}

// Null pointers would be bound as NULL.
void sqlite_statement::bind(int at, std::string_view text) {
  sqlite3_bind_text64(held_.get(), at, text.empty() ? "" : text.data(),
                      text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

void sqlite_statement::bind(int at, bytes_view data) {
  sqlite3_bind_blob64(held_.get(), at,
                      data.empty() ? static_cast<const void*>("") : data.data(),
                      data.size(), SQLITE_STATIC);
}

expected<bool, sqlite_error> sqlite_statement::step() {
  const int code = sqlite3_step(held_.get());
  if (code == SQLITE_ROW || code == SQLITE_DONE)
    return code == SQLITE_ROW;
  return failure(sqlite3_db_handle(held_.get()));
}

std::int64_t sqlite_statement::number(int column) const {
  return sqlite3_column_int64(held_.get(), column);
}

std::string_view sqlite_statement::text(int column) const {
  return as_text(data(column));
}

bytes_view sqlite_statement::data(int column) const {
  const auto* start = static_cast<const std::uint8_t*>(
      sqlite3_column_blob(held_.get(), column));
  const auto size = sqlite3_column_bytes(held_.get(), column);
  return start == nullptr ? bytes_view{}
                          : bytes_view{start, static_cast<std::size_t>(size)};
}

void sqlite_statement::reset() noexcept {
  sqlite3_reset(held_.get());
  sqlite3_clear_bindings(held_.get());
}

// -- files --------------------------------------------------------------------

void sqlite_file::closer::operator()(sqlite3* file) const noexcept {
  sqlite3_close(file);
}

expected<sqlite_file, sqlite_error>
sqlite_file::open(const std::string& path, std::chrono::milliseconds patience) {
  sqlite3* opened = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &opened,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  sqlite_file result{opened};
  if (code != SQLITE_OK)
    return failure(opened);
  sqlite3_busy_timeout(opened, static_cast<int>(patience.count()));
  // Memory set apart for speed, which matters nowhere here.
  sqlite3_db_config(opened, SQLITE_DBCONFIG_LOOKASIDE, nullptr, 0, 0);
  // Without the right to write, it would be opened to be read.
  if (sqlite3_db_readonly(opened, "main") == 1)
    return unexpected{sqlite_error{SQLITE_READONLY, "it cannot be written"}};
  return result;
}

expected<void, sqlite_error> sqlite_file::run(const char* sql) {
  if (sqlite3_exec(held_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK)
    return failure(held_.get());
  return {};
}

expected<std::string, sqlite_error> sqlite_file::ask(const char* sql) {
  auto statement = prepare(sql);
  if (!statement)
    return unexpected{statement.error()};
  const auto row = statement->step();
  if (!row)
    return unexpected{row.error()};
  return *row ? std::string{statement->text(0)} : std::string{};
}

expected<sqlite_statement, sqlite_error> sqlite_file::prepare(const char* sql) {
  sqlite3_stmt* made = nullptr;
  if (sqlite3_prepare_v2(held_.get(), sql, -1, &made, nullptr) != SQLITE_OK)
    return failure(held_.get());
  return sqlite_statement{made};
}

void sqlite_file::shrink() noexcept {
  sqlite3_db_release_memory(held_.get());
}

} // namespace grapevine
