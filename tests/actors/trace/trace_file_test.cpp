#include "actors/trace/trace_file.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/temporary_file.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <sys/resource.h>
#include <sys/stat.h>

using namespace grapevine;
using namespace grapevine::test;

namespace {

// No file grows beyond so many bytes, as if the disk were full.
class small_disk {
public:
  explicit small_disk(rlim_t size) : former_{std::signal(SIGXFSZ, SIG_IGN)} {
    ::getrlimit(RLIMIT_FSIZE, &limit_);
    const rlimit small{size, limit_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
  }
  small_disk(const small_disk&) = delete;
  small_disk& operator=(const small_disk&) = delete;
  ~small_disk() {
    ::setrlimit(RLIMIT_FSIZE, &limit_);
    std::signal(SIGXFSZ, former_);
  }

private:
  void (*former_)(int);
  rlimit limit_{};
};

} // namespace

TEST_CASE("trace file: what is appended comes behind what is there") {
  const temporary_file file;
  for (const auto* text : {"first ", "second "}) {
    auto opened = trace_file::open(file.path());
    REQUIRE(opened);
    CHECK(opened->path() == file.path());
    CHECK(opened->append(text));
    CHECK(opened->append("and "));
    CHECK(opened->append(""));
  }
  CHECK(file.content() == "first and second and ");
}

TEST_CASE("trace file: one that is not there is made, for all to read") {
  const temporary_folder folder;
  const auto path = (folder / "new").string();
  REQUIRE(trace_file::open(path));
  struct stat info {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 0600) == 0600);
  CHECK((info.st_mode & 0022) == 0);
}

TEST_CASE("trace file: what cannot be written whole is not written at all") {
  const temporary_file file;
  auto opened = trace_file::open(file.path());
  REQUIRE(opened);
  const std::string event(600, 'x');
  expected<void, std::string> written;
  {
    const small_disk disk{1'000};
    REQUIRE(opened->append(event));
    written = opened->append(std::string(600, 'y'));
  }
  CHECK(error_of(written).find("cannot write to " + file.path() + ": ") == 0);
  CHECK(file.content() == event);
  // There is room again.
  REQUIRE(opened->append("z"));
  CHECK(file.content() == event + "z");
}

TEST_CASE("trace file: a pipe that nobody reads cannot be cut") {
  auto full = trace_file::open("/dev/full");
  REQUIRE(full);
  CHECK(error_of(full->append("x")).find("cannot write to /dev/full: ") == 0);
  CHECK(full->append(""));
}
