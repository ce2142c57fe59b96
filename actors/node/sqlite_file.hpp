#pragma once

#include "proto/bytes.hpp"
#include "proto/expected.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

struct sqlite3;
struct sqlite3_stmt;

namespace grapevine {

/// What an SQLite call failed with.
struct sqlite_error {
  /// SQLite's primary result code.
  int code = 0;
  std::string text;

  /// The file is no database, or not a whole one.
  bool is_corrupt() const noexcept;
  /// Another connection is at it. Not all such moments are waited for by
  /// SQLite.
  bool is_busy() const noexcept;
};

/// A prepared statement of an SQLite file, which must outlive it.
class sqlite_statement {
public:
  /// Values of the next run, from 1 on. Texts and bytes must live until `step`.
  void bind(int at, std::int64_t value);
  void bind(int at, std::string_view text);
  void bind(int at, bytes_view data);

  /// Whether there is a row.
  expected<bool, sqlite_error> step();

  /// Values of the row, from 0 on; views are valid until the next `step`.
  std::int64_t number(int column) const;
  std::string_view text(int column) const;
  bytes_view data(int column) const;

  /// Ends the run.
  void reset() noexcept;

private:
  friend class sqlite_file;

  struct closer {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };

  explicit sqlite_statement(sqlite3_stmt* statement) : held_{statement} {}

  std::unique_ptr<sqlite3_stmt, closer> held_;
};

/// An open SQLite file, used by one thread.
class sqlite_file {
public:
  /// Opens a file that is there, to be read and written. `patience`: how long
  /// others are waited for who write to it.
  static expected<sqlite_file, sqlite_error>
  open(const std::string& path, std::chrono::milliseconds patience);

  /// Runs statements that give nothing.
  expected<void, sqlite_error> run(const char* sql);

  /// The value in the first row of a query, as text; empty if it has none.
  expected<std::string, sqlite_error> ask(const char* sql);

  expected<sqlite_statement, sqlite_error> prepare(const char* sql);

  /// Runs a statement that gives nothing with these values.
  template <class... Values>
  static expected<void, sqlite_error> run(sqlite_statement& statement,
                                          const Values&... values) {
    int at = 0;
    (statement.bind(++at, values), ...);
    const auto done = statement.step();
    statement.reset();
    if (!done)
      return unexpected{done.error()};
    return {};
  }

  /// The same, of one that is run once.
  template <class... Values>
  requires(sizeof...(Values)
           > 0) expected<void, sqlite_error> run(const char* sql,
                                                 const Values&... values) {
    auto statement = prepare(sql);
    if (!statement)
      return unexpected{statement.error()};
    return run(*statement, values...);
  }

  /// All that `change` does, or nothing if it fails.
  template <class Change>
  expected<void, sqlite_error> transact(Change change) {
    auto done = run("BEGIN IMMEDIATE");
    if (!done)
      return done;
    done = change();
    if (done)
      done = run("COMMIT");
    if (!done)
      static_cast<void>(run("ROLLBACK"));
    return done;
  }

  /// Gives back memory that it does not need.
  void shrink() noexcept;

private:
  struct closer {
    void operator()(sqlite3* file) const noexcept;
  };

  explicit sqlite_file(sqlite3* file) : held_{file} {}

  std::unique_ptr<sqlite3, closer> held_;
};

} // namespace grapevine
