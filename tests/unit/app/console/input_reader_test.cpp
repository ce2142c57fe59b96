#include "app/console/input_reader.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <fcntl.h>
#include <thread>
#include <unistd.h>

namespace grapevine::app {
namespace {

using Catch::Contains;

class pipe_pair {
public:
  pipe_pair() { REQUIRE(::pipe(ends_.data()) == 0); }
  pipe_pair(const pipe_pair&) = delete;
  pipe_pair& operator=(const pipe_pair&) = delete;
  ~pipe_pair() {
    ::close(ends_[0]);
    end();
  }

  int reading() const { return ends_[0]; }

  void put(std::string_view text) const {
    REQUIRE(::write(ends_[1], text.data(), text.size())
            == static_cast<ssize_t>(text.size()));
  }

  void end() {
    if (ends_[1] >= 0)
      ::close(std::exchange(ends_[1], -1));
  }

private:
  std::array<int, 2> ends_{};
};

std::string text_of(const next_input& input) {
  INFO(input.error);
  REQUIRE(input.data);
  return grapevine::to_string(bytes_view{*input.data});
}

bool is_end(const next_input& input) {
  return !input.data && input.error.empty();
}

TEST_CASE("input: lines, the last one without its end", "[app]") {
  pipe_pair pipe;
  const stop_flag stop;
  input_reader in{pipe.reading(), "it", stop, 10};
  pipe.put("one\n\ntw");
  CHECK(text_of(in.line()) == "one");
  CHECK(text_of(in.line()).empty());
  pipe.put("o\r\nthree");
  pipe.end();
  CHECK(text_of(in.line()) == "two\r");
  CHECK(text_of(in.line()) == "three");
  CHECK(is_end(in.line()));
  CHECK(is_end(in.line()));
}

TEST_CASE("input: all of it is one message, even if that is empty", "[app]") {
  pipe_pair pipe;
  const stop_flag stop;
  input_reader in{pipe.reading(), "it", stop, 10};
  SECTION("some") {
    pipe.put("a\nb\n");
    pipe.end();
    CHECK(text_of(in.everything()) == "a\nb\n");
  }
  SECTION("none") {
    pipe.end();
    CHECK(text_of(in.everything()).empty());
  }
  CHECK(is_end(in.everything()));
}

TEST_CASE("input: what is too large is told, not cut", "[app]") {
  pipe_pair pipe;
  const stop_flag stop;
  input_reader in{pipe.reading(), "the file", stop, 3};
  SECTION("a line that ends") {
    pipe.put("four\n");
    CHECK_THAT(in.line().error,
               Contains("the file") && Contains("more than the 3 bytes"));
  }
  SECTION("a line that does not end") {
    pipe.put("four");
    CHECK_THAT(in.line().error, Contains("more than the 3 bytes"));
  }
  SECTION("all") {
    pipe.put("a\nb\n");
    CHECK_THAT(in.everything().error, Contains("more than the 3 bytes"));
  }
  SECTION("as large as allowed") {
    pipe.put("abc\n");
    CHECK(text_of(in.line()) == "abc");
  }
}

TEST_CASE("input: a raised flag is its end", "[app]") {
  pipe_pair pipe;
  stop_flag stop;
  input_reader in{pipe.reading(), "it", stop, 10};
  pipe.put("half a li");
  std::thread other{[&stop] { stop.raise(); }};
  CHECK(is_end(in.line()));
  other.join();
  CHECK(is_end(in.everything()));
}

TEST_CASE("input: a descriptor that cannot be read is an error", "[app]") {
  const stop_flag stop;
  const int folder = ::open("/", O_RDONLY | O_CLOEXEC);
  input_reader reader{folder, "the folder", stop, 10};
  CHECK_THAT(reader.line().error, Contains("cannot read the folder"));
  ::close(folder);
}

TEST_CASE("input: a line that is too long is skipped, whatever its length, and "
          "the next one read",
          "[app]") {
  pipe_pair pipe;
  const stop_flag stop;
  input_reader in{pipe.reading(), "it", stop, 3};
  const auto length = GENERATE(std::size_t{4}, 60'000u);
  pipe.put(std::string(length, 'x'));
  pipe.put("\nabc\n");
  const auto skipped = in.line();
  CHECK(skipped.skipped);
  CHECK_THAT(skipped.error, Contains("more than the 3 bytes"));
  CHECK(text_of(in.line()) == "abc");
  pipe.put("too long at the end");
  pipe.end();
  CHECK(in.line().skipped);
  CHECK(is_end(in.line()));
}

} // namespace
} // namespace grapevine::app
